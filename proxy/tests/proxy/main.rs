//! The proxy around small programs, compared byte for byte.

#![expect(clippy::unwrap_used, reason = "a failure of a helper fails the test")]

mod ends;
mod faults;
mod framing;
mod perturbed;
mod transparent;
mod world;
