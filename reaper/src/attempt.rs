//! The cargo-nextest test that a process belongs to, read from its environment.

use serde::{Deserialize, Serialize};

use crate::process::procfs;

/// The cargo-nextest test that a process belongs to, read from its environment; empty outside of
/// cargo-nextest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// `NEXTEST_ATTEMPT_ID`, unique for each attempt of each test of each run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// `NEXTEST_RUN_ID`, the `uuid` in nextest's JUnit report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<String>,
    /// `NEXTEST_BINARY_ID`, the `classname` in nextest's JUnit report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub binary: Option<String>,
    /// `NEXTEST_TEST_NAME`, the `name` in nextest's JUnit report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub test: Option<String>,
}

/// Reads the test that a process belongs to from its environment.
pub(crate) fn attempt_of(pid: u32) -> Attempt {
    let environ = procfs::environ(pid).unwrap_or_default();
    let value = |name| procfs::variable_in(&environ, name);
    Attempt {
        id: value("NEXTEST_ATTEMPT_ID"),
        run: value("NEXTEST_RUN_ID"),
        binary: value("NEXTEST_BINARY_ID"),
        test: value("NEXTEST_TEST_NAME"),
    }
}
