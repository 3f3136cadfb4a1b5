//! Messages that come, but not in their order.

use crate::bend::{Bend, of_subject};
use crate::fault::{fault, faults};
use crate::faults::losses::delta;
use crate::faults::pairs::{Half, Pair, Pairs, half};
use crate::line::{Kind, Line};
use crate::steps::{Side, Steps};

faults! {
    fault!(
        SWAPPED_ANSWERS,
        "Of two requests that are open at a time, each gets the other's answer.",
        || Box::<SwappedAnswers>::default(),
    ),
    fault!(
        SWAPPED_DELTAS,
        "Of two pieces of a text that follow each other, the second comes first.",
        || {
            let mut held = Vec::<Line>::new();
            of_subject(move |line, steps| {
                let same = held.iter().position(|other| other.method() == line.method());
                match (delta(line), same) {
                    (Some(_), Some(at)) => {
                        steps.client(&line.bytes);
                        steps.client(held.remove(at).bytes);
                    }
                    (Some(_), None) => held.push(line.clone()),
                    // Nobody waits longer than for a pair.
                    (None, _) => {
                        held.drain(..).for_each(|line| steps.client(line.bytes));
                        steps.client(&line.bytes);
                    }
                }
            })
        },
    ),
    fault!(
        END_BEFORE_START,
        "Something is told to have ended before it is told to have started.",
        || {
            let mut held: Vec<(Pair, Line)> = Vec::new();
            of_subject(move |line, steps| match half(line) {
                Some((pair, Half::Opens)) => held.push((pair, line.clone())),
                Some((pair, Half::Closes)) => {
                    steps.client(&line.bytes);
                    if let Some(at) = held.iter().rposition(|(open, _)| *open == pair) {
                        steps.client(held.remove(at).1.bytes);
                    }
                }
                None => steps.client(&line.bytes),
            })
        },
    ),
    fault!(
        DELTA_AFTER_THE_END,
        "The first piece of a text comes after the end of everything that it belongs to.",
        || {
            let mut pairs = Pairs::default();
            let mut held = Vec::<Line>::new();
            of_subject(move |line, steps| {
                let first = delta(line).is_some()
                    && held.iter().all(|other| other.method() != line.method());
                if first {
                    return held.push(line.clone());
                }
                steps.client(&line.bytes);
                if pairs.closes_all(line) {
                    // Servers that tell the same story in two forms end it twice.
                    let form = |line: &Line| line.value.pointer("/params/msg").is_some();
                    let over = held.extract_if(.., |delta| form(delta) == form(line));
                    over.for_each(|delta| steps.client(delta.bytes));
                }
            })
        },
    ),
}

/// Answers that wait for the next one, to swap their ids with it.
#[derive(Default)]
struct SwappedAnswers {
    /// Requests of the client that have no answer yet.
    open: usize,
    held: Option<Line>,
}

impl Bend for SwappedAnswers {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        match (from, line.kind) {
            (Side::Client, Kind::Request) => self.open += 1,
            (Side::Subject, Kind::Answer) => {
                self.open = self.open.saturating_sub(1);
                match self.held.take() {
                    Some(held) => {
                        let (one, other) = (&held.value["id"], &line.value["id"]);
                        steps.client(held.edited(|answer| answer["id"] = other.clone()));
                        steps.client(line.edited(|answer| answer["id"] = one.clone()));
                    }
                    // Held only if another one is to come.
                    None if self.open > 0 => self.held = Some(line.clone()),
                    None => steps.client(&line.bytes),
                }
                return;
            }
            _ => {}
        }
        steps.send(from.other(), &line.bytes);
    }
}
