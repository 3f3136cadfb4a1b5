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
//! connector); elsewhere only by the process group. Every report says which means were used.

pub mod attempt;
pub mod guard;
pub mod guardian;
pub mod leader;
pub mod leak;
mod millis;
pub mod process;
pub mod stdin;
pub mod supervise;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
