//! Changes a conversation: decides what happens to each line and to each end.

use serde_json::Value;

use crate::line::{Kind, Line};
use crate::steps::{Side, Step, Steps};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

/// One way to change a conversation; by default nothing is changed.
pub(crate) trait Bend: Send {
    /// The conversation begins; nothing was sent yet.
    fn begun(&mut self, _steps: &mut Steps) {}

    /// A line came from one side.
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        steps.send(from.other(), &line.bytes);
    }

    /// The stream from one side has ended.
    fn ended(&mut self, from: Side, steps: &mut Steps) {
        steps.push(from.other(), Step::Close);
    }

    /// How the proxy ends when the subject has ended in this way; `None` means that it does not
    /// end.
    fn exit(&mut self, end: End) -> Option<End> {
        Some(end)
    }

    /// Whether signals are passed on to the subject.
    fn passes_signals(&self) -> bool {
        true
    }
}

/// Changes nothing.
pub(crate) struct Straight;

impl Bend for Straight {}

/// Handles each line from one side, and passes on the lines from the other.
struct Lines<F> {
    from: Side,
    bend: F,
}

impl<F: FnMut(&Line, &mut Steps) + Send> Bend for Lines<F> {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        if from == self.from {
            (self.bend)(line, steps);
        } else {
            steps.send(from.other(), &line.bytes);
        }
    }
}

/// Handles each line of the subject.
pub(crate) fn of_subject(bend: impl FnMut(&Line, &mut Steps) + Send + 'static) -> Box<dyn Bend> {
    Box::new(Lines { from: Side::Subject, bend })
}

/// Handles every line of one kind from one side, except the first `spared` of them.
pub(crate) fn each(
    from: Side,
    kind: Kind,
    spared: usize,
    mut bend: impl FnMut(&Line, &mut Steps) + Send + 'static,
) -> Box<dyn Bend> {
    let mut seen = 0;
    Box::new(Lines {
        from,
        bend: move |line: &Line, steps: &mut Steps| {
            seen += usize::from(line.is(kind));
            if line.is(kind) && seen > spared {
                bend(line, steps);
            } else {
                steps.send(from.other(), &line.bytes);
            }
        },
    })
}

/// Handles each answer of the subject except the first, which is part of the greeting.
pub(crate) fn answers(bend: impl FnMut(&Line, &mut Steps) + Send + 'static) -> Box<dyn Bend> {
    each(Side::Subject, Kind::Answer, 1, bend)
}

/// Changes each answer of the subject except the first.
pub(crate) fn edit_answers(edit: fn(&mut Value)) -> Box<dyn Bend> {
    answers(move |line, steps| steps.client(line.edited(edit)))
}

/// Handles each notification of the subject.
pub(crate) fn notifications(bend: impl FnMut(&Line, &mut Steps) + Send + 'static) -> Box<dyn Bend> {
    each(Side::Subject, Kind::Notification, 0, bend)
}

/// Handles every `n`th notification of the subject.
pub(crate) fn every(
    n: usize,
    mut bend: impl FnMut(&Line, &mut Steps) + Send + 'static,
) -> Box<dyn Bend> {
    let mut seen = 0_usize;
    notifications(move |line, steps| {
        seen += 1;
        if seen.is_multiple_of(n) { bend(line, steps) } else { steps.client(&line.bytes) }
    })
}
