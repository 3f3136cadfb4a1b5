//! The end of the process, in every state: what a server can do wrong.

use crate::fault::faults;

faults! {}
