//! Decides which lines in nextest's form are nextest's own: those that fit the run that they are
//! in.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use super::shape::{Shape, anchor};
use super::status::{StatusLine, Word, status_line};
use super::stream::Line;
use super::text::regex;
use super::{Cut, Sighting, TestResult, Unreadable};

/// Terminals and logs wrap lines at this column or later.
const NARROWEST: usize = 40;

/// The line before the output of a test.
static OUTPUT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?:^| )(?:stdout|stderr|output) (?:─{3}|-{3}) *$"));

/// The lines of one run of nextest.
pub(super) struct Run<'a> {
    lines: Vec<&'a Line>,
    shape: &'a Shape,
    total: Option<u32>,
}

/// The runs of a stream, one after the other.
pub(super) struct Runs<'a> {
    lines: &'a [Line],
    shape: Shape,
    /// Whether nextest announces a run.
    pub(super) announced: bool,
}

/// Splits a stream into runs.
pub(super) fn runs(lines: &[Line]) -> Runs<'_> {
    let announced = lines.iter().any(|line| anchor(&line.text).is_some());
    Runs { lines, shape: Shape::of(lines), announced }
}

impl Runs<'_> {
    /// The runs; a run that a test has printed whole is no run, and does not end the one around it.
    fn list(&self) -> Vec<Run<'_>> {
        let mut runs = vec![Run { lines: Vec::new(), shape: &self.shape, total: None }];
        let within = self.within();
        let mut open = false;
        for (index, line) in self.lines.iter().enumerate() {
            if within.iter().any(|range| range.contains(&index)) {
                continue;
            }
            let found = self.shape.anchor(&line.text);
            let last = runs.last_mut().filter(|_| open);
            match (found.as_ref().map(|found| (found.opens, found.total)), last) {
                // A run may print its id, then the number of its tests; or one of the two.
                (Some((true, Some(total))), Some(run)) if run.total.is_none() => {
                    run.total = Some(total);
                }
                (Some((true, total)), _) => {
                    runs.push(Run { lines: Vec::new(), shape: &self.shape, total });
                }
                _ => {}
            }
            if let Some(found) = found {
                open = found.opens;
            }
            if let Some(run) = runs.last_mut() {
                run.lines.push(line);
            }
        }
        runs
    }

    /// The lines of runs within runs: they begin and end before the one around them has ended. A
    /// run that was cut off has no end, so the next one is not within it.
    fn within(&self) -> Vec<RangeInclusive<usize>> {
        let mut begun: Vec<usize> = Vec::new();
        let mut ranges: Vec<RangeInclusive<usize>> = Vec::new();
        let mut named = false;
        for (index, line) in self.lines.iter().enumerate() {
            let Some(found) = self.shape.anchor(&line.text) else { continue };
            match (found.opens, found.total) {
                // The number of tests belongs to the id before it.
                (true, Some(_)) if named => named = false,
                (true, total) => {
                    named = total.is_none();
                    begun.push(index);
                }
                (false, _) => {
                    named = false;
                    if let Some(from) = begun.pop() {
                        ranges.push(from..=index);
                    }
                }
            }
        }
        let around = |inner: &RangeInclusive<usize>| {
            ranges.iter().any(|outer| outer.start() < inner.start() && inner.end() < outer.end())
        };
        ranges.iter().filter(|range| around(range)).cloned().collect()
    }

    /// The results of all runs, in order.
    pub(super) fn collect(
        &self,
        source: Option<&str>,
        results: &mut Vec<TestResult>,
        unreadable: &mut Vec<Unreadable>,
        read: &mut HashSet<usize>,
    ) {
        for run in self.list() {
            run.collect(source, results, unreadable, read);
        }
    }
}

/// What earlier lines imply for later ones.
#[derive(Default)]
struct Seen {
    /// Whether the run numbers its lines.
    counts: Option<bool>,
    /// The announced tests; empty unless nextest announces tests, which it does where it cannot
    /// indent their output.
    started: HashSet<(String, String)>,
    /// Whether the lines are output of a test, which nextest indents.
    output: bool,
    after_blank: bool,
}

impl Run<'_> {
    fn collect(
        &self,
        source: Option<&str>,
        results: &mut Vec<TestResult>,
        unreadable: &mut Vec<Unreadable>,
        read: &mut HashSet<usize>,
    ) {
        let mut seen = Seen::default();
        for (index, line) in self.lines.iter().enumerate() {
            let next = self.lines.get(index + 1).map_or("", |line| line.text.as_str());
            if let Some(found) =
                status_line(&line.text).filter(|found| self.is_own(found, &mut seen))
            {
                seen.output = false;
                read.insert(line.number);
                match whole(found, &line.text, next) {
                    Err(()) => unreadable
                        .push(Unreadable { line: line.number, text: line.text.trim().to_owned() }),
                    Ok((found, cut)) => results.extend(result(found, cut, line.number, source)),
                }
            } else if OUTPUT.is_match(&line.text) {
                // A progress bar is drawn over the empty line that marks the end of the output.
                seen.output = !line.piece;
            } else if self.shape.anchor(&line.text).is_some() {
                seen.output = false;
            }
            seen.after_blank = self.shape.is_blank(&line.text);
        }
    }

    /// Whether nextest wrote the line; anything that a test can print by accident is rejected.
    fn is_own(&self, found: &StatusLine, seen: &mut Seen) -> bool {
        let StatusLine { counter, .. } = found;
        let counted = |total: u32| self.total.is_none_or(|all| all == total);
        if !self.shape.fits(&found.at)
            || !counter.flatten().is_none_or(counted)
            || (counter.is_none() && seen.counts == Some(true))
            // nextest prints an empty line after the output of a test.
            || (seen.output && !seen.after_blank)
        {
            return false;
        }
        let name = (found.binary_id.clone(), found.test.clone());
        match found.word {
            Word::Started => {
                seen.started.insert(name);
            }
            Word::Result(_) | Word::Passed
                if !seen.started.is_empty() && !seen.started.contains(&name) =>
            {
                return false;
            }
            _ => {}
        }
        seen.counts.get_or_insert(counter.is_some());
        true
    }
}

/// The line joined with its wrapped rest on the next line, or `Err` if it names no test.
fn whole(found: StatusLine, text: &str, next: &str) -> Result<(StatusLine, Cut), ()> {
    let wraps = text.chars().count() >= NARROWEST && !next.trim().is_empty();
    if matches!(found.word, Word::Progress | Word::Started) {
        return Ok((found, Cut::No));
    }
    if found.test.is_empty() {
        let joined = if wraps { status_line(&format!("{text}{next}")) } else { None };
        return joined
            .filter(|joined| !joined.test.is_empty())
            .map(|joined| (joined, Cut::No))
            .ok_or(());
    }
    let shortened =
        found.test.strip_suffix('…').or_else(|| found.test.strip_suffix("...")).map(str::to_owned);
    if let Some(test) = shortened {
        return Ok((StatusLine { test, ..found }, Cut::Ellipsis));
    }
    let one_word = wraps && !next.contains(char::is_whitespace);
    Ok((found, if one_word { Cut::Wrapped(next.to_owned()) } else { Cut::No }))
}

fn result(found: StatusLine, cut: Cut, line: usize, source: Option<&str>) -> Option<TestResult> {
    let status = match found.word {
        Word::Result(status) => Some(status),
        Word::Passed => None,
        Word::Started | Word::Progress => return None,
    };
    Some(TestResult {
        binary_id: found.binary_id,
        test: found.test,
        sighting: status.map(|status| Sighting {
            line,
            source: source.map(str::to_owned),
            status,
            attempt: found.attempt,
            stress: found.stress,
            cut,
        }),
    })
}
