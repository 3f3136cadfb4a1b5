//! Ctrl-C, SIGTERM and sudden death: the report so far is written, and no process is left.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::world::{Ran, Witness, World, binary, bounded, subject};

/// A run that would go on for hours, and whose every subject says a byte when it starts.
fn endless(world: &World, witness: &Witness, script: &str, known: &[&str]) -> Child {
    let script = format!("exec 9>{}; printf x >&9; {script}", witness.path.display());
    let args =
        ["run", "--check", "initialize::only_once@v2", "--check", "initialize::only_once@v1"];
    let more = [
        "--jobs", "1", "--repeat", "100000", "--json", "r.json", "--junit", "r.xml", "--html",
        "r.html",
    ];
    let args = args
        .iter()
        .chain(&more)
        .chain(known)
        .map(|arg| (*arg).to_owned())
        .chain(subject(&script, &binary()));
    world
        .command(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

fn finish(child: Child) -> Ran {
    bounded("proctor to end", move || Ran::of(child.wait_with_output().unwrap()))
}

const REFERENCE: &str = r#"exec "$0" reference app-server"#;

#[test]
fn an_interrupted_run_writes_what_it_knows() {
    for signal in [Signal::INT, Signal::TERM] {
        let world = World::new();
        let witness = Witness::new(&world);
        let child = endless(&world, &witness, REFERENCE, &world.known());
        // By the third start, checks are under way.
        witness.reads(3);
        send(&child, signal);
        let ran = finish(child).exits(4);
        assert!(ran.stderr.starts_with("interrupted: "), "{}", ran.stderr);
        assert!(
            ran.stdout.contains("note: the run was interrupted before every check had run\n"),
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains("verdict: incomplete"), "{}", ran.stdout);
        let report = world.json("r.json");
        assert_eq!(report["verdict"], "incomplete");
        assert_eq!(report["summary"]["expected"], 2);
        assert_eq!(report["checks"].as_array().unwrap().len(), 2);
        quick_junit::Report::deserialize_from_str(&world.read("r.xml")).unwrap();
        assert!(world.read("r.html").contains("incomplete"));
        witness.ends();
    }
}

#[test]
fn a_check_whose_repeats_are_cut_off_is_incomplete_and_not_flaky() {
    let world = World::new();
    let witness = Witness::new(&world);
    let child = endless(&world, &witness, REFERENCE, &world.known());
    // By the third start, two runs are over.
    witness.reads(3);
    send(&child, Signal::TERM);
    let ran = finish(child).exits(4);
    assert!(ran.stdout.contains("since not every check was run\n"), "{}", ran.stdout);
    let report = world.json("r.json");
    assert_eq!(report["summary"]["flaky"], 0, "{}", ran.stdout);
    let checks = report["checks"].as_array().unwrap();
    let cut_off = checks.iter().find(|check| check["attempts"] != 0).unwrap();
    assert_eq!(cut_off["outcome"], "inconclusive");
    let reason = cut_off["reason"].as_str().unwrap();
    assert!(reason.starts_with("cut off by the end of the run: held in "), "{reason}");
    assert!(reason.ends_with(" of 100000 runs"), "{reason}");
    witness.ends();
}

#[test]
fn an_interruption_before_the_first_check_is_told() {
    let world = World::new();
    let witness = Witness::new(&world);
    let child = endless(&world, &witness, "exec sleep 1000", &[]);
    witness.reads(1);
    send(&child, Signal::INT);
    let ran = finish(child).exits(4);
    assert!(ran.stdout.contains("interrupted before the subject was examined"), "{}", ran.stdout);
    assert_eq!(world.json("r.json")["checks"], serde_json::json!([]));
    witness.ends();
}

#[test]
fn the_second_interruption_does_not_wait() {
    let world = World::new();
    let witness = Witness::new(&world);
    // Deaf to the end of its input and to everything but a kill: the good way out takes its time.
    let mut child =
        endless(&world, &witness, "trap '' TERM INT HUP; while :; do sleep 1000; done", &[]);
    witness.reads(1);
    send(&child, Signal::INT);
    let stderr = child.stderr.take().unwrap();
    let told = bounded("the first answer", move || {
        let mut lines = BufReader::new(stderr);
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        (line, lines)
    });
    assert!(told.0.starts_with("interrupted: "), "{}", told.0);
    send(&child, Signal::INT);
    let ran = finish(child).exits(4);
    assert_eq!(ran.stdout, "");
    witness.ends();
}

#[test]
fn a_killed_run_leaves_no_subject() {
    for script in
        [REFERENCE, "trap '' TERM INT HUP; setsid sleep 1000 & while :; do sleep 1000; done"]
    {
        let world = World::new();
        let witness = Witness::new(&world);
        let mut child = endless(&world, &witness, script, &[]);
        witness.reads(1);
        child.kill().unwrap();
        child.wait().unwrap();
        witness.ends();
    }
}

#[test]
fn an_interrupted_proof_ends() {
    let world = World::new();
    let child = world
        .command(["prove", "--jobs", "1", "--json", "p.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let child = child.unwrap();
    // Whether it comes to its end before the signal does not matter: it ends, and says what it
    // knows.
    send_when_listening(&child);
    let ran = finish(child);
    assert!(matches!(ran.code, Some(0 | 1 | 4)), "{ran:?}");
}

/// Sends Ctrl-C once the process has taken the signal over; before that it would be killed by it.
fn send_when_listening(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let interrupt = 1_u64 << (Signal::INT.as_raw() - 1);
    let listens = move || {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        caught
            .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .is_none_or(|mask| mask & interrupt != 0)
    };
    bounded("the signal to be taken over", move || {
        while !listens() {
            std::thread::yield_now();
        }
    });
    send(child, Signal::INT);
}
