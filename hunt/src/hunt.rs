//! A hunt from its start to its report.

use tokio::sync::watch;

use crate::confirm::{Confirmed, confirm, is_steady};
use crate::course::{Course, Halt, Watch};
use crate::plan::{Certainty, Plan};
use crate::report::text::{percent, rate_in_words};
use crate::report::{Answer, ConditionReport, HitReport, Mode, Needs, Report};
use crate::runner::{Kind, Observation, Runner};
use crate::search::{Hit, Search, search};
use crate::statistics::{Rate, runs_to_show};
use crate::token::Token;
use crate::withheld::withhold;

/// No run could be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unable(pub String);

/// Searches for a run that goes wrong, then finds out what it needs and how often it happens.
/// `cancel` ends it early, with a report on the results so far.
///
/// # Errors
///
/// If no run could be done at all.
pub fn hunt(
    plan: &Plan,
    runner: &dyn Runner,
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Result<Report, Unable> {
    let mut course = Course::new(plan, runner, cancel, watch);
    let found = search(&mut course);
    let confirmed = found.hit.as_ref().map(|hit| confirm(&mut course, &found.arms[hit.arm], hit));
    let mut report = Report::new(Mode::Hunt, plan);
    close(&mut report, &course, confirmed.as_ref().map_or(&found.halt, |known| &known.halt))?;
    report.conditions = found.arms.iter().map(ConditionReport::of).collect();
    match (&found.hit, confirmed) {
        (Some(hit), Some(known)) => reproduced(&mut report, plan, &found, hit, &known),
        _ => {
            not_reproduced(&mut report, &found, plan.certainty);
            report.untried = untried(plan);
        }
    }
    Ok(report)
}

/// What a hunt could not try.
fn untried(plan: &Plan) -> Vec<String> {
    let mut lines = plan.means.missing();
    if plan.others.is_empty() {
        lines.push(
            "the target after other tests: it was tried alone, as it is not one test of a program in the form of libtest that has others"
                .to_owned(),
        );
    }
    lines
}

/// Records how it ended.
pub(crate) fn close(
    report: &mut Report,
    course: &Course<'_>,
    halt: &Option<Halt>,
) -> Result<(), Unable> {
    report.runs = course.done();
    report.duration_ms = course.elapsed().as_secs_f64() * 1e3;
    report.stopped = halt.as_ref().map(ToString::to_string);
    match halt {
        Some(Halt::Unable(why)) if course.done() == 0 => Err(Unable(why.clone())),
        _ => Ok(()),
    }
}

/// The kind of a hit: the expected one, or the most serious.
pub(crate) fn kind_of(seen: &Observation, expected: Option<Kind>) -> Option<Kind> {
    expected.or_else(|| seen.kinds.first().copied())
}

fn reproduced(report: &mut Report, plan: &Plan, found: &Search, hit: &Hit, known: &Confirmed) {
    let arm = &found.arms[hit.arm];
    let kind = kind_of(&hit.seen, plan.target.expected);
    report.answer = Answer::Reproduced;
    report.hit = Some(HitReport {
        condition: arm.name.clone(),
        index: hit.index,
        seed: hit.seed,
        after_runs: hit.runs,
        after_ms: hit.took.as_secs_f64() * 1e3,
        kind,
        seen: hit.seen.clone(),
    });
    report.again = (known.again.runs > 0).then_some(known.again);
    report.needs = Some(Needs {
        condition: known.conditions.to_string(),
        conditions: known.conditions.clone(),
        tests: known.tests,
        chance: known.chance(),
    });
    report.means = plan.means.explain(&known.conditions);
    report.measured = known.measured.iter().map(ConditionReport::of).collect();
    let before = known.measured.first().map_or(Rate::default(), |arm| arm.rate);
    let (mut target, withheld) = withhold(plan.target.clone());
    target.expected = kind;
    let token = Token {
        target,
        withheld,
        seed: plan.seed,
        arm: arm.name.clone(),
        index: hit.index,
        conditions: known.conditions.clone(),
        leak_timeout_ms: plan.leak_timeout.as_millis().try_into().unwrap_or(u64::MAX),
        run_timeout_ms: plan.run_timeout.as_millis().try_into().unwrap_or(u64::MAX),
        again: known.again,
        before,
    };
    report.runs_to_prove = token.runs_to_prove();
    report.token = Some(token.to_string());
    report.sentence = sentence(kind, hit, &arm.name, known, before);
}

fn sentence(kind: Option<Kind>, hit: &Hit, arm: &str, known: &Confirmed, before: Rate) -> String {
    let what = kind.map_or_else(|| "a hit".to_owned(), |kind| format!("a {kind}"));
    let again = match known.again {
        // Where most runs are hits, the seed is not the cause.
        again if is_steady(again) && before.estimate() < 0.5 => {
            "; the seed reproduces it".to_owned()
        }
        _ if before.hits > 0 => format!("; it happens in {}", rate_in_words(before)),
        _ => "; it was seen only once".to_owned(),
    };
    format!("{what}, in run {} ({arm}), after {:.1} s{again}", hit.runs, hit.took.as_secs_f64())
}

/// The result of the sequential test, in words.
fn settled(found: &Search, certainty: Certainty) -> String {
    let Certainty { p1, beta, .. } = certainty;
    let settled = found.arms.iter().filter(|arm| arm.is_settled()).count();
    match found.arms.len() {
        all if settled == all => format!(
            "; under each of {all} conditions a rate of {} would have been missed in {} of such hunts",
            percent(p1),
            percent(beta)
        ),
        all => format!("; {settled} of {all} conditions are settled"),
    }
}

fn not_reproduced(report: &mut Report, found: &Search, certainty: Certainty) {
    let mut all = Rate::default();
    found.arms.iter().for_each(|arm| all.add(arm.rate));
    let plain = found.arms.first().map_or(Rate::default(), |arm| arm.rate);
    report.answer = match &found.halt {
        Some(Halt::Interrupted | Halt::Unable(_)) => Answer::Incomplete,
        _ if all.runs == 0 => Answer::Incomplete,
        _ => Answer::NotReproduced,
    };
    report.sentence = match all.runs {
        0 => "no run ended".to_owned(),
        runs => format!(
            "not in {runs} runs: its rate is below {} at 95 % over all conditions, below {} as it is{}",
            percent(all.upper_bound()),
            percent(plain.upper_bound()),
            settled(found, certainty),
        ),
    };
}

impl Token {
    /// The number of clean runs under its conditions that prove a fix; `None` if its rate is
    /// unknown.
    pub(crate) fn runs_to_prove(&self) -> Option<u64> {
        let known = if self.before.hits > 0 { self.before } else { self.again };
        runs_to_show(known.interval().0)
    }
}
