//! Pings, alone and beside a call: what a server can do wrong.

use crate::fault::faults;

faults! {}
