//! `proctor hunt`: flakes are found, named, repeated and proven fixed; what is clean is not
//! accused.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};

use pretty_assertions::assert_eq;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::world::{FAILING, Ran, Witness, World, binary, bounded, subject};

/// Leaves a process behind in one of three runs, and the seed says in which.
const RACY: &str = "if [ $((PROCTOR_HUNT_SEED % 3)) -eq 0 ]; then sleep 1000 & fi\n";

fn hunt(world: &World, args: &[&str]) -> Ran {
    world.proctor(["hunt", "--no-progress"].iter().chain(args))
}

/// The token of a report that says how to repeat the run.
fn token(ran: &Ran) -> String {
    let line = ran.stdout.lines().find_map(|line| line.strip_prefix("proctor hunt --replay "));
    line.unwrap_or_else(|| panic!("no token in\n{}", ran.stdout)).to_owned()
}

#[test]
fn a_seeded_leak_is_found_repeated_and_proven_fixed() {
    let world = World::new();
    world.write("test.sh", RACY);
    let args = [
        "--seed", "5", "--time", "20s", "--json", "a/r.json", "--html", "r.html", "--", "sh",
        "test.sh",
    ];
    let found = hunt(&world, &args).exits(1);
    assert!(found.stdout.contains("reproduced: a leak, in run "), "{}", found.stdout);
    assert!(found.stdout.contains("cause      sleep 1000 (pid "), "{}", found.stdout);
    assert!(found.stdout.contains("the command's stdout"), "{}", found.stdout);
    assert!(found.stdout.contains("nothing: it happens as it is"), "{}", found.stdout);

    let report = world.json("a/r.json");
    assert_eq!(report["schema"], "proctor.hunt/1");
    assert_eq!((&report["answer"], &report["seed"]), (&"reproduced".into(), &5.into()));
    assert_eq!(report["hit"]["kind"], "leak");
    assert_eq!(report["hit"]["leaks"][0]["command"], "sleep 1000");
    assert_eq!(report["hit"]["seed"].as_u64().unwrap() % 3, 0, "the seed that the program saw");
    assert_eq!(report["again"]["hits"], report["again"]["runs"], "the seed reproduces it");
    assert!(world.read("r.html").contains("<svg"));

    let token = token(&found);
    assert_eq!(report["token"], *token);
    let again = hunt(&world, &["--replay", &token]).exits(1);
    assert!(again.stdout.contains("reproduced: again, after 1 run\n"), "{}", again.stdout);
    let still = hunt(&world, &["--prove-fixed", &token]).exits(1);
    assert!(still.stdout.contains("not fixed: the same run is still a hit"), "{}", still.stdout);

    world.write("test.sh", "sleep 0\n");
    let gone = hunt(&world, &["--replay", &token]).exits(0);
    assert!(gone.stdout.contains("not reproduced: "), "{}", gone.stdout);
    let fixed = hunt(&world, &["--prove-fixed", &token, "--json", "f.json"]).exits(0);
    assert!(fixed.stdout.contains("answer     fixed: no hit in "), "{}", fixed.stdout);
    let proof = &world.json("f.json")["proof"];
    assert_eq!(proof["after"]["runs"], proof["needed"]);
    assert_eq!(proof["after"]["hits"], 0);
}

#[test]
fn what_is_clean_is_not_accused() {
    let world = World::new();
    // Children that are waited for, and a child that is killed and waited for.
    world.write("test.sh", "sleep 0.01 & wait; sleep 100 & kill -9 $!; wait; echo done\n");
    let args = ["--runs", "40", "--time", "50s", "--json", "r.json", "--", "sh", "test.sh"];
    let held = hunt(&world, &args).exits(0);
    assert!(held.stdout.contains("answer     not reproduced: not in "), "{}", held.stdout);
    let report = world.json("r.json");
    assert_eq!((&report["answer"], &report["hit"]), (&"not_reproduced".into(), &().into()));
    let runs = report["runs"].as_u64().unwrap();
    let counted = report["conditions"].as_array().unwrap().iter();
    assert_eq!(counted.map(|row| row["runs"].as_u64().unwrap()).sum::<u64>(), runs);
}

#[test]
fn a_failure_is_a_hit_unless_a_leak_is_expected() {
    let world = World::new();
    let fails = ["--", "sh", "-c", "echo the reason >&2; exit 3"];
    let found = hunt(&world, &[&["--runs", "3"], &fails[..]].concat()).exits(1);
    assert!(found.stdout.contains("reproduced: a failure, in run 1 (as is)"), "{}", found.stdout);
    assert!(found.stdout.contains("ended      exit code 3\n"), "{}", found.stdout);
    assert!(found.stdout.contains("output     the reason\n"), "{}", found.stdout);
    let other = hunt(&world, &[&["--runs", "3", "--expect", "leak"], &fails[..]].concat()).exits(0);
    assert!(other.stdout.contains("in 3 runs there was another problem"), "{}", other.stdout);
}

#[test]
fn a_token_carries_no_secret() {
    let world = World::new();
    let fails = ["--", "sh", "-c", "[ \"$API_KEY$COLOUR\" != fake-red ]"];
    let env = ["--runs", "3", "--env", "API_KEY=fake-", "--env", "COLOUR=red"];
    let token = token(&hunt(&world, &[&env[..], &fails].concat()).exits(1));
    let again = ["hunt", "--no-progress", "--replay", token.as_str()];
    world.proctor(again).exits(3).says_only("set API_KEY in the environment");
    let output = world.command(again).env("API_KEY", "fake-").output().unwrap();
    let ran = Ran::of(output).exits(1);
    assert!(ran.stdout.contains("reproduced: again, after 1 run\n"), "{}", ran.stdout);
}

#[test]
fn each_run_is_an_attempt_of_its_own() {
    let world = World::new();
    let env = "NEXTEST_ATTEMPT_ID=run:crate$test";
    let tells = ["--", "sh", "-c", "echo \"$NEXTEST_ATTEMPT_ID\" >>ids"];
    hunt(&world, &[&["--runs", "6", "--env", env], &tells[..]].concat()).exits(0);
    let ids = world.read("ids");
    let ids: Vec<&str> = ids.lines().collect();
    assert!(ids.len() >= 6, "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("run:crate$test@stress-")), "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn a_run_that_does_not_end_is_a_time_out() {
    let world = World::new();
    let args = ["--runs", "2", "--run-timeout", "100ms", "--", "sh", "-c", "sleep 1000; true"];
    let found = hunt(&world, &args).exits(1);
    assert!(found.stdout.contains("reproduced: a time-out, in run 1 (as is)"), "{}", found.stdout);
}

#[test]
fn a_check_fails_by_its_outcome() {
    let world = World::new();
    let script = subject(FAILING, &binary());
    let script: Vec<&str> = script.iter().map(String::as_str).collect();
    let check = ["--runs", "2", "--check", "conversation::no_version_member@v2"];
    let found = hunt(&world, &[&check[..], &script].concat()).exits(1);
    assert!(found.stdout.starts_with("hunt       conversation::no_version_member@v2\n"));
    assert!(found.stdout.contains("reproduced: a failure, in run 1 (as is)"), "{}", found.stdout);
    assert!(found.stdout.contains("output     expected  "), "{}", found.stdout);

    let right = subject(r#"exec "$0" reference app-server"#, &binary());
    let right: Vec<&str> = right.iter().map(String::as_str).collect();
    hunt(&world, &[&check[..], &right].concat()).exits(0);
    let unknown = hunt(&world, &[&["--check", "no::such"][..], &right].concat()).exits(3);
    unknown.says_only("no check matches `no::such`");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let world = World::new();
    for args in [
        &[][..],
        &["--check", "x"],
        &["--replay", "42"],
        &["--replay", "h2-AAAA"],
        &["--p0", "0.5", "--p1", "0.1", "--", "true"],
        &["--p0", "1.5", "--", "true"],
        &["--expect", "sunshine", "--", "true"],
    ] {
        let refused = hunt(&world, args).exits(2);
        assert_eq!(refused.stdout, "", "{args:?}");
    }
    hunt(&world, &["--", "./nothing-here"]).exits(3);
}

/// A hunt that would go on for hours; every run says a byte, holds the witness, and does not end by
/// itself.
fn endless(world: &World, witness: &Witness) -> Child {
    use std::os::unix::process::CommandExt;

    let script = format!("exec 9>{}; printf x >&9; sleep 1000; true", witness.path.display());
    let args = ["hunt", "--time", "5h", "--run-timeout", "1h", "--", "sh", "-c", &script];
    let mut command = world.command(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command.spawn().unwrap()
}

#[test]
fn an_interrupted_hunt_says_what_it_knows_and_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM] {
        let world = World::new();
        let witness = Witness::new(&world);
        let child = endless(&world, &witness);
        witness.reads(1);
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = bounded("the hunt to end", || child.wait_with_output().unwrap());
        let ran = Ran::of(output).exits(4);
        assert!(ran.stdout.contains("incomplete: no run ended"), "{}", ran.stdout);
        assert!(ran.stdout.contains("stopped    interrupted"), "{}", ran.stdout);
        witness.ends();
    }
}

#[test]
fn a_killed_hunt_leaves_nothing() {
    let world = World::new();
    let witness = Witness::new(&world);
    let mut child = endless(&world, &witness);
    witness.reads(1);
    child.kill().unwrap();
    child.wait().unwrap();
    witness.ends();
}

#[test]
fn a_hunt_whose_whole_group_is_killed_leaves_nothing() {
    let world = World::new();
    let witness = Witness::new(&world);
    let mut child = endless(&world, &witness);
    witness.reads(1);
    // With it dies what supervises the run, but not what runs: that has a group of its own.
    kill_process_group(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    witness.ends();
}
