//! Requests that need input from the client, in the revision without sessions: what a server can do wrong.

use crate::fault::faults;

faults! {}
