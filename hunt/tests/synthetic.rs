//! Whole hunts of synthetic targets, whose behaviour is known exactly.

#![expect(clippy::unwrap_used, reason = "a failure of a helper fails the test")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hunt::runner::{Load, RunError};
use hunt::statistics::Rate;
use hunt::{
    Answer, Conditions, Kind, Observation, Plan, Report, Run, Runner, Target, Token, Unwatched,
};
use reaper::leak::LeakReport;
use tokio::sync::watch;

/// A target with the result of a function of the conditions, the seed of the run, and a number that
/// is different for each run.
struct MadeUp<F>(F, AtomicU64);

impl<F: Fn(&Conditions, u64, u64) -> Observation + Sync> Runner for MadeUp<F> {
    fn run(&self, run: &Run<'_>) -> Result<Observation, RunError> {
        Ok((self.0)(run.conditions, run.seed, self.1.fetch_add(1, Ordering::Relaxed)))
    }

    fn load(&self, _conditions: &Conditions, _until: Instant) -> Result<Load, RunError> {
        Ok(Load::default())
    }
}

fn made_up<F: Fn(&Conditions, u64, u64) -> Observation + Sync>(what: F) -> MadeUp<F> {
    MadeUp(what, AtomicU64::new(0))
}

fn plan(seed: u64) -> Plan {
    Plan { processors: 2, ..Plan::new(Target::command(["made-up"]), seed) }
}

fn go(plan: &Plan, runner: &dyn Runner) -> Report {
    hunt::hunt(plan, runner, &watch::Sender::new(false), &mut Unwatched).unwrap()
}

fn token(report: &Report) -> Token {
    report.token.as_deref().expect("a token").parse().unwrap()
}

fn held() -> Observation {
    Observation { exit: "exit code 0".to_owned(), tail_ms: Some(0.1), ..Observation::default() }
}

fn failed() -> Observation {
    Observation { exit: "exit code 1".to_owned(), kinds: vec![Kind::Failure], ..held() }
}

fn leak() -> LeakReport {
    LeakReport {
        pid: 7,
        command: "sleep 9".to_owned(),
        how: "child of the command".to_owned(),
        parents: vec!["made-up (6)".to_owned()],
        fate: "killed by proctor".to_owned(),
        holds: vec!["fd 1".to_owned()],
        age_ms: Some(300),
    }
}

fn leaked() -> Observation {
    let (kinds, leaks) = (vec![Kind::Leak], vec![leak()]);
    Observation { kinds, leaks, tail_ms: Some(200.3), ..held() }
}

/// Whether the number is one in `many`, spread by a hash.
fn one_in(many: u64, number: u64) -> bool {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).is_multiple_of(many)
}

#[test]
fn a_seeded_race_is_found_and_its_seed_brings_it_back() {
    let mut all = Rate::default();
    for seed in 0..10 {
        let racy = made_up(|_, seed, _| if one_in(50, seed) { leaked() } else { held() });
        let report = go(&plan(seed), &racy);
        assert_eq!(report.answer, Answer::Reproduced, "{}", report.sentence);
        assert_eq!(report.again, Some(Rate { hits: 10, runs: 10 }));
        assert!(report.needs.as_ref().unwrap().conditions.is_plain(), "the seed is all it takes");
        let (hit, token) = (report.hit.as_ref().unwrap(), token(&report));
        assert_eq!((hit.seed, hit.kind), (token.run_seed(), Some(Kind::Leak)));
        assert!(one_in(50, token.run_seed()), "the seed of a run that was a hit");

        let again =
            hunt::replay(&token, &plan(0), &racy, &watch::Sender::new(false), &mut Unwatched);
        let again = again.unwrap();
        assert_eq!(again.answer, Answer::Reproduced);
        assert!(again.runs <= 8, "at once: {}", again.runs);
        all.add(report.measured[0].rate);
    }
    // A race of 2 % is measured at about 2 %: 80 hits, so that 0.7 % is three standard errors.
    assert!((all.estimate() - 0.02).abs() < 0.007, "{all:?}");
}

#[test]
fn one_seed_one_hit() {
    // So frequent that it is found in the first pass over the conditions: afterwards the choices
    // depend on the clock.
    let racy = made_up(|_, seed, _| if one_in(10, seed) { failed() } else { held() });
    let hit = |seed| {
        let hit = go(&plan(seed), &racy).hit.unwrap();
        (hit.condition, hit.index, hit.seed)
    };
    for seed in 0..5 {
        assert_eq!(hit(seed), hit(seed));
    }
    assert_ne!(hit(1), hit(2));
}

#[test]
fn a_clean_target_is_not_accused_and_its_rate_is_bounded() {
    for seed in 0..10 {
        let report = go(&plan(seed), &made_up(|_, _, _| held()));
        assert_eq!(report.answer, Answer::NotReproduced);
        assert!(report.hit.is_none() && report.token.is_none() && report.stopped.is_none());
        for row in &report.conditions {
            assert!(row.settled && row.rate.runs >= 154, "{}: {}", row.condition, row.rate.runs);
            let bound = 1.0 - 0.05_f64.powf(1.0 / row.rate.runs as f64);
            assert!((row.upper_bound - bound).abs() < 1e-9);
        }
    }
}

#[test]
fn exactly_the_needed_conditions_are_reported() {
    let needs = |conditions: &Conditions| conditions.copies >= 2 && conditions.busy >= 3;
    let loaded = made_up(
        |conditions, _, number| {
            if needs(conditions) && one_in(3, number) { leaked() } else { held() }
        },
    );
    let report = go(&plan(3), &loaded);
    assert_eq!(report.answer, Answer::Reproduced);
    let needed = report.needs.unwrap();
    assert!(needs(&needed.conditions), "{}", needed.condition);
    // Amounts consist of steps that double: 3 is 1 and 2, or 4.
    assert!(needed.conditions.copies == 2 && needed.conditions.busy <= 4, "{}", needed.condition);
    let names: Vec<_> = report.measured.iter().map(|row| row.condition.as_str()).collect();
    assert_eq!(names, [needed.condition.as_str(), "as is"]);
    assert!(report.measured[0].rate.hits > 0 && report.measured[1].rate.hits == 0);
}

#[test]
fn only_the_expected_kind_is_a_hit() {
    let mut plan = plan(1);
    plan.target.expected = Some(Kind::Leak);
    let failing = made_up(|_, seed, _| if one_in(5, seed) { failed() } else { held() });
    let report = go(&plan, &failing);
    assert_eq!(report.answer, Answer::NotReproduced);
    assert!(report.conditions.iter().any(|row| row.others > 0), "they are counted apart");
    let both =
        made_up(|_, _, _| Observation { kinds: vec![Kind::Leak, Kind::Failure], ..leaked() });
    assert_eq!(go(&plan, &both).hit.unwrap().kind, Some(Kind::Leak));
}

#[test]
fn a_long_tail_is_no_hit() {
    let slow = made_up(|_, _, _| Observation { tail_ms: Some(900.0), ..held() });
    let report = go(&plan(1), &slow);
    assert_eq!(report.answer, Answer::NotReproduced);
    let row = &report.conditions[0];
    assert_eq!(row.unnamed, row.rate.runs, "nobody made it: the machine did");
    assert!(row.closest.is_none());

    let near =
        made_up(|_, _, _| Observation { tail_ms: Some(150.0), leaks: vec![leak()], ..held() });
    let report = go(&plan(1), &near);
    assert_eq!(report.answer, Answer::NotReproduced);
    assert_eq!(report.conditions[0].closest.as_ref().unwrap().tail_ms, 150.0);
    assert_eq!(report.conditions[0].margins[0] as u64, report.conditions[0].rate.runs);
}

#[test]
fn a_doubtful_run_is_reported() {
    let doubtful = || vec!["the list of processes could not be read".to_owned()];
    let unsure = made_up(|_, _, _| Observation { doubts: doubtful(), ..held() });
    let report = go(&plan(1), &unsure);
    assert_eq!(report.conditions[0].doubted, report.conditions[0].rate.runs);
    let text = hunt::report::text::text(&report, "proctor hunt", Default::default());
    assert!(text.contains("the list of processes could not be read"), "{text}");
}

#[test]
fn no_more_runs_than_were_asked_for() {
    for runs in [1, 7, 40, 333] {
        let plan = Plan { runs: Some(runs), ..plan(1) };
        let counted = made_up(|_, _, _| held());
        let report = go(&plan, &counted);
        assert_eq!((report.runs, counted.1.load(Ordering::Relaxed)), (runs, runs as u64));
        assert_eq!(report.answer, Answer::NotReproduced);
        assert!(report.stopped.is_some());
    }
}

#[test]
fn time_ends_it() {
    let plan = Plan { time: Duration::from_millis(1), ..plan(1) };
    let report = go(&plan, &made_up(|_, _, _| held()));
    assert_eq!(report.stopped.as_deref(), Some("the time was up"));
}

#[test]
fn an_interrupted_hunt_claims_nothing() {
    let cancel = watch::Sender::new(false);
    let interrupting = made_up(|_, _, number| {
        cancel.send_replace(number == 20);
        held()
    });
    let report = hunt::hunt(&plan(1), &interrupting, &cancel, &mut Unwatched).unwrap();
    assert_eq!((report.answer, report.answer.exit_code()), (Answer::Incomplete, 4));
    assert!(report.runs > 20 && report.runs < 40, "{}", report.runs);
}

#[test]
fn a_target_that_cannot_run_is_reported() {
    struct Unable;
    impl Runner for Unable {
        fn run(&self, _run: &Run<'_>) -> Result<Observation, RunError> {
            Err(RunError::Unable("no such program".to_owned()))
        }

        fn load(&self, _conditions: &Conditions, _until: Instant) -> Result<Load, RunError> {
            Ok(Load::default())
        }
    }
    let refused = hunt::hunt(&plan(1), &Unable, &watch::Sender::new(false), &mut Unwatched);
    assert_eq!(refused.unwrap_err().to_string(), "no such program");
}

fn proof(token: &Token, runner: &dyn Runner) -> Report {
    hunt::prove_fixed(token, &plan(0), runner, &watch::Sender::new(false), &mut Unwatched).unwrap()
}

#[test]
fn a_fix_is_proven_by_as_many_runs_as_the_rate_demands() {
    let racy = |_: &Conditions, _, number| if one_in(20, number) { leaked() } else { held() };
    let token = token(&go(&plan(1), &made_up(racy)));
    let low = token.before.interval().0;
    let needed = (0.05_f64.ln() / (1.0 - low).ln()).ceil() as u64;

    let fixed = proof(&token, &made_up(|_, _, _| held()));
    assert_eq!(fixed.answer, Answer::Fixed, "{}", fixed.sentence);
    let proven = fixed.proof.unwrap();
    assert_eq!((proven.after, proven.needed), (Rate { hits: 0, runs: needed }, Some(needed)));
    assert!(proven.p < 0.05, "{}", proven.p);

    let still = proof(&token, &made_up(racy));
    assert_eq!(still.answer, Answer::NotFixed, "{}", still.sentence);

    let rarer = made_up(|_: &Conditions, _, number| if number == 60 { leaked() } else { held() });
    assert_eq!(proof(&token, &rarer).answer, Answer::NotFixed, "one hit is enough");
}

#[test]
fn a_proof_that_is_cut_short_proves_nothing() {
    let racy = made_up(|_, _, number| if one_in(20, number) { leaked() } else { held() });
    let token = token(&go(&plan(1), &racy));
    let short = Plan { runs: Some(5), ..plan(0) };
    let clean = made_up(|_, _, _| held());
    let report =
        hunt::prove_fixed(&token, &short, &clean, &watch::Sender::new(false), &mut Unwatched);
    assert_eq!(report.unwrap().answer, Answer::Incomplete);
}

#[test]
fn a_run_of_a_steady_seed_is_tried_first() {
    let racy = made_up(|_, seed, _| if one_in(30, seed) { failed() } else { held() });
    let token = token(&go(&plan(1), &racy));
    let only_that = made_up(|_, seed, _| if seed == token.run_seed() { failed() } else { held() });
    let report = proof(&token, &only_that);
    assert_eq!((report.answer, report.again.unwrap().hits), (Answer::NotFixed, 3));
}

#[test]
fn reports_escape_what_programs_say() {
    let hostile = "<script>alert(1)</script>\u{1b}[2J";
    let loud = made_up(|_, _, _| Observation { output: hostile.to_owned(), ..failed() });
    let mut plan = plan(1);
    plan.target.label = hostile.to_owned();
    plan.runs = Some(40);
    let report = go(&plan, &loud);
    let page = hunt::report::html::render(&report, "proctor hunt");
    assert!(!page.contains("<script") && !page.contains('\u{1b}'), "{page}");
    assert!(page.contains("<svg") && page.contains("leak-timeout 200 ms"));
    let text = hunt::report::text::text(&report, "proctor hunt", Default::default());
    assert!(!text.contains('\u{1b}') && text.contains("reproduced: a failure"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    assert_eq!(json["schema"], "proctor.hunt/1");
    assert_eq!(json["hit"]["output"], hostile);
}
