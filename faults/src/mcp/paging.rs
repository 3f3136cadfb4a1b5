//! Lists that come page by page: what a server can do wrong.

use crate::fault::faults;

faults! {}
