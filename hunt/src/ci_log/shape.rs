//! Where nextest's lines are in a stream: after which decoration, and in which column. Learned from
//! the lines that only nextest writes, and from those that have the form of its results.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::decoration::{Varies, mask};
use super::status::{Place, StatusLine, status_line};
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
    at: Place,
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
        at: Place { decoration: found["decoration"].to_owned(), spaces, end: spaces + word.len() },
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

impl Place {
    /// The column after the word, counted from the beginning of the line.
    fn whole(&self) -> usize {
        self.decoration.chars().count() + self.end
    }
}

impl Shape {
    pub(super) fn of(lines: &[Line]) -> Self {
        let anchors: Vec<Anchor> = lines.iter().filter_map(|line| anchor(&line.text)).collect();
        let announced: usize = anchors
            .iter()
            .filter_map(|anchor| anchor.total)
            .map(|total| usize::try_from(total).unwrap_or(usize::MAX))
            .sum();
        let found = || lines.iter().filter_map(|line| status_line(&line.text));
        let is_excerpt = anchors.is_empty();
        let places: Vec<Place> = if is_excerpt {
            // Progress and passes count here too.
            found().map(|line| line.at).collect()
        } else {
            anchors.into_iter().map(|anchor| anchor.at).collect()
        };
        if places.iter().any(|at| at.decoration.is_empty() && at.end == COLUMN) {
            return if is_excerpt { Self::Excerpt } else { Self::plain() };
        }
        // Lines of a nested nextest, in the output of a test, are further to the right.
        let Some(first) = places.iter().min_by_key(|at| at.end) else { return Self::plain() };
        let mut shapes: Vec<Self> =
            Varies::ALL.into_iter().map(|varies| Self::after(first, &places, varies)).collect();
        // The strictest under which most announcements are nextest's own, and every test that was
        // announced has a result; the latter cannot be in a log that is cut off or holds another.
        let own = |shape: &Self| places.iter().filter(|at| shape.fits(at)).count();
        let most = shapes.iter().map(own).max();
        shapes.retain(|shape| Some(own(shape)) == most);
        let results: Vec<StatusLine> = found().filter(StatusLine::is_result).collect();
        let tests = |shape: &Self| {
            let own = results.iter().filter(|line| shape.fits(&line.at));
            own.map(|line| (&line.binary_id, &line.test)).collect::<HashSet<_>>().len()
        };
        let is_complete = |shape: &Self| announced > 0 && tests(shape) >= announced;
        let best = shapes.iter().position(is_complete).unwrap_or(0);
        shapes.swap_remove(best)
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

    /// An announcement of nextest's own.
    pub(super) fn anchor(&self, text: &str) -> Option<Anchor> {
        anchor(text).filter(|anchor| self.fits(&anchor.at))
    }

    /// Whether a word that stands there is nextest's own.
    pub(super) fn fits(&self, at: &Place) -> bool {
        let Place { decoration, spaces, end } = at;
        match self {
            Self::Aligned { own, varies, column, whole } => {
                let is_there = column == end || *whole == Some(at.whole());
                is_there && *own == mask(decoration, *varies)
            }
            Self::Collapsed { own, varies } => *own == mask(decoration, *varies) && *spaces <= 1,
            Self::Excerpt => decoration.is_empty() && (*end == COLUMN || *spaces == 0),
        }
    }
}
