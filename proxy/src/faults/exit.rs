//! Faults in the end of the server, and left-over processes.

use crate::bend::Bend;
use crate::bend::End;
use crate::fault::{fault, faults};
use crate::line::Line;
use crate::steps::{Side, Step, Steps};

faults! {
    fault!(
        EXIT_CODE_ALTERED,
        "The server exits with code 3 instead of 0.",
        || Box::new(Exits(|end| Some(if end == End::Code(0) { End::Code(3) } else { end }))),
    ),
    fault!(
        EXIT_CODE_HIDDEN,
        "The server exits with code 0 however it ended.",
        || Box::new(Exits(|_| Some(End::Code(0)))),
    ),
    fault!(
        ENDS_BY_SIGNAL,
        "The server is killed by a signal when it should exit.",
        || Box::new(Exits(|_| Some(End::Signal(KILLED)))),
    ),
    fault!(
        END_NOT_NOTICED,
        "The process goes on after the server has ended.",
        || Box::new(Exits(|_| None)),
    ),
    fault!(
        DIES_IN_THE_MIDDLE,
        "The server is killed after the client's third line.",
        || Box::new(Early { lines: 3, step: Step::Kill }),
    ),
    fault!(
        DIES_OF_A_BAD_LINE,
        "A line from the client that is not JSON kills the server.",
        || Box::new(Squeamish),
    ),
    fault!(
        CHILD_LEFT_BEHIND,
        "The server leaves a child process behind.",
        || Box::new(Early { lines: 1, step: Step::LeaveChild }),
    ),
    fault!(
        SIGNALS_NOT_PASSED_ON,
        "The server does not receive SIGTERM.",
        || Box::new(Unmoved),
    ),
}

/// The number of `SIGKILL` on every system.
const KILLED: i32 = 9;

/// Ends in another way than the server did.
struct Exits(fn(End) -> Option<End>);

impl Bend for Exits {
    fn exit(&mut self, end: End) -> Option<End> {
        (self.0)(end)
    }
}

/// Does one thing after this many lines of the client.
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

/// Dies of the first line that is not JSON.
struct Squeamish;

impl Bend for Squeamish {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        steps.send(from.other(), &line.bytes);
        if from == Side::Client && line.value.is_null() {
            steps.push(Side::Subject, Step::Kill);
        }
    }
}

/// Passes no signals on.
struct Unmoved;

impl Bend for Unmoved {
    fn passes_signals(&self) -> bool {
        false
    }
}
