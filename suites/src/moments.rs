//! A request, or the end of the process, at every moment of a turn: the answer, the turn, and the turns after it.

//NOTYET pub mod archive;
//NOTYET pub mod fork;
pub mod interrupt;
//NOTYET pub mod kill;
//NOTYET pub mod leave;
//NOTYET pub mod others;
//NOTYET pub mod resume;
//NOTYET pub mod shown;
pub mod start;
pub mod steer;

mod action;
mod cell;
mod course;
mod heard;
mod kind;
mod matrix;
mod rules;
