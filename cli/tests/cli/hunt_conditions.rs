//! `proctor hunt` names the condition that a failure needs: what the machine lacks, or the test
//! that ran before. What fails anyway is told as that.

use std::process::Command;

use crate::world::{Ran, World};

/// Long enough for each condition in turn, and for the hit to be repeated and compared.
const TIME: [&str; 4] = ["hunt", "--no-progress", "--time", "60s"];

fn starved(kind: &str, more: &[&str]) -> (Ran, serde_json::Value) {
    let world = World::new();
    let program = utils_cargo_bin::cargo_bin("starved").unwrap();
    let program = program.to_str().unwrap();
    let rest = ["--json", "r.json", "--", program, kind];
    let ran = world.proctor(TIME.iter().chain(more).chain(&rest));
    let report = world.json("r.json");
    (ran, report)
}

/// A failure of this kind needs this condition, which means that, and does not come without.
fn needs(kind: &str, condition: &str, meaning: &str) {
    let (ran, report) = starved(kind, &[]);
    let ran = ran.exits(1);
    assert!(ran.stdout.contains(&format!("needs      {condition} (")), "{kind}: {}", ran.stdout);
    assert!(ran.stdout.contains(meaning), "{kind}: {}", ran.stdout);
    let rows = report["measured"].as_array().unwrap();
    assert_eq!((&rows[1]["condition"], &rows[1]["hits"]), (&"as is".into(), &0.into()), "{kind}");
}

#[test]
fn little_memory_is_named() {
    needs("memory", "memory 256 MiB", "RLIMIT_DATA");
}

#[test]
fn full_disk_is_named() {
    needs("disk", "disk 1 MiB", "RLIMIT_FSIZE");
}

#[test]
fn slow_disk_is_named() {
    needs("slow-disk", "slow disk", "each change of a file takes 20 ms longer");
}

#[test]
fn coarse_clock_is_named() {
    needs("clock", "coarse clock", "clocks go in steps of 16 ms");
}

#[test]
fn what_fails_anyway_comes_as_it_is() {
    let ran = starved("luck", &[]).0.exits(1);
    assert!(ran.stdout.contains("needs      nothing: it happens as it is"), "{}", ran.stdout);
}

#[test]
fn what_never_fails_is_not_accused_and_what_was_not_tried_is_told() {
    let (ran, report) = starved("nothing", &["--runs", "150"]);
    let ran = ran.exits(0);
    let tried: Vec<&str> = report["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["runs"].as_u64() > Some(0))
        .filter_map(|row| row["condition"].as_str())
        .collect();
    for condition in ["slow disk", "coarse clock", "disk 1 MiB", "memory 256 MiB"] {
        assert!(tried.contains(&condition), "{condition}: {tried:?}");
    }
    assert!(ran.stdout.contains("not tried  the target after other tests"), "{}", ran.stdout);
}

/// A test that fails after another in its process, one that fails after another that left a file,
/// and some that change nothing.
const TESTS: &str = r#"
use std::sync::atomic::{AtomicBool, Ordering};
static SET: AtomicBool = AtomicBool::new(false);
#[test] fn a() {}
#[test] fn b_sets() { SET.store(true, Ordering::SeqCst); }
#[test] fn c() {}
#[test] fn d_fails_on_its_own() { panic!("another reason"); }
#[test] fn e_reads() { assert!(!SET.load(Ordering::SeqCst)); }
#[test] fn f_looks_away() {}
#[test] fn g_finds() { assert!(!std::fs::remove_file("left").is_ok()); }
#[test] fn h_leaves() { std::fs::write("left", "").unwrap(); }
"#;

/// The tests as a program.
fn tests() -> World {
    let world = World::new();
    world.write("tests.rs", TESTS);
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc
        .args(["--test", "--edition", "2024", "-o", "tests", "tests.rs"])
        .current_dir(world.path("."));
    assert!(rustc.status().unwrap().success());
    world
}

/// The failure of a test needs another before it, which is named.
fn is_after(test: &str, other: &str) {
    let command = ["--", "./tests", "--exact", test];
    let ran = tests().proctor(TIME.iter().chain(&command)).exits(1);
    let needs = format!("needs      after {other} (");
    assert!(ran.stdout.contains(&needs), "{test}: {}", ran.stdout);
}

#[test]
fn test_that_ran_before_in_the_process_is_found() {
    is_after("e_reads", "b_sets in its process");
}

#[test]
fn test_that_left_something_is_found() {
    is_after("g_finds", "h_leaves in processes of their own");
}

#[test]
fn failure_of_another_is_no_hit_and_the_others_were_tried() {
    let command = ["--runs", "200", "--", "./tests", "--exact", "f_looks_away"];
    let ran = tests().proctor(TIME.iter().chain(&command)).exits(0);
    assert!(!ran.stdout.contains("not tried  the target after"), "{}", ran.stdout);
    assert!(ran.stdout.contains("after 7 other tests in processes of their own"), "{}", ran.stdout);
}
