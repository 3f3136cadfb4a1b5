//! Lines that are no message: what a server can do wrong.

use crate::fault::faults;

faults! {}
