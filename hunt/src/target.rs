//! What is run again and again.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::runner::Kind;

/// What a hunt runs. Everything in it is text, because a replay token carries all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What it is called in reports: a test's name or a check's id; the command line if it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The program and its arguments; for a [`Form::Check`] the subject's. Never empty.
    pub command: Vec<String>,
    /// Variables that are added to the environment of the hunt, or replace them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Where it is run; the working directory of the hunt without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<PathBuf>,
    /// How it is run and judged.
    #[serde(default, skip_serializing_if = "Form::is_command")]
    pub form: Form,
    /// What was seen elsewhere, for example in the log of a CI run: only this is a hit then, and whatever else goes wrong
    /// is counted apart. Without it everything that goes wrong is a hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Kind>,
    /// The most copies that may run at the same time, for one that owns something that there is once; as many as a
    /// condition asks for without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_a_time: Option<NonZero<usize>>,
    /// What it was built from, for a test of a workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<Built>,
}

/// From what the program of a target is built, so that a proof that something is fixed runs what is fixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// Where cargo and nextest are run.
    #[serde(rename = "d")]
    pub dir: PathBuf,
    /// The profile of nextest; its default without it.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Options of cargo.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub cargo: Vec<String>,
    /// nextest's id of the binary.
    #[serde(rename = "b")]
    pub binary_id: String,
    /// The name of the test in it.
    #[serde(rename = "t")]
    pub test: String,
    /// Where the binary was.
    #[serde(rename = "f")]
    pub file: String,
}

/// How a target is run and judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Any command: it fails by its exit code, by a time-out, or by what it leaves behind.
    #[default]
    Command,
    /// A check of the suites against a subject: it fails by its outcome. Delays and pauses can be put between the two.
    Check {
        /// Its id.
        id: String,
        /// Further options of `proctor run`.
        options: Vec<String>,
    },
}

impl Form {
    fn is_command(&self) -> bool {
        *self == Self::Command
    }
}

impl Target {
    /// What it is called in reports.
    pub fn name(&self) -> String {
        if self.label.is_empty() { self.command.join(" ") } else { self.label.clone() }
    }

    /// A command without a label.
    pub fn command(words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            label: String::new(),
            command: words.into_iter().map(Into::into).collect(),
            env: BTreeMap::new(),
            cwd: None,
            form: Form::Command,
            expected: None,
            at_a_time: None,
            built: None,
        }
    }

    /// A check against a subject, with further options of `proctor run`.
    pub fn check(id: &str, options: Vec<String>, subject: Vec<String>) -> Self {
        let form = Form::Check { id: id.to_owned(), options };
        Self { label: id.to_owned(), form, ..Self::command(subject) }
    }
}
