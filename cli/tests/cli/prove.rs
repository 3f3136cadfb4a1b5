//! `proctor prove`, and its engine on faults of which it is known whether they can be found.

use std::sync::OnceLock;

use faults::Fault;
use harness::select::Filters;
use harness::{Examined, Subject};
use pretty_assertions::assert_eq;
use prove::{Plan, Planted, Problem, Proof, Unwatched, Variant, prove};
use tokio::sync::watch;

use suites::faults::{ARCHIVE_UNANNOUNCED, INITIALIZE_REPEATABLE, SLOW_START, VERSION_MEMBER};

use crate::world::{FAILING, World, binary, subject};

fn reference() -> &'static Examined {
    static REFERENCE: OnceLock<Examined> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let subject =
            Subject::new([binary().as_os_str(), "reference".as_ref(), "app-server".as_ref()]);
        let subject = subject.unwrap().template(suites::template());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(subject.examine()).unwrap()
    })
}

/// The reference subject behind a script.
fn behind(script: &str) -> Subject {
    let mut subject_behind = reference().subject.clone();
    subject_behind.command =
        Subject::new(subject(script, &binary()).into_iter().skip(1)).unwrap().command;
    subject_behind
}

/// This fault, planted by these tests. Which checks must find it, they say themselves.
fn planted(fault: Fault) -> Planted {
    Planted {
        fault: fault.name.to_owned(),
        name: fault.name.to_owned(),
        sentence: fault.sentence.to_owned(),
        place: "here:1".to_owned(),
    }
}

/// A variant, met where the subject says so in this line on stderr.
fn variant(name: &str, met: &str) -> Variant {
    Variant {
        name: name.to_owned(),
        sentence: format!("It is {name}."),
        place: "here:2".to_owned(),
        waits: false,
        beside: None,
        profile: None,
        sign: format!("{met}\n"),
    }
}

/// The reference in no variant.
fn unvaried(_: &[&str]) -> Subject {
    reference().subject.clone()
}

/// A proof of a correct subject, in two cases at a time, without variants.
fn plan<'a>(
    reference: &'a Examined,
    faulty: &'a dyn Fn(&str) -> Subject,
    faults: &'a [Planted],
    filters: &'a Filters,
) -> Plan<'a> {
    Plan {
        reference,
        correct: true,
        varied: &unvaried,
        variants: &[],
        faulty,
        faults,
        whole: true,
        telling: None,
        filters,
        jobs: Some(2),
    }
}

/// What a subject with a fault does in these tests, whatever the fault is.
#[derive(Clone, Copy)]
enum Shows {
    /// Adds a member to each message.
    Versions,
    /// Ends at once.
    Dies,
    Nothing,
}

/// Proves these checks by these faults.
fn proof(checks: &[&str], faults: &[(Fault, Shows)]) -> Proof {
    let faulty = |name: &str| {
        let shown = faults.iter().find(|(fault, _)| fault.name == name);
        match shown.map_or(Shows::Nothing, |(_, shows)| *shows) {
            Shows::Versions => behind(FAILING),
            Shows::Dies => behind("exit 3"),
            Shows::Nothing => reference().subject.clone(),
        }
    };
    let filters = Filters {
        checks: checks.iter().map(|&check| check.to_owned()).collect(),
        ..Filters::default()
    };
    let faults: Vec<_> = faults.iter().map(|(fault, _)| planted(*fault)).collect();
    let plan = Plan { jobs: Some(4), ..plan(reference(), &faulty, &faults, &filters) };
    prove(&plan, &watch::Sender::new(false), &mut Unwatched).unwrap()
}

fn told(proof: &Proof) -> Vec<String> {
    proof.problems.iter().map(Problem::to_string).collect()
}

const OBSERVER: &str = "conversation::no_version_member";
const CHECK: &str = "initialize::only_once";

#[test]
fn a_fault_that_is_found_proves_its_checks() {
    let proof =
        proof(&[OBSERVER, CHECK], &[(VERSION_MEMBER, Shows::Versions), (SLOW_START, Shows::Dies)]);
    assert_eq!(told(&proof), Vec::<String>::new());
    assert!(proof.proved && proof.complete);
    assert_eq!((proof.summary.faults, proof.summary.checks, proof.summary.proved), (2, 2, 2));
    let catches: Vec<_> = proof.faults.iter().flat_map(|fault| &fault.catches).collect();
    assert!(
        catches.iter().all(|catch| catch.caught && catch.message.contains("expected")),
        "{catches:?}"
    );
}

#[test]
fn a_fault_that_is_not_found_is_a_problem() {
    let faults = [(VERSION_MEMBER, Shows::Nothing), (INITIALIZE_REPEATABLE, Shows::Nothing)];
    let proof = proof(&[OBSERVER, CHECK], &faults);
    assert_eq!(
        told(&proof),
        [
            format!("{OBSERVER} does not find the fault version-member: it holds all the same"),
            format!("{CHECK} does not find the fault initialize-repeatable: it holds all the same"),
        ]
    );
    assert!(!proof.proved);
    assert_eq!(proof.summary.proved, 0);
}

#[test]
fn an_observer_is_not_proved_by_a_conversation_that_fails() {
    let proof = proof(&[OBSERVER], &[(VERSION_MEMBER, Shows::Dies)]);
    assert_eq!(
        told(&proof),
        [format!("{OBSERVER} does not find the fault version-member: it holds all the same")]
    );
}

#[test]
fn lists_that_do_not_fit_together_are_problems() {
    let idle = Fault { name: "idle", sentence: "It does nothing." };
    let proof = proof(&[CHECK], &[(idle, Shows::Nothing), (idle, Shows::Nothing)]);
    assert_eq!(
        told(&proof),
        [
            format!("no fault proves {CHECK}"),
            "no check names the fault idle".to_owned(),
            "no check names the fault idle".to_owned(),
            "more than one fault is called idle".to_owned(),
        ]
    );
}

#[test]
fn a_reference_that_fails_is_a_problem() {
    let broken = Examined { subject: behind(FAILING), profile: reference().profile.clone() };
    let filters = Filters { checks: vec![OBSERVER.to_owned()], ..Filters::default() };
    let faulty = |_: &str| behind(FAILING);
    let faults = [planted(VERSION_MEMBER)];
    let plan = plan(&broken, &faulty, &faults, &filters);
    let proof = prove(&plan, &watch::Sender::new(false), &mut Unwatched).unwrap();
    let told = told(&proof);
    assert!(
        !told.is_empty()
            && told.iter().all(|line| line.starts_with("the reference does not pass ")),
        "{told:?}"
    );
}

/// Runs these checks on these variants only: `versions` adds a member to each message, any other
/// does nothing.
fn varied(checks: &[&str], names: &[&str]) -> Proof {
    let varied = |names: &[&str]| match names {
        ["versions"] => behind(FAILING),
        _ => reference().subject.clone(),
    };
    let filters = Filters {
        checks: checks.iter().map(|&check| check.to_owned()).collect(),
        ..Filters::default()
    };
    let none = |_: &str| unreachable!("there is no fault");
    let variants: Vec<_> = names.iter().map(|name| variant(name, "never")).collect();
    let plan = Plan {
        variants: &variants,
        whole: false,
        jobs: Some(4),
        varied: &varied,
        ..plan(reference(), &none, &[], &filters)
    };
    prove(&plan, &watch::Sender::new(false), &mut Unwatched).unwrap()
}

#[test]
fn a_variant_must_pass_every_case() {
    let proof = varied(&[OBSERVER, CHECK], &["versions", "nothing"]);
    let told = told(&proof);
    let start = format!("the variant versions, which is legal, does not pass {OBSERVER}@");
    assert!(!told.is_empty() && told.iter().all(|line| line.starts_with(&start)), "{told:?}");
    assert!(!proof.proved && proof.complete);
    let held: Vec<_> =
        proof.variants.iter().map(|one| (one.name.as_str(), one.cases, one.held)).collect();
    assert_eq!(held, [("nothing", 4, 4), ("versions", 4, 0)]);
    assert_eq!((proof.summary.variants, proof.summary.run), (2, 8));
}

#[test]
fn a_variant_that_is_never_met_is_run_by_no_case() {
    let filters = Filters { checks: vec![CHECK.to_owned()], ..Filters::default() };
    let nothing = |_: &str| reference().subject.clone();
    let variants = ["met", "unmet"].map(|name| variant(name, &format!("this is {name}")));
    let plan = Plan {
        variants: &variants,
        telling: Some(behind(r#"echo 'this is met' >&2; exec "$0" reference app-server"#)),
        ..plan(reference(), &nothing, &[], &filters)
    };
    let proof = prove(&plan, &watch::Sender::new(false), &mut Unwatched).unwrap();
    let counts: Vec<_> = proof
        .variants
        .iter()
        .map(|one| (one.name.as_str(), one.cases, one.held, one.alike))
        .collect();
    assert_eq!(counts, [("met", 2, 2, 0), ("unmet", 0, 0, 2)]);
    assert!(proof.complete);
}

#[test]
fn variants_beside_each_other_share_the_cases_in_which_both_are_met() {
    let filters = Filters { checks: vec![CHECK.to_owned()], ..Filters::default() };
    let nothing = |_: &str| reference().subject.clone();
    // Alone each of them is fine; a case in which both are fails, and counts against both.
    let varied = |names: &[&str]| match names {
        [_] => reference().subject.clone(),
        _ => behind("exit 3"),
    };
    let [one, two, three] = ["one", "two", "three"].map(|name| variant(name, "met"));
    let variants = [Variant { beside: Some("two".to_owned()), ..one }, two, three];
    let whole = Plan {
        variants: &variants,
        varied: &varied,
        telling: Some(behind(r#"echo met >&2; exec "$0" reference app-server"#)),
        ..plan(reference(), &nothing, &[], &filters)
    };
    let proof = prove(&whole, &watch::Sender::new(false), &mut Unwatched).unwrap();
    let told: Vec<_> = proof
        .variants
        .iter()
        .map(|one| (one.name.as_str(), one.cases, one.held, one.beside.as_deref()))
        .collect();
    let expected = [("one", 2, 0, Some("two")), ("three", 2, 2, None), ("two", 2, 0, Some("one"))];
    assert_eq!(told, expected);
    assert!(!proof.proved && proof.complete);

    let proof = prove(&Plan { whole: false, ..whole }, &watch::Sender::new(false), &mut Unwatched);
    let proof = proof.unwrap();
    assert!(proof.variants.iter().all(|one| (one.cases, one.held) == (2, 2)), "alone");
    assert!(proof.variants.iter().all(|one| one.beside.is_none()));
}

#[test]
fn variants_have_names_of_their_own() {
    let proof = varied(&[CHECK], &["nothing", "nothing"]);
    assert_eq!(told(&proof), ["more than one variant is called nothing"]);
}

#[test]
fn the_command_runs_one_variant_alone() {
    let world = World::new();
    let args = ["prove", "--variant", "crlf", "--check", CHECK, "--json", "p.json"];
    let ran = world.proctor(args).exits(0);
    assert!(ran.stdout.starts_with("crlf  Every line ends with CR LF."), "{}", ran.stdout);
    let proof = world.json("p.json");
    assert_eq!(proof["variants"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&proof["variants"][0]["cases"], &proof["variants"][0]["held"]),
        (&2.into(), &2.into())
    );
    assert_eq!(proof["summary"]["run"], 2);
    assert_eq!(proof["faults"].as_array().unwrap().len(), 0);
}

#[test]
fn a_variant_that_does_not_exist_is_refused() {
    let ran = World::new().proctor(["prove", "--variant", "nosuch"]).exits(2);
    ran.says_only("no variant is called `nosuch`; there are a-delta-for-each-character, ");
}

#[test]
fn the_reference_lists_its_variants() {
    let ran = World::new().proctor(["reference", "--list-variants"]).exits(0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines.len() >= 22 && lines.is_sorted(), "{}", ran.stdout);
    assert!(lines.iter().all(|line| line.split('\t').count() == 3), "{}", ran.stdout);
}

#[test]
fn a_check_that_does_not_apply_to_the_reference_is_a_problem_and_not_run() {
    let mut first_only =
        Examined { subject: reference().subject.clone(), profile: reference().profile.clone() };
    first_only.profile.dialects = vec![harness::Dialect::V1];
    // It is in the second dialect only.
    let check = "archive::announces_it";
    let filters = Filters { checks: vec![check.to_owned()], ..Filters::default() };
    let faulty = |_: &str| reference().subject.clone();
    let faults = [planted(ARCHIVE_UNANNOUNCED)];
    let plan = plan(&first_only, &faulty, &faults, &filters);
    let proof = prove(&plan, &watch::Sender::new(false), &mut Unwatched).unwrap();
    assert_eq!(
        told(&proof),
        [format!(
            "{check} cannot be proved, since it does not apply to the reference: the subject does not speak v2"
        )]
    );
    assert_eq!((proof.summary.run, proof.summary.proved), (0, 0));
    assert!(!proof.proved && proof.complete);
}

#[test]
fn an_interrupted_proof_is_not_complete() {
    let filters = Filters { checks: vec![CHECK.to_owned()], ..Filters::default() };
    let faulty = |_: &str| reference().subject.clone();
    let faults = [planted(INITIALIZE_REPEATABLE)];
    let plan = plan(reference(), &faulty, &faults, &filters);
    let proof = prove(&plan, &watch::Sender::new(true), &mut Unwatched).unwrap();
    assert!(!proof.complete && !proof.proved && proof.summary.run == 0);
    assert_eq!(told(&proof), Vec::<String>::new());
}

#[test]
fn the_command_says_what_the_engine_found() {
    let world = World::new();
    let ran = world.proctor([
        "prove",
        "--check",
        "initialize::only_once",
        "--json",
        "p.json",
        "--page",
        "p.md",
    ]);
    let proof = world.json("p.json");
    assert_eq!(proof["schema"], "proctor.proof/1");
    let problems = proof["problems"].as_array().unwrap();
    assert_eq!(ran.code, Some(i32::from(!problems.is_empty())), "{}", ran.stdout);
    let end = if problems.is_empty() { "; proved\n" } else { "; not proved\n" };
    assert!(ran.stdout.ends_with(end), "{}", ran.stdout);
    assert!(problems.iter().all(|problem| problem["kind"] != "reference"), "{}", ran.stdout);
    // The check is one of app-servers, and proved on that reference alone.
    let of_app_server = |place: &&reference::Place| !place.file.starts_with("reference/src/mcp");
    let variants = reference::PLACES.iter().filter(of_app_server).count();
    assert_eq!(proof["variants"].as_array().unwrap().len(), variants);
    let page = world.read("p.md");
    for row in ["| `crlf` | Every line ends with CR LF. | 2 of 2 |", "| `initialize::only_once` | "]
    {
        assert!(page.lines().any(|line| line.starts_with(row)), "{row}: {page}");
    }
}
