//! Examines a hit: whether it is reproducible, what it needs, how often it happens.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::arm::Arm;
use crate::conditions::Conditions;
use crate::course::{Batch, Course, Enough, Halt};
use crate::plan::Certainty;
use crate::search::{Hit, measure};
use crate::seed;
use crate::shrink::ddmin;
use crate::statistics::{Decision, Rate, Sequential, fell};

/// The number of repetitions of the same run, and of the hits that make it steady. Conditions pass
/// with that many hits while a steady run is shrunk.
const AGAIN: usize = 10;
const STEADY: usize = 9;

/// The number of hits that make a rate known well enough: its interval is then some 40 % to 180 %
/// of it.
const HITS: u64 = 8;
/// The largest number of runs for that.
const RUNS: u64 = 600;
/// The number of consecutive runs of one arm while rates are compared.
const BLOCK: usize = 10;

/// The findings about a hit.
#[derive(Debug)]
pub(crate) struct Confirmed {
    /// The repetitions of the same run.
    pub(crate) again: Rate,
    /// The conditions that it needs.
    pub(crate) conditions: Conditions,
    /// The number of smaller conditions that were tried.
    pub(crate) tests: usize,
    /// Rates measured side by side after the search, which ended with a hit and so has a rate that
    /// is too high; the needed conditions come first.
    pub(crate) measured: Vec<Arm>,
    /// The reason for an early stop.
    pub(crate) halt: Option<Halt>,
}

/// Fewer repetitions, because they took too long, prove too little.
const LEAST: u64 = 5;

/// Whether the same seed nearly always reproduces it: in as large a share of its repetitions as
/// [`STEADY`] is of [`AGAIN`].
pub(crate) fn is_steady(again: Rate) -> bool {
    again.runs >= LEAST && again.hits * AGAIN as u64 >= again.runs * STEADY as u64
}

/// Examines a hit as far as the remaining time allows.
pub(crate) fn confirm(course: &mut Course<'_>, arm: &Arm, hit: &Hit) -> Confirmed {
    let mut confirmed = Confirmed {
        again: Rate::default(),
        conditions: arm.conditions.clone(),
        tests: 0,
        measured: Vec::new(),
        halt: None,
    };
    confirmed.halt = go(course, arm, hit, &mut confirmed).err();
    confirmed
}

fn go(course: &mut Course<'_>, arm: &Arm, hit: &Hit, known: &mut Confirmed) -> Result<(), Halt> {
    course.doing("repeating");
    let slice = course.left().mul_f64(0.2);
    let (again, halt) = repeat(course, &arm.conditions, hit.seed, AGAIN, Enough::ALL, slice);
    known.again = again;
    halt.map_or(Ok(()), Err)?;

    let certainty = course.plan.certainty;
    let fresh = |conditions: &Conditions| Arm::measured(conditions.clone(), certainty);
    let mut own = fresh(&arm.conditions);
    if !arm.conditions.is_plain() {
        if !is_steady(again) {
            course.doing("measuring");
            let slice = course.left().mul_f64(0.2);
            let halt = compare(course, std::slice::from_mut(&mut own), slice).err();
            if let Some(halt) = halt {
                known.measured = vec![own];
                return Err(halt);
            }
        }
        course.doing("shrinking");
        if let Err(halt) = shrink(course, arm, hit, own.rate, known) {
            known.measured = vec![own];
            known.conditions = arm.conditions.clone();
            return Err(halt);
        }
    }
    course.doing("measuring");
    // A fifth of the whole time is enough for a rate, however much is left.
    let slice = course.left().mul_f64(0.7).min(course.plan.time.mul_f64(0.2));
    if known.conditions.is_plain() {
        known.measured =
            vec![if arm.conditions.is_plain() { own } else { fresh(&known.conditions) }];
        return compare(course, &mut known.measured, slice);
    }
    // Both in turn, so that the machine is as busy for one as for the other.
    known.measured = vec![fresh(&known.conditions), fresh(&Conditions::default())];
    let halt = compare(course, &mut known.measured, slice);
    if known.conditions == arm.conditions && known.measured[0].rate.runs == 0 {
        known.measured[0] = own;
    }
    halt
}

impl Confirmed {
    /// The probability that the conditions make no difference, and what was measured is chance.
    pub(crate) fn chance(&self) -> f64 {
        match self.measured.as_slice() {
            [own, plain] => fell(own.rate, plain.rate),
            _ => 1.0,
        }
    }
}

/// Repeats the same run; returns the number of hits.
pub(crate) fn repeat(
    course: &mut Course<'_>,
    conditions: &Conditions,
    seed: u64,
    runs: usize,
    enough: Enough,
    slice: Duration,
) -> (Rate, Option<Halt>) {
    let seeds: Vec<(u64, u64)> = (0..runs as u64).map(|index| (index, seed)).collect();
    let (seen, halt) = course.batch(Batch { conditions, seeds: &seeds, slice, enough });
    let mut rate = Rate::default();
    seen.iter().for_each(|(_, seen)| rate.note(seen.is_hit(course.plan.target.expected)));
    (rate, halt)
}

/// Measures arms in turn, block by block, until the rate of the first is known well enough or the
/// time for it is over. Stopping at a number of hits leaves the lower end of the interval exact,
/// and can only make the upper end too high.
fn compare(course: &mut Course<'_>, arms: &mut [Arm], slice: Duration) -> Result<(), Halt> {
    let until = Instant::now() + slice;
    let judged_by = measure(course);
    let seed = course.plan.seed;
    while arms.first().is_some_and(|arm| arm.rate.hits < HITS && arm.rate.runs < RUNS) {
        let mut first = Duration::ZERO;
        for (number, arm) in arms.iter_mut().enumerate() {
            let (left, began) = (until.saturating_duration_since(Instant::now()), Instant::now());
            if left.is_zero() && arm.rate.runs > 0 && number == 0 {
                return Ok(());
            }
            // As long as for the first, however late it is: nothing is shown by one alone.
            let left = left.max(first);
            let conditions = arm.conditions.clone();
            let seeds = arm.seeds(seed, BLOCK.next_multiple_of(conditions.copies));
            let at_ms = course.elapsed().as_secs_f64() * 1e3;
            let batch =
                Batch { conditions: &conditions, seeds: &seeds, slice: left, enough: Enough::ALL };
            let (seen, halt) = course.batch(batch);
            arm.note(at_ms, &seen, judged_by);
            halt.map_or(Ok(()), Err)?;
            first = first.max(began.elapsed());
        }
    }
    Ok(())
}

/// Removes the parts of the conditions that are not needed.
fn shrink(
    course: &mut Course<'_>,
    arm: &Arm,
    hit: &Hit,
    rate: Rate,
    known: &mut Confirmed,
) -> Result<(), Halt> {
    let steady = is_steady(known.again);
    if !steady && rate.hits == 0 {
        // A single hit: there is nothing to compare with.
        return Ok(());
    }
    let until = Instant::now() + course.left().mul_f64(0.4);
    let mut tried: HashMap<Conditions, bool> = HashMap::new();
    let (parts, halt) = ddmin(&arm.conditions.parts(), |parts| {
        let conditions = Conditions::of(parts);
        // Amounts have equal parts, so that several selections are the same.
        if let Some(passed) = tried.get(&conditions) {
            return Ok(*passed);
        }
        known.tests += 1;
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(None);
        }
        let (passed, halt) = if steady {
            let enough = Enough { hits: STEADY, misses: AGAIN - STEADY + 1 };
            let (rate, halt) = repeat(course, &conditions, hit.seed, AGAIN, enough, left);
            (rate.hits >= STEADY as u64, halt)
        } else {
            as_often(course, &conditions, rate, until)
        };
        tried.insert(conditions, passed);
        // A decision made before the halt counts.
        halt.map_or(Ok(passed), |halt| Err(Some(halt)))
    });
    known.conditions = Conditions::of(&parts);
    match halt {
        Some(Some(halt)) => Err(halt),
        _ => Ok(()),
    }
}

/// Whether hits come at least half as often as `rate` says, by a sequential test against an eighth
/// of that. Undecided counts as no.
fn as_often(
    course: &mut Course<'_>,
    conditions: &Conditions,
    rate: Rate,
    until: Instant,
) -> (bool, Option<Halt>) {
    let p1 = (rate.estimate() / 2.0).clamp(1e-4, 0.9);
    let mut test = Sequential::new(Certainty { p0: p1 / 8.0, p1, alpha: 0.1, beta: 0.1 });
    let judged_by = measure(course);
    let mut arm = Arm::new(conditions.clone(), course.plan.certainty);
    // Other runs than those that measure the rate afterwards.
    let apart = seed::apart(course.plan.seed);
    for _ in 0..RUNS {
        let slice = until.saturating_duration_since(Instant::now());
        let seeds = arm.seeds(apart, conditions.copies.max(4));
        let batch = Batch { conditions, seeds: &seeds, slice, enough: Enough::ALL };
        let (seen, halt) = course.batch(batch);
        for (_, seen) in &seen {
            test.note(seen.is_hit(judged_by.expected));
        }
        match test.decision() {
            Decision::Undecided if halt.is_some() || slice.is_zero() => return (false, halt),
            Decision::Undecided => {}
            decision => return (decision == Decision::Happens, halt),
        }
    }
    (false, None)
}
