//! Completion of arguments: what a server can do wrong.

use crate::fault::faults;

faults! {}
