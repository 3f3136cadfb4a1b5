//! A run is told as it goes: what did not hold is printed when it is known, and once.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::world::{FAILING, Ran, World, binary, bounded, subject};

const CHECK: &str = "conversation::no_version_member@v2";
const HOLDS: &str = "initialize::only_once@v2";

#[test]
fn a_failure_is_on_the_screen_while_the_run_goes_on() {
    let world = World::new();
    let run = ["run", "--check", CHECK, "--check", HOLDS, "--repeat", "100000"];
    let args = run.iter().map(|arg| (*arg).to_owned()).chain(subject(FAILING, &binary()));
    let mut command = world.command(args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let (mut told, lines) = bounded("the failure", move || {
        let mut lines = BufReader::new(stdout);
        let mut told = String::new();
        while !told.contains("  transcript\n") {
            assert_ne!(lines.read_line(&mut told).unwrap(), 0, "it ended: {told}");
        }
        (told, lines)
    });
    assert!(child.try_wait().unwrap().is_none(), "the run is over: {told}");
    assert!(told.contains(&format!("\nMUST {CHECK}: ")), "{told}");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    bounded("the end", move || {
        for line in lines.lines() {
            told.push_str(&(line.unwrap() + "\n"));
        }
        Ran::of(child.wait_with_output().unwrap()).exits(1);
        assert_eq!(told.matches(&format!("MUST {CHECK}: ")).count(), 1, "{told}");
        assert!(told.contains(&format!("\n== failed (1)\n  {CHECK}  shown above\n")), "{told}");
    });
}

#[test]
fn an_observer_is_told_at_its_first_finding_and_another_of_the_kind_in_a_line() {
    let world = World::new();
    let binary = binary();
    let subject = [
        "--",
        binary.to_str().unwrap(),
        "reference",
        "app-server",
        "--fault",
        "turn-completes-twice",
    ];
    // One conversation after the other has the same turn end twice; the last cases fail by themselves.
    let run =
        ["run", "--check", "conversation::turns::a_turn_ends_once@v2", "--suite", "conversation"];
    let ran = world.proctor([&run[..], &["--jobs", "1"], &subject].concat()).exits(1);
    let block = "\nMUST conversation::turns::a_turn_ends_once@v2: ";
    assert_eq!(ran.stdout.matches(block).count(), 1, "{}", ran.stdout);
    let (told, end) = ran.stdout.split_once("\n== failed ").unwrap();
    assert!(told.contains(block) && end.contains("a_turn_ends_once@v2  shown above\n"), "{end}");
}

#[test]
fn the_same_failure_again_is_one_line() {
    let world = World::new();
    // Neither dialect gets an answer to its second greeting.
    let script = r#"exec "$0" reference app-server --fault initialize-repeatable"#;
    let args = ["run", "--check", "initialize::only_once", "--jobs", "1", "--json", "r.json"];
    let ran = world.behind(script, &args).exits(1);
    assert_eq!(world.json("r.json")["summary"]["failed"], 2);
    assert_eq!(ran.stdout.matches("\nMUST initialize::only_once@").count(), 1, "{}", ran.stdout);
    let line = "\nthe same in initialize::only_once@v2 as in initialize::only_once@v1\n";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
    let end = "
== failed (2)
  initialize::only_once@v1  shown above
  the same  in 1 more check: initialize::only_once@v2
";
    assert!(ran.stdout.contains(end), "{}", ran.stdout);
}

#[test]
fn quiet_tells_nothing_as_it_goes() {
    let world = World::new();
    let ran = world.behind(FAILING, &["run", "--check", CHECK, "--quiet"]).exits(1);
    assert_eq!(ran.stdout.lines().count(), 2, "{}", ran.stdout);
}

#[test]
fn the_first_failure_ends_a_run_that_shall_fail_fast() {
    let world = World::new();
    let args = ["run", "--suite", "conversation", "--jobs", "1", "--json", "r.json"];
    let fast = [&args[..], &["--fail-fast"]].concat();
    let ran = world.behind(FAILING, &fast).exits(1);
    let report = world.json("r.json");
    let summary = &report["summary"];
    // Another observer may have something against the same conversation, and a case may end before it is ended.
    let stopped = report["stopped_after"].as_u64().unwrap();
    assert!((1..=summary["failed"].as_u64().unwrap()).contains(&stopped), "{summary}");
    let (run, expected) = (summary["run"].as_u64().unwrap(), summary["expected"].as_u64().unwrap());
    assert!(run < expected, "{summary}");
    let line = ran.stdout.lines().last().unwrap();
    let failures =
        if stopped == 1 { "1 failure".to_owned() } else { format!("{stopped} failures") };
    let start = format!("verdict: nonconformant, stopped after {failures}; {run} of ");
    assert!(line.starts_with(&start) && line.ends_with(" checks run"), "{line}");

    // As many as it takes, and what never fails is never stopped.
    let ran = world.behind(FAILING, &[&args[..], &["--fail-fast=1000"]].concat()).exits(1);
    assert!(ran.stdout.ends_with("verdict: nonconformant\n"), "{}", ran.stdout);
    let report = world.json("r.json");
    assert_eq!(report["summary"]["run"], report["summary"]["expected"]);
    assert_eq!(report.get("stopped_after"), None);
}

#[test]
fn what_is_under_way_is_ended_and_says_nothing() {
    let world = World::new();
    // The first process to start, which is that of one of the two cases, is silent; the other's does wrong.
    let script = r#"if mkdir seen/1; then exec sleep 1000; fi 2>/dev/null; "$0" reference app-server | sed -u 's/^{/{"jsonrpc":"2.0",/'"#;
    let seen = world.path("seen");
    std::fs::create_dir(&seen).unwrap();
    let script = script.replace("seen", seen.to_str().unwrap());
    let run = ["run", "--check", CHECK, "--check", HOLDS, "--jobs", "2", "--fail-fast"];
    let args = [&run[..], &world.known()].concat();
    let began = std::time::Instant::now();
    let ran = world.behind(&script, &[&args[..], &["--json", "r.json"]].concat()).exits(1);
    assert!(began.elapsed().as_secs() < 12, "it waited for the silent one");
    let report = world.json("r.json");
    let checks = report["checks"].as_array().unwrap();
    let attempts: u64 = checks.iter().map(|check| check["attempts"].as_u64().unwrap()).sum();
    assert_eq!(attempts, 1, "what was cut short counts as not run: {report}");
    assert_eq!(report["summary"]["failed"], 1);
    assert!(!ran.stdout.contains("interrupted"), "{}", ran.stdout);
}

#[test]
fn a_verdict_says_of_how_much() {
    let world = World::new();
    world.write("known", &format!("{CHECK}  # it always says 2.0\n"));
    let args = ["run", "--check", CHECK, "--check", HOLDS, "--known-failures", "known"];
    let ran = world.behind(FAILING, &args).exits(0);
    let line = ran.stdout.lines().last().unwrap();
    assert!(line.starts_with("verdict: conformant in 2 of "), "{line}");
    assert!(line.ends_with(" checks, with 1 known failure as expected"), "{line}");
}
