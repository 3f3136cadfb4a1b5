//! A request, or the end of the process, at every moment of a turn: the answer, the turn, and the turns after it.

pub mod archive;
pub mod compact;
pub mod fork;
pub mod interrupt;
pub mod joined;
pub mod kill;
pub mod leave;
pub mod others;
pub mod resume;
pub mod shown;
pub mod start;
pub mod steer;
pub mod sweep;
pub mod waiting;

mod action;
mod cell;
mod course;
mod heard;
mod kind;
mod matrix;
mod offer;
mod rules;
mod stops;
