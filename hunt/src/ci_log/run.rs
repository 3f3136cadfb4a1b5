//! Decides which lines in nextest's form are nextest's own: those that fit the run that they are
//! in.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::decoration::mask;
use super::status::{StatusLine, Word, status_line};
use super::stream::Line;
use super::text::regex;
use super::{Cut, Sighting, TestResult, Unreadable};

/// The width of the column in which nextest aligns its words to the right.
const COLUMN: usize = 12;
/// Terminals and logs wrap lines at this column or later.
const NARROWEST: usize = 40;

/// Lines that only nextest writes, once per run.
static ANCHOR: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x) ^ (?P<decoration>.*?) (?P<spaces>\x20*)
        (?: (?P<run>Nextest\x20run) \x20 ID \x20 [0-9a-f-]{36}
          | (?P<starting>Starting) \x20 (?P<total>\d+) \x20 (?:tests?|benchmarks?) \x20 across \x20 \d+ \x20 binar
          | (?P<summary>Summary) \x20 \[ \x20* \d+\.\d+s \] )",
    )
});
/// The line before the output of a test.
static OUTPUT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^ *(?:stdout|stderr|output) (?:─{3}|-{3}) *$"));

struct Anchor {
    decoration: String,
    spaces: usize,
    end: usize,
    opens: bool,
    total: Option<u32>,
}

fn anchor(text: &str) -> Option<Anchor> {
    if !(text.contains("Nextest run") || text.contains("Starting ") || text.contains("Summary [")) {
        return None;
    }
    let found = ANCHOR.captures(text)?;
    let spaces = found["spaces"].len();
    let word = ["run", "starting", "summary"].iter().find_map(|name| found.name(name))?;
    Some(Anchor {
        decoration: mask(&found["decoration"]),
        spaces,
        end: spaces + word.len(),
        opens: found.name("summary").is_none(),
        total: found.name("total").and_then(|total| total.as_str().parse().ok()),
    })
}

/// The column of nextest's lines in a stream; the output of tests is elsewhere.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    /// After this decoration, statuses end in this column.
    Aligned(String, usize),
    /// After this decoration; the leading spaces were lost in a copy.
    Collapsed(String),
    /// Unknown: an excerpt, whose first line may have lost its spaces.
    Excerpt,
}

impl Shape {
    fn of(lines: &[Line]) -> Self {
        let anchors: Vec<Anchor> = lines.iter().filter_map(|line| anchor(&line.text)).collect();
        let places = if anchors.is_empty() {
            // Progress and passes count here too.
            let of = |line: StatusLine| (mask(&line.decoration), line.spaces, line.end);
            lines.iter().filter_map(|line| status_line(&line.text)).map(of).collect()
        } else {
            anchors.into_iter().map(|at| (at.decoration, at.spaces, at.end)).collect::<Vec<_>>()
        };
        let plain = |(decoration, _, end): &&(String, usize, usize)| {
            decoration.is_empty() && *end == COLUMN
        };
        if places.iter().any(|place| plain(&place)) {
            let excerpt = !lines.iter().any(|line| anchor(&line.text).is_some());
            return if excerpt { Self::Excerpt } else { Self::Aligned(String::new(), COLUMN) };
        }
        // Lines of a nested nextest, in the output of a test, are further to the right.
        match places.into_iter().min_by_key(|(_, _, end)| *end) {
            None => Self::Aligned(String::new(), COLUMN),
            Some((decoration, spaces, end)) if spaces <= 1 && end < COLUMN => {
                Self::Collapsed(decoration)
            }
            Some((decoration, _, end)) => Self::Aligned(decoration, end),
        }
    }

    fn fits(&self, decoration: &str, spaces: usize, end: usize) -> bool {
        match self {
            Self::Aligned(own, column) => *own == mask(decoration) && *column == end,
            Self::Collapsed(own) => *own == mask(decoration) && spaces <= 1,
            Self::Excerpt => decoration.is_empty() && (end == COLUMN || spaces == 0),
        }
    }
}

/// The lines of one run of nextest.
pub(super) struct Run<'a> {
    lines: &'a [Line],
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
    fn list(&self) -> Vec<Run<'_>> {
        let mut starts = vec![(0, None)];
        let mut open = false;
        for (index, line) in self.lines.iter().enumerate() {
            let Some(anchor) = anchor(&line.text) else { continue };
            if !self.shape.fits(&anchor.decoration, anchor.spaces, anchor.end) {
                continue;
            }
            // A run may print its id, then the number of its tests; or one of the two.
            match (anchor.opens, anchor.total, starts.last_mut()) {
                (true, Some(total), Some((_, known @ None))) if open => *known = Some(total),
                (true, total, _) => starts.push((index, total)),
                (false, ..) => {}
            }
            open = anchor.opens;
        }
        let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([self.lines.len()]);
        let run = |((start, total), end): ((usize, Option<u32>), usize)| Run {
            lines: &self.lines[start..end],
            shape: &self.shape,
            total,
        };
        starts.iter().copied().zip(ends).map(run).collect()
    }

    /// The results of all runs, in order.
    pub(super) fn collect(
        &self,
        source: Option<&str>,
        results: &mut Vec<TestResult>,
        unreadable: &mut Vec<Unreadable>,
    ) {
        for run in self.list() {
            run.collect(source, results, unreadable);
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
    ) {
        let mut seen = Seen::default();
        for (index, line) in self.lines.iter().enumerate() {
            let next = self.lines.get(index + 1).map_or("", |line| line.text.as_str());
            if let Some(found) =
                status_line(&line.text).filter(|found| self.is_own(found, &mut seen))
            {
                seen.output = false;
                match whole(found, &line.text, next) {
                    Err(()) => unreadable
                        .push(Unreadable { line: line.number, text: line.text.trim().to_owned() }),
                    Ok((found, cut)) => results.extend(result(found, cut, line.number, source)),
                }
            } else if OUTPUT.is_match(&line.text) {
                // A progress bar is drawn over the empty line that marks the end of the output.
                seen.output = !line.piece;
            }
            seen.after_blank = line.text.trim().is_empty();
        }
    }

    /// Whether nextest wrote the line; anything that a test can print by accident is rejected.
    fn is_own(&self, found: &StatusLine, seen: &mut Seen) -> bool {
        let StatusLine { counter, .. } = found;
        let counted = |total: u32| self.total.is_none_or(|all| all == total);
        if !self.shape.fits(&found.decoration, found.spaces, found.end)
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
