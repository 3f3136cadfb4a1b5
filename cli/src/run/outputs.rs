//! All outputs of a run: files, and stdout.

use std::path::{Path, PathBuf};

use harness::Kind;
use harness::known_failures::KnownFailures;
use harness::run::{Attempt, Case};
use report::text::Printed;
use report::{CheckReport, Report, html, json, junit, text};
use shown::Tone;

use crate::args::ReportArgs;
use crate::exit_code::Stop;
use crate::output::{OutputDirectory, OutputFile};
use crate::run::{known_failures, style};
use crate::terminal;

/// The requested outputs, checked before the run.
pub(super) struct Outputs {
    json: Option<OutputFile>,
    junit: Option<OutputFile>,
    html: Option<OutputFile>,
    coverage: Option<OutputFile>,
    known_failures: Option<OutputFile>,
    transcripts: Option<OutputDirectory>,
    /// Where the conversations of failures go, and of nothing else; made for the first of them.
    failures: Option<PathBuf>,
    kept_failures: Option<OutputDirectory>,
    quiet: bool,
    strict: bool,
    /// The known failures of the run: lines about unselected cases are kept.
    kept: KnownFailures,
    /// What was printed so far.
    printed: Printed,
    /// The first conversation, or line, that could not be written; the run goes on, and reports
    /// this at its end.
    lost: Option<Stop>,
}

impl Outputs {
    /// Checks that everything can be written.
    pub(super) fn prepare(
        args: &ReportArgs,
        strict: bool,
        kept: &KnownFailures,
    ) -> Result<Self, Stop> {
        let file = |path: &Option<PathBuf>| path.as_deref().map(OutputFile::prepare).transpose();
        let (json, junit, html) = (file(&args.json)?, file(&args.junit)?, file(&args.html)?);
        let (coverage, known_failures) = (file(&args.coverage)?, file(&args.write_known_failures)?);
        distinct(&[
            ("--json", &json),
            ("--junit", &junit),
            ("--html", &html),
            ("--coverage", &coverage),
            ("--write-known-failures", &known_failures),
        ])?;
        Ok(Self {
            json,
            junit,
            html,
            coverage,
            known_failures,
            transcripts: args.transcripts.as_deref().map(OutputDirectory::prepare).transpose()?,
            failures: None,
            kept_failures: None,
            quiet: args.quiet,
            strict,
            kept: kept.clone(),
            printed: Printed::new(style()),
            lost: None,
        })
    }

    /// Writes into this directory the conversations of attempts that did not hold.
    pub(super) fn keep_failures(&mut self, directory: Option<&Path>) {
        self.failures = directory.map(Path::to_owned);
    }

    /// Writes the conversations of one attempt, one file per process.
    pub(super) fn transcripts(&mut self, case: &Case, number: usize, attempt: &Attempt) {
        if let Some(directory) = self.failures.take_if(|_| is_failure(attempt)) {
            match OutputDirectory::prepare(&directory) {
                Ok(made) => self.kept_failures = Some(made),
                Err(stop) => self.lost = self.lost.take().or(Some(stop)),
            }
        }
        let kept = self.kept_failures.as_ref().filter(|_| is_failure(attempt));
        let Some(directory) = self.transcripts.as_ref().or(kept) else { return };
        for (index, process) in attempt.ended.iter().enumerate() {
            let id = case.check.id().replace("::", "__");
            let name = format!("{id}@{}.{number}.{}.jsonl", case.dialect, index + 1);
            if let Err(stop) = directory.write(&name, &process.transcript.to_jsonl()) {
                self.lost.get_or_insert(stop);
            }
        }
    }

    /// Writes every file; if one fails, the others are still written.
    pub(super) fn write(&mut self, report: &Report) -> Result<(), Stop> {
        let written = [
            self.json.as_ref().map(|file| {
                json::render(report).map_err(Stop::unable).and_then(|text| file.write(&text))
            }),
            self.junit.as_ref().map(|file| {
                junit::render(report, self.strict)
                    .map_err(Stop::unable)
                    .and_then(|text| file.write(&text))
            }),
            self.html.as_ref().map(|file| file.write(&html::render(report))),
            self.coverage.as_ref().zip(report.coverage.as_ref()).map(|(file, coverage)| {
                let text = serde_json::to_string_pretty(coverage).map_err(Stop::unable)?;
                file.write(&(text + "\n"))
            }),
            self.known_failures
                .as_ref()
                .map(|file| file.write(&known_failures::list(report, self.strict, &self.kept))),
            self.lost.take().map(Err),
        ];
        written.into_iter().flatten().collect()
    }

    /// Keeps what this list says of cases that are not selected, instead of the one that was known before the subject was.
    pub(super) fn keep(&mut self, known: &KnownFailures) {
        self.kept = known.clone();
    }

    /// Prints at once what is examined.
    pub(super) fn introduce(&mut self, lines: &str) {
        self.printed.introduced();
        self.say_now(lines);
    }

    /// Prints at once that a case did not hold.
    pub(super) fn known(&mut self, check: &CheckReport) {
        let block = self.printed.case(check);
        self.say_now(&block);
    }

    /// Prints at once what the run waits for.
    pub(super) fn waiting(&mut self, what: &str) {
        let label = style().paint.tone(Tone::Doubtful, "note:");
        self.say_now(&format!("{label} {what}\n"));
    }

    fn say_now(&mut self, text: &str) {
        if self.quiet {
            return;
        }
        if let Err(stop) = terminal::say(text) {
            self.lost.get_or_insert(stop);
        }
    }

    /// Prints the rest of the report to stdout.
    pub(super) fn print(&mut self, report: &Report) -> Result<(), Stop> {
        let text = if self.quiet {
            text::verdict(report, style().paint)
        } else {
            self.printed.subject(&report.subject) + &text::rest(report, &self.printed)
        };
        terminal::say(&text)
    }
}

/// Whether something is wrong in the attempt.
fn is_failure(attempt: &Attempt) -> bool {
    let failed =
        attempt.result.as_ref().err().is_some_and(|failure| failure.kind() != Kind::NotOffered);
    !attempt.cut && (failed || !attempt.leaks.is_empty() || !attempt.violations.is_empty())
}

/// Two reports in one file: only the last one would be left.
fn distinct(files: &[(&str, &Option<OutputFile>)]) -> Result<(), Stop> {
    for (number, (name, file)) in files.iter().enumerate() {
        let Some(file) = file else { continue };
        let same = files[..number]
            .iter()
            .find(|(_, other)| other.as_ref().is_some_and(|other| file.is_that_of(other)));
        if let Some((other, _)) = same {
            return Err(Stop::usage(format!("{other} and {name} name the same file")));
        }
    }
    Ok(())
}
