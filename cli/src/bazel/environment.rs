//! The variables of Bazel's test protocol, all read here.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// What Bazel says to a test, as it says it; a variable that is empty says nothing.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// `TEST_TARGET`: the label of the test.
    pub(super) target: OsString,
    /// `TEST_TOTAL_SHARDS`: into how many parts the checks are divided; 0 if they are not.
    pub(super) total_shards: Option<String>,
    /// `TEST_SHARD_INDEX`: which of them this is, from 0.
    pub(super) shard_index: Option<String>,
    /// `TEST_SHARD_STATUS_FILE`: to be touched by whoever understands the two above.
    pub(super) shard_status: Option<PathBuf>,
    /// `TESTBRIDGE_TEST_ONLY`: what the user wrote after `--test_filter`.
    pub(super) filter: Option<String>,
    /// `XML_OUTPUT_FILE`: where the results of the cases are to be.
    pub(super) xml: Option<PathBuf>,
    /// `TEST_UNDECLARED_OUTPUTS_DIR`: a directory that is kept with the results.
    pub(super) outputs: Option<PathBuf>,
    /// `TEST_TIMEOUT`: after how many seconds Bazel ends the test.
    pub(super) timeout: Option<String>,
    /// `TEST_RANDOM_SEED`, or `TEST_RUN_NUMBER`: the number of the run, with `--runs_per_test`.
    pub(super) seed: Option<String>,
    /// `TEST_INFRASTRUCTURE_FAILURE_FILE`: to be written if something else than the test failed.
    pub(super) infrastructure_failure: Option<PathBuf>,
    /// `TEST_WARNINGS_OUTPUT_FILE`: to be written if there are warnings.
    pub(super) warnings: Option<PathBuf>,
    /// `TEST_PREMATURE_EXIT_FILE`: to be there for as long as the end would come too early.
    pub(super) premature_exit: Option<PathBuf>,
    /// `TESTBRIDGE_TEST_RUNNER_FAIL_FAST`: whether the first failure ends the test.
    pub(super) fail_fast: bool,
    /// `TEST_TMPDIR`: a directory for this test alone.
    pub(super) temporary: Option<PathBuf>,
}

impl Environment {
    /// What Bazel says to this process, if Bazel runs it as a test.
    pub(super) fn of_process() -> Option<Self> {
        Self::read(&|name| std::env::var_os(name))
    }

    fn read(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| value(name).map(|value| value.to_string_lossy().into_owned());
        let path = |name: &str| value(name).map(PathBuf::from);
        let target = value("TEST_TARGET")?;
        value("TEST_SRCDIR")?;
        Some(Self {
            target,
            total_shards: text("TEST_TOTAL_SHARDS"),
            shard_index: text("TEST_SHARD_INDEX"),
            shard_status: path("TEST_SHARD_STATUS_FILE"),
            filter: text("TESTBRIDGE_TEST_ONLY"),
            xml: path("XML_OUTPUT_FILE"),
            outputs: path("TEST_UNDECLARED_OUTPUTS_DIR"),
            timeout: text("TEST_TIMEOUT"),
            seed: text("TEST_RANDOM_SEED").or_else(|| text("TEST_RUN_NUMBER")),
            infrastructure_failure: path("TEST_INFRASTRUCTURE_FAILURE_FILE"),
            warnings: path("TEST_WARNINGS_OUTPUT_FILE"),
            premature_exit: path("TEST_PREMATURE_EXIT_FILE"),
            fail_fast: value("TESTBRIDGE_TEST_RUNNER_FAIL_FAST")
                .is_some_and(|value| value == OsStr::new("1")),
            temporary: path("TEST_TMPDIR"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    fn read(variables: &[(&str, &str)]) -> Option<Environment> {
        Environment::read(&|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn both_signs_of_bazel_are_needed() {
        assert!(read(&[]).is_none());
        assert!(read(&[("TEST_TARGET", "//:t")]).is_none());
        assert!(read(&[("TEST_SRCDIR", "/t.runfiles"), ("XML_OUTPUT_FILE", "/x")]).is_none());
        let signs = [("TEST_TARGET", "//:t"), ("TEST_SRCDIR", "/t.runfiles")];
        assert_eq!(read(&signs).unwrap().target, "//:t");
    }

    #[test]
    fn the_run_number_is_a_seed_where_there_is_no_other() {
        let signs = [("TEST_TARGET", "//:t"), ("TEST_SRCDIR", "/t.runfiles")];
        let with = |more: &[(&'static str, &'static str)]| {
            let all: Vec<_> = signs.iter().chain(more).copied().collect();
            read(&all).unwrap().seed
        };
        let number = ("TEST_RUN_NUMBER", "3");
        assert_eq!(with(&[number]).as_deref(), Some("3"));
        assert_eq!(with(&[number, ("TEST_RANDOM_SEED", "2")]).as_deref(), Some("2"));
        assert_eq!(with(&[("TEST_RANDOM_SEED", "")]), None);
    }
}
