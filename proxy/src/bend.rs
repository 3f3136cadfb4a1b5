//! How a conversation is bent: what becomes of each line and of each end.

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

/// One way of bending; by default nothing is bent.
pub(crate) trait Bend: Send {
    /// A line came from one side.
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        steps.send(from.other(), &line.bytes);
    }

    /// The stream from one side has ended.
    fn ended(&mut self, from: Side, steps: &mut Steps) {
        steps.push(from.other(), Step::Close);
    }

    /// How we end when the subject has ended so; `None` is not at all.
    fn exit(&mut self, end: End) -> Option<End> {
        Some(end)
    }

    /// Whether signals are passed on to the subject.
    fn passes_signals(&self) -> bool {
        true
    }
}

/// Bends nothing.
pub(crate) struct Straight;

impl Bend for Straight {}

/// Does something to each line from one side, and passes on what comes from the other.
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

/// Does something to each line of the subject.
pub(crate) fn of_subject(bend: impl FnMut(&Line, &mut Steps) + Send + 'static) -> Box<dyn Bend> {
    Box::new(Lines { from: Side::Subject, bend })
}

/// Does something to every line of one kind from one side, but not to the first `spared` of them.
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

/// Does something to each answer of the subject but the first, which is part of the greeting.
pub(crate) fn answers(bend: impl FnMut(&Line, &mut Steps) + Send + 'static) -> Box<dyn Bend> {
    each(Side::Subject, Kind::Answer, 1, bend)
}

/// Changes each answer of the subject but the first.
pub(crate) fn edit_answers(edit: fn(&mut Value)) -> Box<dyn Bend> {
    answers(move |line, steps| steps.client(line.edited(edit)))
}

/// Does something to each notification of the subject.
pub(crate) fn notifications(bend: impl FnMut(&Line, &mut Steps) + Send + 'static) -> Box<dyn Bend> {
    each(Side::Subject, Kind::Notification, 0, bend)
}

/// Does something to every `n`th notification of the subject.
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
