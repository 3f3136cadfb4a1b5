//! Interactive programs, with or without a terminal, run by the client or by the model.
//!
//! No program is known to be ready before it has said so: what is at a terminal is asked again and
//! again for a text that differs from its own echo, until that has come.

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
