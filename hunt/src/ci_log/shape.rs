//! Where nextest's lines are in a stream: after which decoration, and in which column. Learned from
//! the lines that only nextest writes, and from those that have the form of its results.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::decoration::{Varies, mask};
use super::status::{StatusLine, is_result, status_line};
use super::stream::Line;
use super::text::regex;

/// The width of the column in which nextest aligns its words to the right.
const COLUMN: usize = 12;

/// Lines that only nextest writes, once per run.
static ANCHOR: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x) ^ (?P<decoration>.*?) (?P<spaces>\x20*)
        (?: (?P<run>Nextest\x20run) \x20 ID \x20 [0-9a-f-]{36}
          | (?P<starting>Starting) \x20 (?P<total>\d+) \x20 (?:tests?|benchmarks?) \x20 across \x20 \d+ \x20 binar
          | (?P<summary>Summary) \x20 \[ \x20* \d+\.\d+s \] )",
    )
});
/// A line that only nextest writes.
pub(super) struct Anchor {
    pub(super) decoration: String,
    pub(super) spaces: usize,
    pub(super) end: usize,
    /// Whether it begins a run; otherwise it ends one.
    pub(super) opens: bool,
    /// The number of tests of the run.
    pub(super) total: Option<u32>,
}

pub(super) fn anchor(text: &str) -> Option<Anchor> {
    if !(text.contains("Nextest run") || text.contains("Starting ") || text.contains("Summary [")) {
        return None;
    }
    let found = ANCHOR.captures(text)?;
    let spaces = found["spaces"].len();
    let word = ["run", "starting", "summary"].iter().find_map(|name| found.name(name))?;
    Some(Anchor {
        decoration: found["decoration"].to_owned(),
        spaces,
        end: spaces + word.len(),
        opens: found.name("summary").is_none(),
        total: found.name("total").and_then(|total| total.as_str().parse().ok()),
    })
}

/// The column of nextest's lines in a stream; the output of tests is elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// After this decoration, statuses end in this column, counted from the decoration, or from the
    /// beginning of the line where the decoration is filled up with blanks.
    Aligned { own: String, varies: Varies, column: usize, whole: Option<usize> },
    /// After this decoration; the leading spaces were lost in a copy.
    Collapsed { own: String, varies: Varies },
    /// Unknown: an excerpt, whose first line may have lost its spaces.
    Excerpt,
}

/// Where a word of nextest stands in its line.
struct Place {
    decoration: String,
    spaces: usize,
    end: usize,
}

impl Place {
    fn whole(&self) -> usize {
        self.decoration.chars().count() + self.end
    }
}

impl Shape {
    pub(super) fn of(lines: &[Line]) -> Self {
        let anchors = lines.iter().filter_map(|line| anchor(&line.text));
        let of = |Anchor { decoration, spaces, end, .. }| Place { decoration, spaces, end };
        let anchors: Vec<Place> = anchors.map(of).collect();
        let is_excerpt = anchors.is_empty();
        let places = if is_excerpt {
            // Progress and passes count here too.
            let of = |StatusLine { decoration, spaces, end, .. }| Place { decoration, spaces, end };
            lines.iter().filter_map(|line| status_line(&line.text)).map(of).collect()
        } else {
            anchors
        };
        if places.iter().any(|at| at.decoration.is_empty() && at.end == COLUMN) {
            return if is_excerpt { Self::Excerpt } else { Self::plain() };
        }
        // Lines of a nested nextest, in the output of a test, are further to the right.
        let Some(first) = places.iter().min_by_key(|at| at.end) else { return Self::plain() };
        let shapes: Vec<Self> =
            Varies::ALL.into_iter().map(|varies| Self::after(first, &places, varies)).collect();
        // The strictest under which most announcements are nextest's own, and every test that was
        // announced has a result; the latter cannot be in a log that is cut off or holds another.
        let results: Vec<StatusLine> = lines
            .iter()
            .filter(|line| is_result(&line.text))
            .filter_map(|line| status_line(&line.text))
            .collect();
        let announced: usize = lines
            .iter()
            .filter_map(|line| anchor(&line.text)?.total)
            .map(|total| usize::try_from(total).unwrap_or(usize::MAX))
            .sum();
        let tests = |shape: &Self| {
            let own = results.iter().filter(|at| shape.fits(&at.decoration, at.spaces, at.end));
            own.map(|at| (&at.binary_id, &at.test)).collect::<HashSet<_>>().len()
        };
        let own = |shape: &Self| {
            places.iter().filter(|at| shape.fits(&at.decoration, at.spaces, at.end)).count()
        };
        let most = shapes.iter().map(own).max();
        let whole: Vec<usize> =
            (0..shapes.len()).filter(|at| Some(own(&shapes[*at])) == most).collect();
        let complete = whole.iter().find(|at| announced > 0 && tests(&shapes[**at]) >= announced);
        let best = complete.or(whole.first()).copied();
        best.and_then(|best| shapes.into_iter().nth(best)).unwrap_or(Self::plain())
    }

    fn plain() -> Self {
        let varies = Varies::Numbers;
        Self::Aligned { own: String::new(), varies, column: COLUMN, whole: None }
    }

    fn after(first: &Place, places: &[Place], varies: Varies) -> Self {
        let own = mask(&first.decoration, varies);
        if first.spaces <= 1 && first.end < COLUMN {
            return Self::Collapsed { own, varies };
        }
        // Two lines of nextest with decorations of different widths that end in the same column.
        let same = |at: &&Place| mask(&at.decoration, varies) == own;
        let is_filled =
            places.iter().filter(same).any(|at| at.end != first.end && at.whole() == first.whole());
        let whole = is_filled.then_some(first.whole());
        Self::Aligned { own, varies, column: first.end, whole }
    }

    /// Whether nothing but a decoration is in a line.
    pub(super) fn is_blank(&self, text: &str) -> bool {
        let text = text.trim_end();
        text.is_empty()
            || match self {
                Self::Aligned { own, varies, .. } | Self::Collapsed { own, varies } => {
                    !own.is_empty() && *own == mask(text, *varies)
                }
                Self::Excerpt => false,
            }
    }

    pub(super) fn fits(&self, decoration: &str, spaces: usize, end: usize) -> bool {
        match self {
            Self::Aligned { own, varies, column, whole } => {
                let is_there = *column == end
                    || whole.is_some_and(|whole| decoration.chars().count() + end == whole);
                is_there && *own == mask(decoration, *varies)
            }
            Self::Collapsed { own, varies } => *own == mask(decoration, *varies) && spaces <= 1,
            Self::Excerpt => decoration.is_empty() && (end == COLUMN || spaces == 0),
        }
    }
}
