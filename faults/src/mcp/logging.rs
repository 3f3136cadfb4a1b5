//! Log messages and their levels: what a server can do wrong.

use crate::fault::faults;

faults! {}
