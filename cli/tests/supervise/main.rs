//! `proctor supervise` with real programs that leave processes behind, and with ones that do not.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

mod apart;
mod clean;
mod exits;
mod guarded;
mod kinds;
mod nextest;
mod passed;
mod records;
mod signals;
mod silent;
mod stage;
mod terminal;
