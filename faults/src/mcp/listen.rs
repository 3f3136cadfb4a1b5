//! Subscriptions in the revision without sessions: what a server can do wrong.

use crate::fault::faults;

faults! {}
