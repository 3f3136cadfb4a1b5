//! Uses a token: repeats its run, or proves that the problem is gone.

use std::time::Duration;

use tokio::sync::watch;

use crate::arm::{Arm, Measure};
use crate::confirm::{is_steady, repeat};
use crate::course::{Batch, Course, Enough, Halt, Watch};
use crate::hunt::{Unable, close, kind_of};
use crate::plan::Plan;
use crate::report::text::{percent, rate_in_words};
use crate::report::{Answer, ConditionReport, HitReport, Mode, Proof, Report};
use crate::runner::{Observation, Runner};
use crate::statistics::{Rate, fell, runs_to_show};
use crate::token::Token;
use crate::withheld::restore;

/// The number of repetitions of the same run that come first in a proof, if its seed had reproduced
/// it.
const VERY_RUN: usize = 3;

/// The number of hits that prove that it is not fixed.
const HITS: u64 = 5;

/// The number of runs of a replay that are judged at a time.
const BLOCK: u64 = 8;

/// No limit but that of the hunt.
const ALL: Duration = Duration::MAX;

/// Repeats the run of a token until it is a hit, at most so often that a replay would miss it once
/// in twenty times at its known rate. The target and the timeouts are those of the token; `plan`
/// gives the limits.
///
/// # Errors
///
/// If no run could be done at all.
pub fn replay(
    token: &Token,
    plan: &Plan,
    runner: &dyn Runner,
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Result<Report, Unable> {
    let plan = planned(token, plan)?;
    let mut course = Course::new(&plan, runner, cancel, watch);
    course.doing("replaying");
    let mut known = token.again;
    if !is_steady(known) {
        known.add(token.before);
    }
    let needed = runs_to_show(known.interval().0);
    let mut arm = Arm::new(token.conditions.clone(), plan.certainty);
    let seed = token.run_seed();
    let mut hit = None;
    let halt = loop {
        let left = needed.map_or(BLOCK, |needed| needed.saturating_sub(arm.rate.runs));
        if left == 0 || hit.is_some() {
            break None;
        }
        let size = left.min(BLOCK.next_multiple_of(token.conditions.copies as u64));
        let seeds = vec![(token.index, seed); size as usize];
        let (seen, halt) = run(&mut course, &mut arm, &seeds, Enough { hits: 1, ..Enough::ALL });
        hit = first_hit(&plan, seen);
        if halt.is_some() && hit.is_none() {
            break halt;
        }
    };
    let mut report = Report::new(Mode::Replay, &plan);
    close(&mut report, &course, &halt)?;
    report.conditions = vec![ConditionReport::of(&arm)];
    report.answer = match (&hit, &halt) {
        (Some(_), _) => Answer::Reproduced,
        (None, None) => Answer::NotReproduced,
        (None, Some(_)) => Answer::Incomplete,
    };
    report.sentence = match (&hit, needed) {
        (Some(_), _) => format!("again, after {}", runs(arm.rate.runs)),
        (None, Some(needed)) => format!(
            "not in {} runs of {needed}; it was seen in {}",
            arm.rate.runs,
            rate_in_words(known)
        ),
        (None, None) => format!("not in {} runs; it was seen once only", arm.rate.runs),
    };
    report.hit = hit.map(|(index, seen)| hit_report(&report, token, index, seed, &arm, seen));
    report.token = report.hit.is_some().then(|| token.to_string());
    Ok(report)
}

/// Proves that the problem of a token is gone, or that it is not: under the same conditions and
/// with the same seeds as before, with enough runs that a rate at the lower end of the interval
/// would have shown itself with 95 %.
///
/// # Errors
///
/// If no run could be done at all.
pub fn prove_fixed(
    token: &Token,
    plan: &Plan,
    runner: &dyn Runner,
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Result<Report, Unable> {
    let plan = planned(token, plan)?;
    let mut course = Course::new(&plan, runner, cancel, watch);
    course.doing("the same run");
    let mut very = Rate::default();
    let mut halt = None;
    if is_steady(token.again) {
        (very, halt) =
            repeat(&mut course, &token.conditions, token.run_seed(), VERY_RUN, Enough::ALL, ALL);
    }
    course.doing("proving");
    let needed = token.runs_to_prove();
    let mut arm = Arm::measured(token.conditions.clone(), plan.certainty);
    let mut hit = None;
    while let Some(needed) = needed {
        let left = needed.saturating_sub(arm.rate.runs);
        if left == 0 || arm.rate.hits >= HITS || halt.is_some() {
            break;
        }
        let size = left.min(4 * BLOCK.next_multiple_of(token.conditions.copies as u64));
        let seeds = arm.seeds(token.seed, size as usize);
        let (seen, stopped) = run(&mut course, &mut arm, &seeds, Enough::ALL);
        hit = hit.or_else(|| first_hit(&plan, seen));
        halt = stopped;
    }
    let proof =
        Proof { before: token.before, after: arm.rate, needed, p: fell(token.before, arm.rate) };
    let mut report = Report::new(Mode::ProveFixed, &plan);
    if needed.is_some_and(|needed| arm.rate.runs >= needed) {
        halt = None;
    }
    close(&mut report, &course, &halt)?;
    report.conditions = vec![ConditionReport::of(&arm)];
    report.again = (very.runs > 0).then_some(very);
    (report.answer, report.sentence) = judged(&proof, very);
    report.proof = Some(proof);
    let seed = |index| crate::seed::of_run(token.seed, &arm.name, index);
    report.hit =
        hit.map(|(index, seen)| hit_report(&report, token, index, seed(index), &arm, seen));
    Ok(report)
}

fn judged(proof: &Proof, very: Rate) -> (Answer, String) {
    let Proof { before, after, needed, p } = *proof;
    if very.hits > 0 {
        let sentence = format!("the same run is still a hit, {} times of {}", very.hits, very.runs);
        return (Answer::NotFixed, sentence);
    }
    if after.hits > 0 {
        let fell = match p {
            p if p < 0.05 => {
                format!("; that is less often than before (p = {p:.3}), but not never")
            }
            p => format!("; that is not less often than before (p = {p:.3})"),
        };
        let sentence =
            format!("{} now, {} before{fell}", rate_in_words(after), rate_in_words(before));
        return (Answer::NotFixed, sentence);
    }
    match needed {
        Some(needed) if after.runs >= needed => {
            let sentence = format!(
                "no hit in {} runs, {} before: at the lowest rate that those allow, a hit would have been missed once in \
                 twenty such proofs; the rate is below {} at 95 % now (Fisher's exact test: p = {p:.4})",
                after.runs,
                rate_in_words(before),
                percent(after.upper_bound())
            );
            (Answer::Fixed, sentence)
        }
        Some(needed) => {
            let sentence = format!("no hit in {} runs, but the proof takes {needed}", after.runs);
            (Answer::Incomplete, sentence)
        }
        None => {
            let sentence = "it was seen once only: no number of runs proves anything".to_owned();
            (Answer::Incomplete, sentence)
        }
    }
}

fn runs(count: u64) -> String {
    if count == 1 { "1 run".to_owned() } else { format!("{count} runs") }
}

/// The plan, with the settings of the token.
fn planned(token: &Token, plan: &Plan) -> Result<Plan, Unable> {
    Ok(Plan {
        target: restore(token.target.clone(), &token.withheld)?,
        seed: token.seed,
        leak_timeout: token.leak_timeout(),
        run_timeout: token.run_timeout(),
        ..plan.clone()
    })
}

fn run(
    course: &mut Course<'_>,
    arm: &mut Arm,
    seeds: &[(u64, u64)],
    enough: Enough,
) -> (Vec<(u64, Observation)>, Option<Halt>) {
    let conditions = arm.conditions.clone();
    let at_ms = course.elapsed().as_secs_f64() * 1e3;
    let judged_by =
        Measure { expected: course.plan.target.expected, leak_timeout: course.plan.leak_timeout };
    // All of the remaining time.
    let slice = course.left();
    let (seen, halt) = course.batch(Batch { conditions: &conditions, seeds, slice, enough });
    arm.note(at_ms, &seen, judged_by);
    (seen, halt)
}

fn first_hit(plan: &Plan, seen: Vec<(u64, Observation)>) -> Option<(u64, Observation)> {
    seen.into_iter().find(|(_, seen)| seen.is_hit(plan.target.expected))
}

fn hit_report(
    report: &Report,
    token: &Token,
    index: u64,
    seed: u64,
    arm: &Arm,
    seen: Observation,
) -> HitReport {
    HitReport {
        condition: arm.name.clone(),
        index,
        seed,
        after_runs: report.runs,
        after_ms: report.duration_ms,
        kind: kind_of(&seen, token.target.expected),
        seen,
    }
}
