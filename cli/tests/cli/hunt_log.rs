//! `proctor hunt --from-log` and `proctor hunt nextest`: from a log to the process that leaks.

use crate::world::World;

const TESTS: &str = r#"
#[test]
fn leaves_a_process() {
    let mut command = std::process::Command::new("sleep");
    command.arg("1000").spawn().unwrap();
}

#[test]
fn adds() {
    assert_eq!(1 + 1, 2);
}
"#;

/// As GitHub gives it, of a run that had one test more.
const LOG: &str = "\
2026-11-20T10:11:12.1234567Z     Starting 3 tests across 1 binary
2026-11-20T10:11:12.2234567Z \u{1b}[32;1m        PASS\u{1b}[0m [   0.005s] (1/3) play::leaky adds
2026-11-20T10:11:12.3234567Z \u{1b}[33;1m        LEAK\u{1b}[0m [   0.212s] (2/3) play::leaky leaves_a_process
2026-11-20T10:11:12.3234567Z \u{1b}[31;1m        FAIL\u{1b}[0m [   0.212s] (3/3) play::leaky leaves_a_proces
";

fn play() -> World {
    let world = World::new();
    world.write(
        "Cargo.toml",
        "[package]\nname = \"play\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
    );
    world.write("src/lib.rs", "");
    world.write("tests/leaky.rs", TESTS);
    world.write("ci.log", LOG);
    world
}

#[test]
fn the_leak_of_a_log_is_found_and_named() {
    let world = play();
    // Whoever runs this may have chosen another profile and target directory, which are not for
    // this crate.
    let args = [
        "hunt",
        "nextest",
        "--no-progress",
        "--from-log",
        "ci.log",
        "-P",
        "default",
        "--runs",
        "3",
    ];
    let cargo = ["--json", "r.json", "--", "--offline", "--target-dir", "target"];
    let found = world.proctor(args.iter().chain(&cargo)).exits(1);
    assert!(found.stdout.contains("hunt       play::leaky leaves_a_process"), "{}", found.stdout);
    assert!(found.stdout.contains("sleep 1000 (pid "), "{}", found.stdout);
    let report = world.json("r.json");
    assert_eq!((&report["answer"], &report["hit"]["kind"]), (&"reproduced".into(), &"leak".into()));
    assert_eq!(report["target"]["expected"], "leak");
    assert!(
        found.stderr.contains("play::leaky leaves_a_process: LEAK (line 3, named once)"),
        "{}",
        found.stderr
    );
    let gone = "play::leaky leaves_a_proces is in the log (FAIL) but not here; is it play::leaky leaves_a_process?";
    assert!(found.stderr.contains(gone), "{}", found.stderr);
}

#[test]
fn a_token_of_a_test_is_about_what_its_source_says_now() {
    let world = play();
    let hunt =
        ["hunt", "nextest", "--no-progress", "-P", "default", "-E", "test(leaves)", "--runs", "3"];
    let cargo = ["--json", "r.json", "--", "--offline", "--target-dir", "target"];
    world.proctor(hunt.iter().chain(&cargo)).exits(1);
    let report = world.json("r.json");
    let token = report["token"].as_str().unwrap();
    world.proctor(["hunt", "--no-progress", "--replay", token]).exits(1);

    let fixed = TESTS.replace(".arg(\"1000\").spawn()", ".arg(\"0\").status()");
    assert_ne!(fixed, TESTS);
    world.write("tests/leaky.rs", &fixed);
    let proof = world.proctor(["hunt", "--no-progress", "--prove-fixed", token]).exits(0);
    assert!(proof.stdout.contains("\nanswer     fixed: "), "{}", proof.stdout);
    world.proctor(["hunt", "--no-progress", "--replay", token]).exits(0);

    world.write("tests/leaky.rs", &fixed.replace("leaves_a_process", "leaves_nothing"));
    let gone = "no test matches `play::leaky leaves_a_process`, which was hunted";
    let ran = world.proctor(["hunt", "--no-progress", "--prove-fixed", token]).exits(2);
    assert!(ran.stderr.contains(gone), "{}", ran.stderr);

    world.write("tests/leaky.rs", "no Rust");
    let broken = world.proctor(["hunt", "--no-progress", "--prove-fixed", token]).exits(3);
    assert!(broken.stderr.contains("`cargo nextest list` ended with"), "{}", broken.stderr);
}

#[test]
fn an_expression_that_matches_nothing_is_a_mistake() {
    let world = play();
    let args = [
        "hunt",
        "nextest",
        "-P",
        "default",
        "-E",
        "test(no_such)",
        "--",
        "--offline",
        "--target-dir",
        "target",
    ];
    let ran = world.proctor(args).exits(2);
    assert!(ran.stderr.contains("error: no test matches `test(no_such)`"), "{}", ran.stderr);
}

#[test]
fn files_without_such_tests_are_mistakes() {
    let world = World::new();
    world.proctor(["hunt", "--from-log", "none.log"]).exits(2).says_only("cannot read none.log");
    world.write("empty.log", "nothing of the kind\n");
    let empty = "empty.log has no result of a test in the form of cargo-nextest";
    world.proctor(["hunt", "--from-log", "empty.log"]).exits(2).says_only(empty);
    world.write("green.log", "        PASS [   0.005s] (1/1) play::leaky adds\n");
    let green = "green.log has 1 results, and no leak, failure or flaky test";
    world.proctor(["hunt", "--from-log", "green.log"]).exits(2).says_only(green);
    let suite = "<testsuite name=\"a\" tests=\"1\" failures=\"0\" errors=\"0\"><testcase name=\"b\" classname=\"a\"/></testsuite>";
    let report = format!(
        "<testsuites name=\"n\" tests=\"1\" failures=\"0\" errors=\"0\">{suite}</testsuites>"
    );
    world.write("green.xml", &report);
    world
        .proctor(["hunt", "--from-junit", "green.xml"])
        .exits(2)
        .says_only("nothing into JUnit about a LEAK that passes");
    world.write("bad.xml", "no XML");
    world
        .proctor(["hunt", "--from-junit", "bad.xml"])
        .exits(2)
        .says_only("bad.xml: not a JUnit report");
}
