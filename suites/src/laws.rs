//! Laws: rules for everything that a home saw, in every check.
//!
//! A law compares what was sent, received, stored and said to the model: what began with what
//! ended, what a client was promised with what it got, what was reported live with what is shown
//! later. It is written once, and judges the processes, the model service and the files of every
//! check, whatever was selected.

pub mod answered;
pub mod apart;
pub mod closed;
pub mod heard;
pub mod named;
pub mod one_truth;
pub mod settled;
pub mod whole;

mod inquiry;
mod reading;
mod said;
mod shown;
mod story;
mod tour;

use std::rc::Rc;

use harness::Course;
use story::Story;

/// The course as a story of requests, threads, turns and items: read once, by the first law.
fn story(course: &Course<'_>) -> Rc<Story> {
    course.read_as(reading::read)
}
