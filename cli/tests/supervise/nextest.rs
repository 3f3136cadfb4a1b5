//! As cargo's target runner under cargo-nextest, for a project that knows nothing of it.

use std::fs;
use std::process::Command;

use quick_junit::{TestCase, TestCaseStatus};

use crate::stage::{Stage, leaky, proctor};

const MANIFEST: &str = "[package]\nname = \"toy\"\nedition = \"2024\"\n[workspace]\n";
const TESTS: &str = r#"
    fn leaky(kind: &str) {
        let status = std::process::Command::new(std::env::var("LEAKY").unwrap()).arg(kind).status();
        assert!(status.unwrap().success());
    }
    #[test] fn quiet() {}
    #[test] fn clean() { leaky("clean-threads"); }
    #[test] fn holder() { leaky("both"); }
    #[test] fn daemon() { leaky("daemon"); }
    #[test] fn chatty() { leaky("chatty"); }
"#;
const CONFIG: &str =
    "[profile.default]\nfail-fast = false\n[profile.default.junit]\npath = \"junit.xml\"\n";

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    host.to_uppercase().replace('-', "_")
}

/// What `proctor supervise --print-runner` prints with these options: the variable, and its value.
fn printed(stage: &Stage, options: &[&str]) -> (String, String) {
    let mut print = Command::new(proctor());
    print.args(["supervise", "--print-runner"]).args(options).current_dir(stage.path("."));
    let output = print.env_remove("CARGO_BUILD_TARGET").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (name, value) = text.trim_end().split_once('=').unwrap();
    (name.to_owned(), value.to_owned())
}

/// A project with these tests, and `cargo nextest run` in it.
fn run(stage: &Stage) -> String {
    fs::create_dir_all(stage.path("src")).unwrap();
    fs::create_dir_all(stage.path(".config")).unwrap();
    fs::write(stage.path("Cargo.toml"), MANIFEST).unwrap();
    fs::write(stage.path("src/lib.rs"), TESTS).unwrap();
    fs::write(stage.path(".config/nextest.toml"), CONFIG).unwrap();
    let mut cargo = Command::new("cargo");
    cargo.args(["nextest", "run", "--offline", "--color", "never"]).current_dir(stage.path("."));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().into_owned();
        // What this very test was started with is about another project.
        if text.starts_with("NEXTEST") || (text.starts_with("CARGO_") && text != "CARGO_HOME") {
            cargo.env_remove(name);
        }
    }
    let (name, runner) = printed(stage, &["--json", "json"]);
    cargo.env(name, runner).env("LEAKY", leaky());
    let output = cargo.env("CARGO_TARGET_DIR", stage.path("target")).output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_variable_for_cargo_is_printed() {
    let stage = Stage::new();
    let options = ["--json", "json", "--timeout", "1m30s", "--grace", "0s", "--strict"];
    let (name, value) = printed(&stage, &options);
    assert_eq!(name, format!("CARGO_TARGET_{}_RUNNER", host()));
    let own = proctor().canonicalize().unwrap();
    let json = stage.path(".").canonicalize().unwrap().join("json");
    let expected = format!(
        "{} supervise --json {} --grace 0s --timeout 1m30s --strict --",
        own.display(),
        json.display()
    );
    assert_eq!(value, expected);

    let mut refused = Command::new(proctor());
    refused.args(["supervise", "--print-runner", "--json", "two words"]);
    let output = refused.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

#[test]
fn leaks_fail_the_tests_that_they_belong_to() {
    let stage = Stage::new();
    let log = run(&stage);
    let verdict = |test: &str, verdict: &str| {
        let fits = |line: &str| {
            line.trim_start().starts_with(verdict) && line.ends_with(&format!("toy {test}"))
        };
        assert!(log.lines().any(fits), "{test}: {verdict}\n{log}");
    };
    verdict("quiet", "PASS");
    verdict("clean", "PASS");
    verdict("holder", "FAIL");
    verdict("daemon", "FAIL");
    verdict("chatty", "FAIL");
    assert!(!log.contains("LEAK"), "{log}");

    let junit = stage.path("target/nextest/default/junit.xml");
    let mut merge = Command::new(proctor());
    merge.args(["supervise", "--merge-junit"]).arg(&junit).arg("--json").arg(stage.path("json"));
    let output = merge.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.ends_with("5 of 5 records added, with 3 leaks\n"), "{told}");
    let text = fs::read_to_string(&junit).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let cases: Vec<&TestCase> =
        report.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
    let message = |name: &str| {
        let case = cases.iter().find(|case| case.name.as_str() == name).unwrap();
        match &case.status {
            TestCaseStatus::NonSuccess { message, .. } => message.as_ref().unwrap().as_str(),
            status => panic!("{status:?}"),
        }
    };
    assert!(message("holder").contains("leaky __hold (pid "), "{}", message("holder"));
    assert!(message("chatty").contains("fd 1 is the test's stdout"), "{}", message("chatty"));
    assert!(message("daemon").contains("by way of "), "{}", message("daemon"));
}
