//! The client's end of the connection behaves as documented, whatever the subject does.

#![expect(clippy::unwrap_used, reason = "a failure of a helper fails the test")]

#[path = "../../../reaper/tests/process/alone.rs"]
mod alone;
mod answers;
mod attempt;
mod company;
mod ends;
mod floods;
mod leaving;
mod lines;
mod requests;
mod silence;
mod starting;
mod subject;
mod together;
mod waits;
