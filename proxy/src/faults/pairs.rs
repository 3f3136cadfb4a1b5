//! Pairs of notifications, recognized by the last word of their names: a beginning and its end.
//!
//! Servers name them alike, so no name has to be known: `a/started` … `a/completed`, `b/a_begin` …
//! `b/a_end`.

use crate::faults::threads::thread;
use crate::line::{Kind, Line};

const OPENS: [&str; 3] = ["started", "begin", "began"];
const CLOSES: [&str; 4] = ["completed", "complete", "end", "ended"];

/// The half of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Opens,
    Closes,
}

/// The pair that a notification belongs to: the id of its subject matter, and the name without its
/// last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    about: String,
    name: String,
}

impl Pair {
    /// Pairs with different prefixes report the same events twice, in different forms.
    fn family(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(family, _)| family)
    }

    fn same_story(&self, other: &Self) -> bool {
        self.about == other.about && self.family() == other.family()
    }
}

/// The pair of a line, and which half it is.
pub(super) fn half(line: &Line) -> Option<(Pair, Half)> {
    let method = line.is(Kind::Notification).then(|| line.method())?;
    let (name, word) = method.rsplit_once(['/', '_'])?;
    let half = if OPENS.contains(&word) {
        Half::Opens
    } else if CLOSES.contains(&word) {
        Half::Closes
    } else {
        return None;
    };
    Some((Pair { about: thread(line)?.to_owned(), name: name.to_owned() }, half))
}

/// The pairs that are open, in the order in which they were opened.
#[derive(Debug, Default)]
pub(super) struct Pairs(Vec<Pair>);

impl Pairs {
    /// Whether the line opens a pair while no other one of its family is open.
    pub(super) fn opens_first(&mut self, line: &Line) -> bool {
        let Some((pair, half)) = half(line) else { return false };
        let first = !self.0.iter().any(|open| open.same_story(&pair));
        self.take(pair, half);
        first && half == Half::Opens
    }

    /// Whether the line closes the pair of its family that was opened first.
    pub(super) fn closes_all(&mut self, line: &Line) -> bool {
        let Some((pair, half)) = half(line) else { return false };
        let outermost = self.0.iter().find(|open| open.same_story(&pair)) == Some(&pair);
        self.take(pair, half);
        outermost && half == Half::Closes
    }

    fn take(&mut self, pair: Pair, half: Half) {
        match (half, self.0.iter().rposition(|open| *open == pair)) {
            (Half::Opens, _) => self.0.push(pair),
            (Half::Closes, Some(at)) => drop(self.0.remove(at)),
            (Half::Closes, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pairs;
    use crate::line::Line;

    fn line(method: &str) -> Line {
        let text = format!(r#"{{"method":"{method}","params":{{"threadId":"t"}}}}"#);
        Line::new(text.into_bytes())
    }

    fn those(methods: &[&str], what: fn(&mut Pairs, &Line) -> bool) -> Vec<usize> {
        let mut pairs = Pairs::default();
        let numbered = methods.iter().enumerate();
        numbered.filter(|(_, method)| what(&mut pairs, &line(method))).map(|(n, _)| n).collect()
    }

    const STORY: [&str; 8] = [
        "turn/started",
        "event/task_started",
        "item/started",
        "other",
        "item/completed",
        "event/task_complete",
        "item/completed",
        "turn/completed",
    ];

    #[test]
    fn the_first_and_the_last_of_each_story_are_found() {
        assert_eq!(those(&STORY, Pairs::opens_first), [0, 1]);
        assert_eq!(those(&STORY, Pairs::closes_all), [5, 7]);
    }
}
