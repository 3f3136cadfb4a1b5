//! From the log of cargo-nextest to targets, with a crate that is made for it and has no
//! dependencies.
//!
//! The program has its own `main` because it is also the runner that records how nextest runs a
//! test.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, fs};

use hunt::ci_log;
use hunt::nextest::{Listing, NextestError, Options, Recorded, Recorder};
use libtest_mimic::{Arguments, Failed, Trial};
use pretty_assertions::assert_eq;

const RECORD: &str = "__record";

const TESTS: &str = r#"
use std::process::Command;

#[test]
fn leaks() {
    Command::new("sleep").arg("1").spawn().unwrap();
}

#[test]
fn quiet() {}

#[test]
#[ignore]
fn rarely() {}

mod a_module {
    #[test]
    fn says_what_it_is_run_with() {
        for name in ["NEXTEST", "NEXTEST_TEST_NAME", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
            println!("{name}={}", std::env::var(name).unwrap());
        }
        println!("cwd={}", std::env::current_dir().unwrap().display());
    }
}
"#;

const CONFIG: &str = r#"
[test-groups]
serial = { max-threads = 1 }

[profile.default]
leak-timeout = "150ms"

[[profile.default.overrides]]
platform = "cfg(windows)"
leak-timeout = "9s"

[[profile.default.overrides]]
filter = "test(leaks)"
leak-timeout = { period = "70ms", result = "fail" }
test-group = "serial"

[profile.default.junit]
path = "junit.xml"
"#;

/// A crate in a directory of its own, which is removed with it.
struct Crate(tempfile::TempDir);

impl Crate {
    fn new() -> Result<Self, Failed> {
        let dir = tempfile::tempdir()?;
        fs::create_dir_all(dir.path().join("tests"))?;
        fs::create_dir_all(dir.path().join("src"))?;
        fs::create_dir_all(dir.path().join(".config"))?;
        let manifest =
            "[package]\nname = \"play\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(dir.path().join("Cargo.toml"), manifest)?;
        fs::write(
            dir.path().join("src/lib.rs"),
            "#[cfg(test)]\nmod tests {\n    #[test]\n    fn inner() {}\n}\n",
        )?;
        fs::write(dir.path().join("tests/leaky.rs"), TESTS)?;
        fs::write(dir.path().join(".config/nextest.toml"), CONFIG)?;
        Ok(Self(dir))
    }

    fn options(&self, filter: Option<&str>) -> Options {
        Options {
            dir: Some(self.0.path().to_owned()),
            // The profile in the environment may not exist in this crate.
            profile: Some("default".to_owned()),
            filter: filter.map(str::to_owned),
            cargo: vec![
                "--offline".into(),
                "--target-dir".into(),
                self.0.path().join("target").into(),
            ],
        }
    }

    fn list(&self, filter: Option<&str>) -> Result<Listing, NextestError> {
        self.options(filter).list()
    }
}

fn recorder() -> Result<Recorder, Failed> {
    Ok(Recorder { program: env::current_exe()?, args: vec![RECORD.to_owned()] })
}

/// The output of one run.
fn run(recorded: &Recorded) -> Result<String, Failed> {
    let target = &recorded.target;
    let (program, args) = target.command.split_first().ok_or("no command")?;
    let mut command = Command::new(program);
    command.args(args).envs(&target.env).stdin(Stdio::null()).stderr(Stdio::null());
    if let Some(cwd) = &target.cwd {
        command.current_dir(cwd);
    }
    let output = command.output()?;
    assert!(output.status.success(), "{}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The log of nextest leads to the test, and the test runs alone as nextest runs it.
fn from_a_log_to_a_run() -> Result<(), Failed> {
    let play = Crate::new()?;
    let mut nextest = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let options = play.options(None);
    // A runner that reports leaks itself would leave none for nextest.
    let is_runner = |name: &str| name.starts_with("CARGO_TARGET_") && name.ends_with("_RUNNER");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_runner)) {
        nextest.env_remove(name);
    }
    nextest
        .args(["nextest", "run", "--profile", "default"])
        .args(&options.cargo)
        .current_dir(play.0.path());
    let ran = nextest.stdin(Stdio::null()).output();
    let log = ran.map_err(|error| format!("cargo with nextest must be here: {error}"))?.stderr;
    let log = ci_log::read(&log);
    let named: Vec<String> =
        log.findings.iter().map(|f| format!("{} {} {}", f.binary_id, f.test, f.status())).collect();
    assert_eq!(named, ["play::leaky leaks LEAK-FAIL"]);
    let report = play.0.path().join("target/nextest/default/junit.xml");
    let before = fs::read_to_string(&report)?;

    let listing = play.list(None)?;
    let resolution = listing.resolve(&log.findings)?;
    assert_eq!(resolution.unresolved, []);
    let ids: Vec<_> = resolution.resolved.iter().map(|resolved| resolved.id.clone()).collect();
    let recorded = listing.record(&ids, &recorder()?)?;
    let [leaks] = recorded.as_slice() else {
        return Err(format!("one target, not {recorded:?}").into());
    };
    assert_eq!(leaks.leak_timeout, Duration::from_millis(70));
    assert_eq!(leaks.target.at_a_time.map(|n| n.get()), Some(1));
    assert_eq!(leaks.target.label, "play::leaky leaks");
    assert_eq!(resolution.resolved[0].expected, Some(hunt::Kind::Leak));
    assert_eq!(fs::read_to_string(&report)?, before, "the report of the run in question");
    run(leaks)?;
    Ok(())
}

fn a_test_runs_with_what_nextest_gives_it() -> Result<(), Failed> {
    let play = Crate::new()?;
    let listing = play.list(Some("test(says_what) + test(rarely)"))?;
    let ids = listing.matching();
    let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["play::leaky a_module::says_what_it_is_run_with", "play::leaky rarely"]);
    let recorded = listing.record(&ids, &recorder()?)?;
    assert_eq!(recorded[0].leak_timeout, Duration::from_millis(150));
    let args: Vec<&str> = recorded[0].target.command.iter().skip(1).map(String::as_str).collect();
    assert_eq!(args, ["--exact", "a_module::says_what_it_is_run_with", "--nocapture"]);
    let dir = fs::canonicalize(play.0.path())?;
    let said = run(&recorded[0])?;
    for line in [
        "NEXTEST=1".to_owned(),
        "NEXTEST_TEST_NAME=a_module::says_what_it_is_run_with".to_owned(),
        format!("CARGO_MANIFEST_DIR={}", dir.display()),
        "CARGO_PKG_NAME=play".to_owned(),
        format!("cwd={}", dir.display()),
    ] {
        assert!(said.lines().any(|own| own == line), "{line} is not in\n{said}");
    }
    let id =
        recorded[0].target.env.get("NEXTEST_ATTEMPT_ID").map(String::as_str).unwrap_or_default();
    assert!(id.ends_with(":play::leaky$a_module::says_what_it_is_run_with"), "{id}");
    Ok(())
}

fn impossible_requests_are_reported() -> Result<(), Failed> {
    let play = Crate::new()?;
    let none = play.list(Some("test(no_such_test)"))?;
    let error = none.record(&none.matching(), &recorder()?).expect_err("no test");
    assert_eq!(error.to_string(), "no test matches `test(no_such_test)`");

    let foreign = ci_log::parse("        LEAK [   0.212s] (1/2) codex-core::suite turns::one\n");
    let error = none.resolve(&foreign.findings).expect_err("another project's");
    assert!(error.to_string().contains("codex-core::suite (1 test)"), "{error}");
    assert!(error.to_string().contains("play::leaky (4 tests)"), "{error}");

    fs::write(play.0.path().join("src/lib.rs"), "not Rust")?;
    let error = play.list(None).expect_err("does not compile");
    assert!(matches!(error, NextestError::Refused { what: "list", .. }), "{error}");

    let nowhere = Options { dir: Some(Path::new("/").to_owned()), ..Options::default() };
    assert!(matches!(nowhere.list().expect_err("no project"), NextestError::Refused { .. }));
    Ok(())
}

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    if args.next() == Some(OsString::from(RECORD)) {
        return hunt::nextest::record::main(args);
    }
    let trials = vec![
        Trial::test("from_a_log_to_a_run", from_a_log_to_a_run),
        Trial::test(
            "a_test_runs_with_what_nextest_gives_it",
            a_test_runs_with_what_nextest_gives_it,
        ),
        Trial::test("impossible_requests_are_reported", impossible_requests_are_reported),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
