//! Streams that end too soon, or not at all.

use crate::bend::Bend;
use crate::fault::{Fault, fault};
use crate::line::Line;
use crate::steps::{Side, Step, Steps};

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "stdout-closed",
        "The server closes its stdout after its second line and lives on.",
        ["wire::ids_come_back_as_they_were"],
        || after(Side::Subject, 2, Side::Client, Step::Close),
    ),
    fault!(
        "goes-silent",
        "Nothing comes from the server after its second line.",
        ["wire::ids_come_back_as_they_were"],
        || after(Side::Subject, 2, Side::Client, Step::StopReading),
    ),
    fault!(
        "stops-reading",
        "The server reads nothing more after the client's third line.",
        ["wire::long_requests_are_read", "wire::pipelined_requests_are_all_answered"],
        || after(Side::Client, 3, Side::Subject, Step::StopReading),
    ),
    fault!(
        "stdin-closed-early",
        "The server sees the end of its input after the client's third line.",
        ["wire::pipelined_requests_are_all_answered"],
        || after(Side::Client, 3, Side::Subject, Step::Close),
    ),
    fault!(
        "stdin-never-closed",
        "The server does not see the end of its input.",
        ["lifecycle::end_of_input_ends_it", "lifecycle::end_of_input_before_initialize_ends_it"],
        || Box::new(Endless),
    ),
];

/// Does one thing after so many lines from one side.
fn after(from: Side, lines: usize, to: Side, step: Step) -> Box<dyn Bend> {
    Box::new(After { from, left: lines, to, step })
}

struct After {
    from: Side,
    left: usize,
    to: Side,
    step: Step,
}

impl Bend for After {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        steps.send(from.other(), &line.bytes);
        if from == self.from && self.left > 0 {
            self.left -= 1;
            if self.left == 0 {
                steps.push(self.to, self.step.clone());
            }
        }
    }
}

/// The end of the client's stream is kept from the server.
struct Endless;

impl Bend for Endless {
    fn ended(&mut self, from: Side, steps: &mut Steps) {
        if from == Side::Subject {
            steps.push(Side::Client, Step::Close);
        }
    }
}
