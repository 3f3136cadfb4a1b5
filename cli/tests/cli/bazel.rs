//! `proctor run` as a test of Bazel: one test for each row of the table in docs/bazel.md. Bazel itself
//! is not needed: it speaks by variables, and listens by files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use rustix::process::{Pid, Signal, kill_process};

use crate::world::{FAILING, Ran, Witness, World, binary, bounded, subject};

/// Two checks, in both dialects of each.
const FILTER: &str = "wire::unknown_methods";

/// What Bazel starts: `proctor run` in the runfiles of a test.
struct Test {
    world: World,
    variables: Vec<(&'static str, String)>,
}

impl Test {
    fn new() -> Self {
        let world = World::new();
        fs::create_dir_all(world.path("t.runfiles/ws")).unwrap();
        let runfiles = world.path("t.runfiles").display().to_string();
        let variables = vec![
            ("TEST_TARGET", "//pkg:server".to_owned()),
            ("TEST_SRCDIR", runfiles.clone()),
            ("RUNFILES_DIR", runfiles),
            ("TEST_WORKSPACE", "ws".to_owned()),
        ];
        Self { world, variables }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// A variable that names a file or directory of the world.
    fn with_path(self, name: &'static str, path: &str) -> Self {
        let path = self.world.path(path).display().to_string();
        self.with(name, path)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.world.command(args);
        command.current_dir(self.world.path("t.runfiles/ws"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = self.command(&[&["run"], args].concat());
        bounded("proctor to end", move || Ran::of(command.output().unwrap()))
    }

    /// With a shell script as the subject, in which `"$0" reference app-server` is the reference.
    fn behind(&self, script: &str, args: &[&str]) -> Ran {
        let subject = subject(script, &binary());
        let subject: Vec<&str> = subject.iter().map(String::as_str).collect();
        self.run(&[args, &subject].concat())
    }

    fn exists(&self, name: &str) -> bool {
        self.world.path(name).exists()
    }
}

/// A check that FAILING does not pass.
const SPOILT: &str = "conversation::no_version_member@v2";

fn names(report: &serde_json::Value) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap().iter();
    let name = |check: &serde_json::Value| {
        format!("{}@{}", check["id"].as_str().unwrap(), check["dialect"].as_str().unwrap())
    };
    checks.map(name).collect()
}

#[test]
fn without_bazel_its_variables_say_nothing() {
    let mut test = Test::new().with_path("XML_OUTPUT_FILE", "x.xml");
    test.variables.retain(|(name, _)| *name != "TEST_TARGET");
    test.run(&["--check", "initialize::only_once@v2"]).exits(0);
    assert!(!test.exists("x.xml"));
}

#[test]
fn shards_are_the_parts_of_the_checks_and_the_status_file_says_so() {
    let mut all = Vec::new();
    for index in ["0", "1", "2"] {
        let test = Test::new()
            .with("TEST_TOTAL_SHARDS", "3")
            .with("TEST_SHARD_INDEX", index)
            .with_path("TEST_SHARD_STATUS_FILE", "status");
        let json = test.world.path("r.json").display().to_string();
        test.run(&["--suite", "initialize", "--json", &json]).exits(0);
        assert!(test.exists("status"));
        all.extend(names(&test.world.json("r.json")));
    }
    all.sort();
    let world = World::new();
    world.proctor(["run", "--suite", "initialize", "--json", "r.json"]).exits(0);
    let mut whole = names(&world.json("r.json"));
    whole.sort();
    assert_eq!(all, whole);
}

#[test]
fn a_shard_that_is_written_wins() {
    let test = Test::new().with("TEST_TOTAL_SHARDS", "2").with("TEST_SHARD_INDEX", "1");
    let ran = test.run(&["--check", "initialize::only_once@v2", "--shard", "1/2"]).exits(0);
    assert!(ran.stdout.contains("1 of 1 checks run: 1 passed"), "{}", ran.stdout);
    // And so is its end.
    test.run(&["--check", "initialize::only_once@v2", "--shard", "2/2"]).exits(4);
}

#[test]
fn a_shard_that_makes_no_sense_is_refused() {
    let ran = Test::new().with("TEST_TOTAL_SHARDS", "2").with("TEST_SHARD_INDEX", "2").run(&[]);
    ran.exits(2).says_only("TEST_SHARD_INDEX is 2, but TEST_TOTAL_SHARDS is 2");
}

#[test]
fn an_empty_shard_passes() {
    let test = Test::new()
        .with("TEST_TOTAL_SHARDS", "2")
        .with("TEST_SHARD_INDEX", "1")
        .with("TESTBRIDGE_TEST_ONLY", "initialize::only_once@v2")
        .with_path("XML_OUTPUT_FILE", "x.xml");
    let ran = test.run(&[]).exits(0);
    let end = "\nnote: this shard passes: 1 check is in other shards\n";
    assert!(ran.stdout.ends_with(end), "{}", ran.stdout);
    let junit = quick_junit::Report::deserialize_from_str(&test.world.read("x.xml")).unwrap();
    assert_eq!((junit.tests, junit.failures, junit.errors), (0, 0, 0));
}

#[test]
fn a_shard_is_red_if_no_shard_has_a_check_that_applies() {
    let test = Test::new().with("TEST_TOTAL_SHARDS", "2").with("TEST_SHARD_INDEX", "0");
    let mcp = ["--dialect", "mcp", "--check", "*"];
    let ran = test.run(&mcp).exits(4);
    assert!(ran.stdout.ends_with("since no check applies to the subject\n"), "{}", ran.stdout);
    // An empty shard needs a subject all the same.
    let test = test.with("TESTBRIDGE_TEST_ONLY", "initialize::only_once@v2");
    let test = test.with("TEST_SHARD_INDEX", "1");
    test.run(&["--", "false"]).exits(3);
}

#[test]
fn a_filter_is_a_part_of_an_id_or_a_glob() {
    for (filter, count) in [(FILTER, 2), ("wire::unknown_methods*@v2", 1)] {
        let test = Test::new().with("TESTBRIDGE_TEST_ONLY", filter);
        let ran = test.run(&[]).exits(0);
        let ran_all = format!("{count} of {count} checks run: {count} passed");
        assert!(ran.stdout.contains(&ran_all), "{filter}: {}", ran.stdout);
    }
    let test = Test::new().with("TESTBRIDGE_TEST_ONLY", FILTER);
    let ran = test.run(&["--check", "initialize::only_once@v2"]).exits(0);
    assert!(ran.stdout.contains("1 of 1 checks run: 1 passed"), "{}", ran.stdout);
    assert!(ran.stderr.contains("--check is written, so --test_filter="), "{}", ran.stderr);
}

#[test]
fn a_filter_that_selects_nothing_is_red() {
    let test = Test::new().with("TESTBRIDGE_TEST_ONLY", "nonsense");
    test.run(&[]).exits(2).says_only("no check matches `*nonsense*`");
    let test = Test::new().with("TESTBRIDGE_TEST_ONLY", FILTER);
    test.run(&["--suite", "initialize"]).exits(2).says_only("no check passes these filters");
}

#[test]
fn the_xml_names_each_failed_case() {
    let test = Test::new().with_path("XML_OUTPUT_FILE", "x.xml");
    test.behind(FAILING, &["--check", SPOILT]).exits(1);
    let xml = test.world.read("x.xml");
    let junit = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!((junit.tests, junit.failures), (1, 1));
    assert!(xml.contains(SPOILT), "{xml}");
    let written = test.world.path("own.xml").display().to_string();
    fs::remove_file(test.world.path("x.xml")).unwrap();
    test.run(&["--check", "initialize::only_once@v2", "--junit", &written]).exits(0);
    assert!(test.exists("own.xml") && !test.exists("x.xml"));
}

#[test]
fn undeclared_outputs_are_the_reports_and_the_conversations_of_failures() {
    let test = Test::new().with_path("TEST_UNDECLARED_OUTPUTS_DIR", "outputs");
    let checks = ["--check", "initialize::only_once@v2"];
    test.run(&checks).exits(0);
    assert_eq!(names(&test.world.json("outputs/report.json")), ["initialize::only_once@v2"]);
    assert!(test.world.read("outputs/report.html").contains("conformant"));
    assert!(!test.exists("outputs/transcripts"), "nothing failed");
    test.behind(FAILING, &["--check", SPOILT]).exits(1);
    let kept = fs::read_dir(test.world.path("outputs/transcripts")).unwrap();
    let kept: Vec<_> = kept.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].to_str().unwrap().starts_with("conversation__no_version_member@v2."));
}

#[test]
fn the_end_comes_before_that_of_bazel_and_leaves_a_report() {
    let test = Test::new().with("TEST_TIMEOUT", "3").with_path("XML_OUTPUT_FILE", "x.xml");
    // It is known what the subject offers, so the time is that of the checks alone.
    test.world.known();
    let known = test.world.path("known.json").display().to_string();
    let args =
        ["--check", "initialize::only_once@v2", "--repeat", "100000", "--profile", known.as_str()];
    let ran = test.run(&args).exits(4);
    assert!(ran.stdout.contains("note: the deadline of 2s passed"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("since not every check was run\n"), "{}", ran.stdout);
    assert!(test.world.read("x.xml").contains("the deadline of 2s passed"));
    let ran = test.run(&[&args[..], &["--deadline", "1s"]].concat()).exits(4);
    assert!(ran.stdout.contains("note: the deadline of 1s passed"), "{}", ran.stdout);
    test.world.write("t.runfiles/ws/proctor.toml", "deadline = '500ms'");
    let ran = test.run(&args).exits(4);
    assert!(ran.stdout.contains("note: the deadline of 500ms passed"), "{}", ran.stdout);
}

#[test]
fn the_signal_at_the_end_of_the_time_leaves_a_report() {
    let test = Test::new()
        .with_path("XML_OUTPUT_FILE", "x.xml")
        .with_path("TEST_PREMATURE_EXIT_FILE", "premature");
    let witness = Witness::new(&test.world);
    let script = format!(
        "exec 9>{}; printf x >&9; exec \"$0\" reference app-server",
        witness.path.display()
    );
    let subject = subject(&script, &binary());
    let mut args = vec!["run", "--check", "initialize::only_once@v2", "--repeat", "100000"];
    args.extend(subject.iter().map(String::as_str));
    let child = test.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Two ask what it offers; by the sixth start the check is under way.
    witness.reads(6);
    assert!(test.exists("premature"));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let ran = bounded("proctor to end", move || Ran::of(child.wait_with_output().unwrap()));
    let ran = ran.exits(4);
    assert!(ran.stdout.contains("note: the run was interrupted"), "{}", ran.stdout);
    assert!(test.world.read("x.xml").contains("the run was interrupted"));
    assert!(!test.exists("premature"), "it was no surprise");
    witness.ends();
}

#[test]
fn the_number_of_the_run_is_the_seed() {
    // That it becomes the one of `--seed` is a test of cli/src/bazel/options.rs.
    for name in ["TEST_RANDOM_SEED", "TEST_RUN_NUMBER"] {
        let checks = ["--check", "initialize::only_once@v2"];
        Test::new().with(name, "3").run(&checks).exits(0);
        Test::new().with(name, "soon").run(&checks).exits(2).says_only("is no number: \"soon\"");
        let written = Test::new().with(name, "soon").run(&[&checks[..], &["--seed", "3"]].concat());
        written.exits(0);
    }
}

#[test]
fn what_is_no_failure_of_the_test_is_told_as_such() {
    let test = Test::new().with_path("TEST_INFRASTRUCTURE_FAILURE_FILE", "infrastructure");
    test.run(&["--check", "initialize::only_once@v2"]).exits(0);
    test.behind(FAILING, &["--check", SPOILT]).exits(1);
    assert!(!test.exists("infrastructure"));
    test.run(&["--", "false"]).exits(3);
    let told = test.world.read("infrastructure");
    let lines: Vec<_> = told.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, "proctor"));
    assert!(lines[1].starts_with("the subject cannot be examined: "), "{told}");
}

#[test]
fn warnings_are_told_one_a_line() {
    let test = Test::new().with_path("TEST_WARNINGS_OUTPUT_FILE", "warnings");
    test.run(&["--check", "initialize::only_once@v2"]).exits(0);
    assert!(!test.exists("warnings"));
    test.world.write("t.runfiles/ws/known.txt", "initialize::only_once@v2  # once\n");
    let known = ["--known-failures", "known.txt"];
    test.run(&[&["--check", "initialize::only_once@v2"], &known[..]].concat()).exits(1);
    let told = test.world.read("warnings");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(
        told.starts_with("initialize::only_once@v2: listed as failing (line 1: once)"),
        "{told}"
    );

    // Spoilt at its second start only: two ask what it offers.
    let count = test.world.path("count").display().to_string();
    let script = format!(
        "echo >>'{count}'; if [ $(wc -l <'{count}') -eq $SPOILT ]; then {FAILING}; \
         else exec \"$0\" reference app-server; fi"
    );
    let starts = |args: &[&str]| {
        let _ = fs::remove_file(&count);
        test.behind(&script, args);
        fs::read_to_string(&count).unwrap().lines().count()
    };
    let before = starts(&["--check", SPOILT, "--env", "SPOILT=0"]);
    let _ = fs::remove_file(&count);
    let spoilt = format!("SPOILT={before}");
    test.behind(&script, &["--check", SPOILT, "--retries", "1", "--env", &spoilt]).exits(0);
    let told = test.world.read("warnings");
    assert!(told.contains(": flaky: held in 1 of 2 attempts; "), "{told}");
}

#[test]
fn a_sudden_end_is_seen_and_an_orderly_one_is_none() {
    let test = Test::new().with_path("TEST_PREMATURE_EXIT_FILE", "premature");
    for (args, code) in [
        (&["--check", "initialize::only_once@v2"][..], 0),
        (&["--check", "nonsense"], 2),
        (&["--", "false"], 3),
    ] {
        test.run(args).exits(code);
        assert!(!test.exists("premature"), "{args:?}");
    }
    let witness = Witness::new(&test.world);
    let script = format!("exec 9>{}; printf x >&9; sleep 1000", witness.path.display());
    let subject = subject(&script, &binary());
    let args: Vec<&str> = ["run"].into_iter().chain(subject.iter().map(String::as_str)).collect();
    let mut child = test.command(&args).stdout(Stdio::null()).spawn().unwrap();
    witness.reads(1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(test.exists("premature"));
    witness.ends();
}

#[test]
fn fail_fast_begins_nothing_after_the_first_failure() {
    let args = ["--check", SPOILT, "--check", "initialize::*", "--jobs", "1", "--seed", "1"];
    let test = Test::new().with("TESTBRIDGE_TEST_RUNNER_FAIL_FAST", "1");
    let ran = test.behind(FAILING, &args).exits(1);
    assert!(
        ran.stdout.contains("verdict: nonconformant, stopped after 1 failure; "),
        "{}",
        ran.stdout
    );
    let ran = test.behind(FAILING, &[&args[..], &["--fail-fast=1000"]].concat()).exits(1);
    assert!(!ran.stdout.contains("stopped after"), "{}", ran.stdout);
    let off = Test::new().with("TESTBRIDGE_TEST_RUNNER_FAIL_FAST", "0");
    let ran = off.behind(FAILING, &args).exits(1);
    assert!(!ran.stdout.contains("stopped after"), "{}", ran.stdout);
}

/// Where a subject has its home.
fn home(test: &Test) -> PathBuf {
    let seen = test.world.path("seen");
    let script =
        format!("echo \"$CODEX_HOME\" >'{}'; exec \"$0\" reference app-server", seen.display());
    test.behind(&script, &["--check", "initialize::only_once@v2"]).exits(0);
    let home = PathBuf::from(fs::read_to_string(seen).unwrap().trim());
    assert!(!home.exists(), "{}", home.display());
    home
}

#[test]
fn homes_are_where_a_socket_fits() {
    let long =
        "a/directory/whose/path/is/as/long/as/the/paths/of/bazel/0123456789abcdef0123456789abcdef";
    let test = Test::new().with_path("TEST_TMPDIR", long).with_path("TMPDIR", long);
    fs::create_dir_all(test.world.path(long)).unwrap();
    let found = home(&test);
    assert!(found.starts_with("/tmp") && !found.starts_with(test.world.path(long)), "{found:?}");

    let short = tempfile::Builder::new().prefix("b").rand_bytes(4).tempdir_in("/tmp").unwrap();
    let test = Test::new().with("TEST_TMPDIR", short.path().to_str().unwrap());
    let found = home(&test);
    assert!(found.starts_with(short.path()), "{}", found.display());
}

#[test]
fn files_are_named_by_their_place_among_the_runfiles() {
    for (program, known, template) in [
        ("ws/pkg/server", "ws/pkg/known.txt", "ws/pkg/home"),
        ("pkg/server", "pkg/known.txt", "pkg/home"),
        ("bazel-out/k8-opt/bin/pkg/server", "bazel-out/k8-opt/bin/pkg/known.txt", "./pkg/home"),
    ] {
        let test = Test::new();
        let server = "#!/bin/sh\ncat \"$1\" >\"$PROOF\"; cat \"$HOME/note\" >>\"$PROOF\"\n\
                      exec \"$2\" reference app-server\n";
        let server = test.world.write("t.runfiles/ws/pkg/server", server);
        fs::set_permissions(&server, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        test.world.write("t.runfiles/ws/pkg/known.txt", "initialize::only_once@v2  # why\n");
        test.world.write("t.runfiles/ws/pkg/home/note", "from the template");
        test.world.write("t.runfiles/other/data", "of another repository, ");
        let (binary, proof) = (binary(), test.world.path("proof"));
        let proof_is = format!("PROOF={}", proof.display());
        let args = [
            "--check",
            "initialize::only_once@v2",
            "--known-failures",
            known,
            "--home-template",
            template,
            "--env",
            &proof_is,
            "--",
            program,
            "other/data",
            binary.to_str().unwrap(),
        ];
        // From anywhere: a launcher may have changed the directory.
        for place in [test.world.path("t.runfiles/ws"), PathBuf::from("/")] {
            if place == Path::new("/") && template.starts_with('.') {
                continue;
            }
            let mut command = test.command(&[&["run"], &args[..]].concat());
            command.current_dir(place);
            let ran = bounded("proctor to end", move || Ran::of(command.output().unwrap()));
            let ran = ran.exits(1);
            assert!(ran.stdout.contains("listed as failing (line 1: why)"), "{}", ran.stdout);
            assert_eq!(
                fs::read_to_string(&proof).unwrap(),
                "of another repository, from the template"
            );
        }
    }
}

#[test]
fn the_repeat_line_is_in_the_words_of_bazel() {
    let test = Test::new().with_path("TEST_UNDECLARED_OUTPUTS_DIR", "outputs");
    let ran = test.behind(FAILING, &["--check", SPOILT]).exits(1);
    let repeat = format!("  repeat    bazel test //pkg:server --test_filter='{SPOILT}'\n");
    assert!(ran.stdout.contains(&repeat), "{}", ran.stdout);
    // What an observer found in another's conversation is repeated together with that.
    test.behind(FAILING, &["--check", "initialize::only_once@v2"]).exits(1);
    let report = test.world.json("outputs/report.json");
    let checks = report["checks"].as_array().unwrap();
    let observer = checks.iter().find(|check| check["id"] == "conversation::no_version_member");
    let repeat = observer.unwrap()["repeat"].as_str().unwrap();
    let filter = format!("{{{SPOILT},initialize::only_once@v2}}");
    assert_eq!(repeat, format!("bazel test //pkg:server --test_filter='{filter}'"));
    let again = Test::new().with("TESTBRIDGE_TEST_ONLY", filter);
    let ran = again.behind(FAILING, &[]).exits(1);
    assert!(ran.stdout.contains("2 of 2 checks run"), "{}", ran.stdout);
    // And a report of such a run can be run again.
    let report = test.world.path("outputs/report.json").display().to_string();
    let ran = test.world.proctor(["run", "--rerun", &report]).exits(0);
    assert!(ran.stdout.contains("2 of 2 checks run: 2 passed"), "{}", ran.stdout);
}

#[test]
fn one_processor_is_granted() {
    let test = Test::new();
    let at_a_time = |ran: Ran| {
        let (before, _) = ran.stdout.split_once(" checks at a time\n").unwrap();
        before.rsplit(' ').next().unwrap().parse::<usize>().unwrap()
    };
    let checks = ["--check", "initialize::only_once@v2"];
    let granted = at_a_time(test.run(&checks).exits(0));
    assert!((1..=4).contains(&granted), "four for one processor at the most: {granted}");
    assert_eq!(at_a_time(test.run(&[&checks[..], &["--jobs", "7"]].concat()).exits(0)), 7);
    test.world.write("t.runfiles/ws/proctor.toml", "jobs = 5");
    assert_eq!(at_a_time(test.run(&checks).exits(0)), 5);
}
