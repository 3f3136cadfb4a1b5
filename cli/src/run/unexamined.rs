//! A run that ended before its checks, because the subject could not be examined.

use std::time::Duration;

use harness::{Failure, Subject};
use report::Verdict;
use report::{Note, Report, SCHEMA, SubjectReport, Summary};

use crate::exit_code::Stop;

/// The reason why the subject could not be examined.
pub(super) enum Unexamined {
    /// The run was interrupted.
    Interrupted,
    /// The deadline of the run passed.
    OutOfTime(Duration),
    /// The subject does not start, does not answer, or speaks no known dialect.
    Failed(Failure),
}

impl Unexamined {
    /// The report of a run without checks, and a message on stderr unless the user ended the run.
    pub(super) fn report(self, subject: &Subject) -> (Report, Option<Stop>) {
        let (note, stop) = match self {
            Self::Interrupted => {
                ("the run was interrupted before the subject was examined".to_owned(), None)
            }
            Self::OutOfTime(limit) => {
                (format!("the deadline of {limit:?} passed before the subject was examined"), None)
            }
            Self::Failed(failure) => {
                let text = format!("the subject cannot be examined: {failure}");
                (
                    text.lines().map(str::trim).collect::<Vec<_>>().join("; "),
                    Some(Stop::unable(text)),
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
                revisions: Vec::new(),
                transport: subject.settings.transport,
            },
            verdict: Verdict::Incomplete,
            notes: vec![Note::Unexamined(note)],
            stopped_after: None,
            summary: Summary::default(),
            checks: Vec::new(),
            coverage: None,
        };
        (report, stop)
    }
}
