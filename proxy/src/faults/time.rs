//! Messages that come too late.

use std::time::Duration;

use crate::bend::{answers, of_subject};
use crate::fault::{fault, faults};
use crate::steps::{Side, Step};

/// Longer than anybody waits for a server.
const LATE: Duration = Duration::from_secs(20);

faults! {
    fault!(
        SLOW_ANSWERS,
        "Every answer but the first comes 20 seconds late.",
        || answers(|line, steps| {
            steps.push(Side::Client, Step::Wait(LATE));
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        SLOW_START,
        "The first line of the server comes 20 seconds late.",
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
}
