//! Messages that come too late.

use std::time::Duration;

use crate::bend::{answers, of_subject};
use crate::fault::{Fault, fault};
use crate::steps::{Side, Step};

/// Longer than anybody waits for a server.
const LATE: Duration = Duration::from_secs(20);

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "slow-answers",
        "Every answer but the first comes 20 seconds late.",
        ["wire::unknown_methods_are_refused"],
        || answers(|line, steps| {
            steps.push(Side::Client, Step::Wait(LATE));
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        "slow-start",
        "The first line of the server comes 20 seconds late.",
        ["initialize::only_once"],
        || {
            let mut begun = false;
            of_subject(move |line, steps| {
                if !std::mem::replace(&mut begun, true) {
                    steps.push(Side::Client, Step::Wait(LATE));
                }
                steps.client(&line.bytes);
            })
        },
    ),
];
