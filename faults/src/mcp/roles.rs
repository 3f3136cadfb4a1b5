//! What a server asks its client: what a server can do wrong.

use crate::fault::faults;

faults! {}
