//! Drives programs in a pseudo-terminal, and REPLs whose prompts are counted.
//!
//! [`pty`] starts a program in a terminal of a fixed size and waits for text, for the screen and for its end. [`repl`] drives
//! interactive interpreters through it: the end of each output is known, because every prompt has a number that the
//! interpreter computes itself. Whatever a program leaves behind is found and ended by the crate `reaper`.

pub mod pty;
pub mod repl;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
