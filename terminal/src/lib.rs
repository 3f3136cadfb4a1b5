//! Drives programs in a pseudo-terminal, and REPLs with counted prompts.
//!
//! [`pty`] starts a program in a terminal of a fixed size and waits for text, for the screen and
//! for its end. [`repl`] drives interactive interpreters through it: the end of each output is
//! known, because every prompt has a number that the interpreter itself computes. The crate
//! `reaper` finds and ends every process that a program leaves behind.
//!
//! On Windows no program is started, and [`pty::Pty::spawn`] says why; what needs none works there
//! too: profiles, and the screen that kept bytes make ([`pty::Record`]).

#[cfg(not(unix))]
mod elsewhere;
pub mod pty;
pub mod repl;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
