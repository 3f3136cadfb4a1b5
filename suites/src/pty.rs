//! Interactive programs, with or without a terminal, run by the client or in a session of the model.
//!
//! A program is ready only once it says so: a program at a terminal is asked again and again for a text that differs from
//! its own echo, until the text arrives.

mod dialogue;
pub mod end;
pub mod fate;
pub mod input;
pub mod output;
mod pipes;
mod program;
pub mod refusal;
pub mod session;
pub mod size;
pub mod terminal;
