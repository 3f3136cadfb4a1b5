//! Streams that end too soon, or not at all.

use crate::bend::Bend;
use crate::fault::{fault, faults};
use crate::line::Line;
use crate::steps::{Side, Step, Steps};

faults! {
    fault!(
        STDOUT_CLOSED,
        "The server closes its stdout after its second line and lives on.",
        || after(Side::Subject, 2, Side::Client, Step::Close),
    ),
    fault!(
        GOES_SILENT,
        "Nothing comes from the server after its second line.",
        || after(Side::Subject, 2, Side::Client, Step::StopReading),
    ),
    fault!(
        STOPS_READING,
        "The server reads nothing more after the client's third line.",
        || after(Side::Client, 3, Side::Subject, Step::StopReading),
    ),
    fault!(
        STDIN_CLOSED_EARLY,
        "The server sees the end of its input after the client's third line.",
        || after(Side::Client, 3, Side::Subject, Step::Close),
    ),
    fault!(
        STDIN_NEVER_CLOSED,
        "The server does not see the end of its input.",
        || Box::new(Endless),
    ),
}

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
