//! The proxy around small programs of which every byte is known.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

mod ends;
mod faults;
mod framing;
mod perturbed;
mod transparent;
mod world;
