//! What a server may do and a client must survive: no fault, but unusual.

use std::time::Duration;

use ::faults::UnknownFault;

use crate::bend::Bend;
use crate::fault::{Planted, fault, faults};
use crate::line::{Kind, Line};
use crate::steps::{Side, Step, Steps};

/// What is written to stderr at once: more than any pipe holds.
const FLOOD: usize = 4 << 20;

/// How long a list takes.
const SLOW: Duration = Duration::from_secs(5);

faults! {
    fault!(
        STDERR_FLOOD,
        "4 MiB are written to stderr before the first line, and a line before every other.",
        || Box::new(Flood { begun: false }),
    ),
    fault!(
        SLOW_LIST,
        "The answer to the first request for a list comes 5 seconds late.",
        || Box::<Slow>::default(),
    ),
}

/// All of them.
pub fn legal() -> &'static [Planted] {
    PLANTED
}

/// The one with this name.
///
/// # Errors
///
/// There is none.
pub fn find_legal(name: &str) -> Result<&'static Planted, UnknownFault> {
    let mut all = PLANTED.iter();
    all.find(|planted| planted.fault.name == name).ok_or_else(|| UnknownFault(name.to_owned()))
}

/// Writes to stderr whatever the client reads.
struct Flood {
    begun: bool,
}

impl Bend for Flood {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        if from == Side::Subject {
            let size = if std::mem::replace(&mut self.begun, true) { 80 } else { FLOOD };
            steps.push(Side::Client, Step::Complain(size));
        }
        steps.send(from.other(), &line.bytes);
    }
}

/// Holds the answer to the first request for a list: servers fetch such a list from elsewhere.
#[derive(Default)]
struct Slow {
    /// The id of that request.
    asked: Option<String>,
    answered: bool,
}

impl Slow {
    /// Whether a line is the answer that is to be held.
    fn is_due(&self, line: &Line) -> bool {
        !self.answered && line.is(Kind::Answer) && self.asked == Some(line.id())
    }
}

impl Bend for Slow {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        let is_list = line.is(Kind::Request) && line.method().ends_with("/list");
        match from {
            Side::Client if is_list => drop(self.asked.get_or_insert_with(|| line.id())),
            Side::Subject if self.is_due(line) => {
                self.answered = true;
                steps.push(Side::Client, Step::Wait(SLOW));
            }
            _ => {}
        }
        steps.send(from.other(), &line.bytes);
    }
}
