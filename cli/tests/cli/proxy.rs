//! `proctor proxy`: a process between a client and a server, and the proofs that are done with it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};

use pretty_assertions::assert_eq;
use rustix::process::{Pid, Signal, kill_process};

use crate::world::{Witness, World, bounded};

/// A proxy in front of a shell script, spoken to over pipes.
fn start(world: &World, args: &[&str], script: &str) -> Child {
    let mut command = world.command([&["proxy"], args, &["--", "sh", "-c", script]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Waits for the first line of a proxy: what it relays to runs by then.
fn hears(child: &mut Child, expected: &str) {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let line = bounded("the first line", move || {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        line
    });
    assert_eq!(line.trim(), expected);
}

fn ends(mut child: Child) -> std::process::ExitStatus {
    bounded("the proxy to end", move || child.wait().unwrap())
}

#[test]
fn a_signal_is_passed_on_and_its_effect_is_passed_back() {
    let world = World::new();
    let mut heeds = start(&world, &[], "trap 'exit 5' TERM; echo up; while :; do read x; done");
    hears(&mut heeds, "up");
    signal(&heeds, Signal::TERM);
    assert_eq!(ends(heeds).code(), Some(5));

    let mut dies = start(&world, &[], "echo up; exec cat");
    hears(&mut dies, "up");
    // To wait for a child closes its input, and the end of its input may come before the signal.
    let input = dies.stdin.take();
    signal(&dies, Signal::TERM);
    assert_eq!(ends(dies).signal(), Some(Signal::TERM.as_raw()));
    drop(input);
}

#[test]
fn a_subject_does_not_outlive_a_proxy_that_is_killed() {
    let world = World::new();
    let witness = Witness::new(&world);
    // It does not care for the end of its streams.
    let script = format!("exec 3>'{}'; echo up >&3; exec sleep 1000", witness.path.display());
    let child = start(&world, &[], &script);
    witness.reads(3);
    signal(&child, Signal::KILL);
    assert_eq!(ends(child).signal(), Some(Signal::KILL.as_raw()));
    witness.ends();
}

#[test]
fn the_end_of_the_input_and_the_exit_code_are_passed_on() {
    let world = World::new();
    let mut child = start(&world, &[], "cat; exit 7");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"hello\n").unwrap();
    drop(stdin);
    hears(&mut child, "hello");
    assert_eq!(ends(child).code(), Some(7));
}

#[test]
fn faults_are_listed_and_chosen_by_name() {
    let world = World::new();
    let listed = world.proctor(["proxy", "--list"]).exits(0);
    assert!(listed.stdout.contains("\nid-null "), "{}", listed.stdout);
    world
        .proctor(["proxy", "--fault", "nothing", "--", "cat"])
        .exits(2)
        .says_only("no fault is called `nothing`");
    world.proctor(["proxy"]).exits(2).says_only("no command");
    let gone = world.proctor(["proxy", "--", "/no/such/program"]).exits(3);
    gone.says_only("cannot start /no/such/program");
}

#[test]
fn what_was_bent_is_logged() {
    let world = World::new();
    let mut child = start(&world, &["--fault", "version-member", "--log", "log"], "cat");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{\"id\":1}\n").unwrap();
    drop(stdin);
    hears(&mut child, r#"{"id":1,"jsonrpc":"2.0"}"#);
    assert_eq!(ends(child).code(), Some(0));
    assert_eq!(world.json("log")["was"], "{\"id\":1}\n");
}

#[test]
fn its_faults_are_proved_on_any_subject() {
    let world = World::new();
    let binary = crate::world::binary();
    let args =
        ["prove", "--proxy", "--check", "conversation::no_version_member", "--json", "p.json"];
    let subject = ["--", binary.to_str().unwrap(), "reference", "app-server"];
    let ran = world.proctor(args.iter().chain(&subject)).exits(0);
    assert!(ran.stdout.contains("proxy/version-member  "), "{}", ran.stdout);
    let proof = world.json("p.json");
    assert_eq!(proof["proved"], true);
    assert_eq!(proof["faults"][0]["name"], "proxy/version-member");
    assert_eq!(proof["faults"][0]["catches"][0]["caught"], true);
}

#[test]
fn a_check_that_fails_anyway_proves_nothing() {
    let world = World::new();
    let args =
        ["prove", "--proxy", "--check", "conversation::no_version_member", "--json", "p.json"];
    let ran = world.behind(crate::world::FAILING, &args).exits(1);
    assert!(ran.stdout.contains("not applicable"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("nothing that is applicable finds the fault proxy/version-member"),
        "{}",
        ran.stdout
    );
    assert_eq!(world.json("p.json")["faults"][0]["catches"][0]["not_applicable"], true);
}
