//! Starts processes, ends them in time, and reports every process that they leave behind.
//!
//! | you want | you use |
//! |---|---|
//! | a child that a test always ends, and a failed test if the child leaves a process behind | [`guard`] |
//! | a long-lived child with pipes, in an async program, ended step by step | [`process`] |
//! | to run any command and learn which processes it leaves behind, and what they hold | [`supervise`] |
//! | the children ended even if this process is killed | [`guardian`] |
//! | to start a child in your own way (at a terminal, say) and have it watched and ended like any other | [`leader`] |
//! | to write to a child that may not read | [`stdin`] |
//!
//! On Linux, descendants are found by the kernel's own means (child subreaper, pidfd, process
//! connector); on other Unix systems only by the process group. Every report says which means were
//! used. On Windows nothing is started: whatever would start a process fails, and its error says why.
//! What reads records and writes reports works there too. [`leader`] is for Unix only.

pub mod attempt;
#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
pub mod guard;
#[cfg(unix)]
pub mod guardian;
#[cfg(unix)]
pub mod leader;
pub mod leak;
mod millis;
pub mod process;
pub mod stdin;
pub mod supervise;

#[cfg(not(unix))]
pub use elsewhere::{guard, guardian};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
