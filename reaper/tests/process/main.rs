//! Processes are started, watched and ended as documented: tested with real ones, however they
//! behave.

#![expect(clippy::unwrap_used, reason = "a failure of a helper fails the test")]

mod alone;
mod guardian;
mod ladder;
mod output;
mod parallel;
mod start;
mod subject;
mod survivors;
