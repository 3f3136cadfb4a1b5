//! The cargo-nextest test that a process belongs to, read from its environment.

use serde::{Deserialize, Serialize};

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
