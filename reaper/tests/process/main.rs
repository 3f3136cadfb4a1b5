//! Processes are started, watched and ended as promised: with real ones, however they behave.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

mod alone;
mod guardian;
mod ladder;
mod output;
mod parallel;
mod start;
mod subject;
mod survivors;
