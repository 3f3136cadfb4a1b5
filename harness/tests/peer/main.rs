//! Our end of the connection keeps its promises to the check, whatever the subject does.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

#[path = "../../../reaper/tests/process/alone.rs"]
mod alone;
mod answers;
mod attempt;
mod ends;
mod floods;
mod leaving;
mod lines;
mod requests;
mod silence;
mod starting;
mod subject;
mod waits;
