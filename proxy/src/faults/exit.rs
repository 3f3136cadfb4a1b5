//! How the server ends, and what it leaves behind.

use crate::bend::Bend;
use crate::fault::{Fault, fault};
use crate::line::Line;
use crate::steps::{Side, Step, Steps};
use crate::subject::End;

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "exit-code-altered",
        "The server exits with code 3 instead of 0.",
        ["lifecycle::end_of_input_ends_it"],
        || Box::new(Exits(|end| Some(if end == End::Code(0) { End::Code(3) } else { end }))),
    ),
    fault!(
        "exit-code-hidden",
        "The server exits with code 0 whatever has happened.",
        ["lifecycle::a_missing_home_is_refused"],
        || Box::new(Exits(|_| Some(End::Code(0)))),
    ),
    fault!(
        "ends-by-signal",
        "The server is killed by a signal where it would exit.",
        ["lifecycle::end_of_input_ends_it"],
        || Box::new(Exits(|_| Some(End::Signal(KILLED)))),
    ),
    fault!(
        "end-not-noticed",
        "The process stays after the server has ended.",
        ["lifecycle::end_of_input_ends_it"],
        || Box::new(Exits(|_| None)),
    ),
    fault!(
        "dies-in-the-middle",
        "The server is killed after the client's third line.",
        ["wire::pipelined_requests_are_all_answered"],
        || Box::new(Early { lines: 3, step: Step::Kill }),
    ),
    fault!(
        "child-left-behind",
        "The server leaves a child process behind.",
        ["lifecycle::end_of_input_ends_it"],
        || Box::new(Early { lines: 1, step: Step::LeaveChild }),
    ),
    fault!(
        "signals-not-passed-on",
        "The server does not notice SIGTERM.",
        ["lifecycle::sigterm_ends_it"],
        || Box::new(Unmoved),
    ),
];

/// What `SIGKILL` is on every system.
const KILLED: i32 = 9;

/// Ends in another way than the server.
struct Exits(fn(End) -> Option<End>);

impl Bend for Exits {
    fn exit(&mut self, end: End) -> Option<End> {
        (self.0)(end)
    }
}

/// Does one thing after so many lines of the client.
struct Early {
    lines: usize,
    step: Step,
}

impl Bend for Early {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        steps.send(from.other(), &line.bytes);
        if from == Side::Client && self.lines > 0 {
            self.lines -= 1;
            if self.lines == 0 {
                steps.push(Side::Subject, self.step.clone());
            }
        }
    }
}

/// Keeps signals to itself.
struct Unmoved;

impl Bend for Unmoved {
    fn passes_signals(&self) -> bool {
        false
    }
}
