//! A run that did not come to its checks: nobody knows what the subject is.

use std::time::Duration;

use harness::{Failure, Subject};
use report::Verdict;
use report::{Note, Report, SCHEMA, SubjectReport, Summary};

use crate::exit_code::Stop;

/// Why the subject could not be asked what it is.
pub(super) enum Unexamined {
    /// Somebody ended the run.
    Interrupted,
    /// The deadline of the run passed.
    OutOfTime(Duration),
    /// The subject does not start, does not answer, or speaks nothing that we do.
    Failed(Failure),
}

impl Unexamined {
    /// The report of a run without checks, and what is said besides if it is not the caller's own wish.
    pub(super) fn report(self, subject: &Subject) -> (Report, Option<Stop>) {
        let (note, stop) = match self {
            Self::Interrupted => {
                ("the run was interrupted before the subject had said what it is".to_owned(), None)
            }
            Self::OutOfTime(limit) => (
                format!("the deadline of {limit:?} passed before the subject had said what it is"),
                None,
            ),
            Self::Failed(failure) => {
                let told = format!("the subject cannot be examined: {failure}");
                (
                    told.lines().map(str::trim).collect::<Vec<_>>().join("; "),
                    Some(Stop::unable(told)),
                )
            }
        };
        let report = Report {
            schema: SCHEMA.to_owned(),
            subject: SubjectReport {
                command: subject
                    .command
                    .iter()
                    .map(|part| part.to_string_lossy().into_owned())
                    .collect(),
                user_agent: None,
                version: None,
                dialects: Vec::new(),
            },
            verdict: Verdict::Incomplete,
            notes: vec![Note::Unexamined(note)],
            stopped_after: None,
            summary: Summary::default(),
            checks: Vec::new(),
        };
        (report, stop)
    }
}
