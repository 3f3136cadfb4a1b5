//! One run of `proctor run` on a stranger's server, and what came out.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::program::Language;

/// What is not held against a server.
const FINE: [&str; 3] = ["passed", "warned", "not_applicable"];

/// An examination that has ended.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The checks of the JSON report; none when the server was refused.
    pub(crate) checks: Vec<Value>,
}

/// Examines the server that behaves so, with further arguments for `proctor run`.
pub(crate) fn examine(language: Language, name: &str, args: &[&str]) -> Examined {
    let directory = tempfile::tempdir().unwrap();
    let report = directory.path().join("report.json");
    let mut command = Command::new(utils_cargo_bin::cargo_bin("proctor").unwrap());
    // Where Bazel runs these tests, it does not mean what they start.
    command.env_remove("TEST_TARGET");
    command.current_dir(directory.path()).arg("run").args(args).arg("--json").arg(&report);
    let output = command.arg("--").args(language.command(name)).output().unwrap();
    let checks = std::fs::read(&report).ok().map(|bytes| {
        let report: Value = serde_json::from_slice(&bytes).unwrap();
        report["checks"].as_array().unwrap().clone()
    });
    Examined {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        checks: checks.unwrap_or_default(),
    }
}

/// Examines the server at default jobs and with one at a time: both have the same outcomes.
pub(crate) fn examine_twice(language: Language, name: &str, args: &[&str]) -> Examined {
    let examined = examine(language, name, args);
    let alone = examine(language, name, &[&["--jobs", "1"], args].concat());
    let (together, alone) = (examined.outcomes(), alone.outcomes());
    let differ: Vec<_> =
        together.iter().filter(|(id, outcome)| alone.get(*id) != Some(outcome)).collect();
    assert!(differ.is_empty(), "{name}, otherwise with one at a time: {differ:?}");
    assert_eq!(together.len(), alone.len(), "{name}");
    examined
}

impl Examined {
    /// All that was printed.
    pub(crate) fn told(&self) -> String {
        format!("stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr)
    }

    /// What is read first: what the server was found to be, and the paragraph behind it.
    pub(crate) fn opening(&self) -> String {
        let first: Vec<&str> = self.stdout.split("\n\n").take(2).collect();
        format!("{}\n{}", first.join("\n\n"), self.stderr)
    }

    /// Fails unless what is read first has each of these words.
    #[track_caller]
    pub(crate) fn opens_with(self, words: &[&str]) -> Self {
        let opening = self.opening();
        for word in words {
            assert!(
                opening.contains(word),
                "{word:?} is not in what is read first:\n{}",
                self.told()
            );
        }
        self
    }

    /// Fails unless the exit code is this one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.told());
        self
    }

    /// The outcome of each case of `v2`.
    pub(crate) fn outcomes(&self) -> BTreeMap<String, String> {
        self.v2().map(|check| (text(check, "/id"), text(check, "/outcome"))).collect()
    }

    fn v2(&self) -> impl Iterator<Item = &Value> {
        self.checks.iter().filter(|check| check["dialect"] == "v2")
    }

    /// The outcome of one check.
    #[track_caller]
    pub(crate) fn outcome(&self, id: &str) -> String {
        self.outcomes()
            .remove(id)
            .unwrap_or_else(|| panic!("{id} is not in the report:\n{}", self.told()))
    }

    /// The checks that are held against the server, or could not be judged, each with its outcome
    /// and what was seen.
    pub(crate) fn amiss(&self) -> BTreeMap<String, String> {
        let amiss = self.v2().filter(|check| !FINE.contains(&text(check, "/outcome").as_str()));
        amiss
            .map(|check| {
                (text(check, "/id"), format!("{}: {}", text(check, "/outcome"), seen(check)))
            })
            .collect()
    }

    /// Fails unless nothing is held against the server, and at least so many passed.
    #[track_caller]
    pub(crate) fn nothing_amiss(self, passed: usize) -> Self {
        self.nothing_amiss_but(&[], passed)
    }

    /// Fails unless nothing but these is held against the server, and at least so many passed.
    #[track_caller]
    pub(crate) fn nothing_amiss_but(self, known: &[&str], passed: usize) -> Self {
        let mut amiss = self.amiss();
        amiss.retain(|id, _| !known.contains(&id.as_str()));
        assert_eq!(amiss, BTreeMap::new());
        assert!(self.count("passed") >= passed, "{} passed\n{}", self.count("passed"), self.told());
        self
    }

    /// How many checks have this outcome.
    pub(crate) fn count(&self, outcome: &str) -> usize {
        self.v2().filter(|check| check["outcome"] == outcome).count()
    }

    /// Fails unless this check could not be judged, because of this.
    #[track_caller]
    pub(crate) fn could_not_tell(&self, id: &str, because: &[&str]) {
        self.has(id, "inconclusive", because);
    }

    /// Fails unless this check was left out, because the server does not offer the method.
    #[track_caller]
    pub(crate) fn not_offered(&self, id: &str, method: &str) {
        self.has(id, "not_applicable", &[&format!("does not offer `{method}`")]);
    }

    #[track_caller]
    fn has(&self, id: &str, outcome: &str, because: &[&str]) {
        let check = self.v2().find(|check| text(check, "/id") == id);
        let check = check.unwrap_or_else(|| panic!("{id} is not in the report:\n{}", self.told()));
        assert_eq!(text(check, "/outcome"), outcome, "{id}: {check:#}");
        for word in because {
            assert!(seen(check).contains(word), "{id} does not say {word:?}: {check:#}");
        }
    }
}

/// Why a check has its outcome: the reason, or what was observed.
fn seen(check: &Value) -> String {
    [text(check, "/reason"), text(check, "/failure/what"), text(check, "/failure/observed")]
        .join(" | ")
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}
