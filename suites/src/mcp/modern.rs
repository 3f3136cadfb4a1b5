//! The revision without sessions: versions, capabilities and members of each request and result.
