//! The shapes that the kit carries, and the judge of messages by them.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

mod agreement;
mod carried;
mod directories;
mod drifted;
mod judged;
mod messages;
