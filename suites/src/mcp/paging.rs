//! Lists that come page by page.
