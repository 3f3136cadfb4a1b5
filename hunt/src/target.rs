//! The target of a hunt.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::runner::Kind;

/// The target of a hunt. All of it is text, because a replay token carries all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its name in reports: a test's name or a check's id; if empty, the command line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The program and its arguments; for a [`Form::Check`] those of the subject. Never empty.
    pub command: Vec<String>,
    /// Variables that are added to the environment of the hunt, or replace those of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The working directory; by default that of the hunt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<PathBuf>,
    /// How it is run and judged.
    #[serde(default, skip_serializing_if = "Form::is_command")]
    pub form: Form,
    /// The kind of problem that was seen elsewhere, for example in the log of a CI run: then only
    /// this kind is a hit, and other problems are counted separately. By default every problem is a
    /// hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Kind>,
    /// The largest number of simultaneous copies, for a target that owns something that exists only
    /// once; by default as many as a condition asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_a_time: Option<NonZero<usize>>,
    /// Its build, for a test of a workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<Built>,
}

/// The build of the target's program, so that a proof of a fix runs the fixed program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// The directory for cargo and nextest.
    #[serde(rename = "d")]
    pub dir: PathBuf,
    /// The profile of nextest; by default its default.
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
    /// The former path of the binary.
    #[serde(rename = "f")]
    pub file: String,
}

/// How a target is run and judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Any command: it fails by its exit code, by a timeout, or by the processes that it leaves
    /// behind.
    #[default]
    Command,
    /// A check of the suites against a subject: it fails by its outcome. Delays and pauses can be
    /// applied to its messages.
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
    /// Its name in reports.
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
