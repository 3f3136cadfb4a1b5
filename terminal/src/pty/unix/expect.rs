//! Waits for a text or a pattern; each search begins where the last match ended.

use std::ops::Range;
use std::time::{Duration, Instant};

use regex::Regex;

use super::{Match, PATIENCE, Pattern, Pty, PtyError};

impl Pattern {
    fn find(&self, text: &str) -> Option<Range<usize>> {
        match self {
            Self::Text(sought) => text.find(sought).map(|start| start..start + sought.len()),
            Self::Regex(regex) => regex.find(text).map(|found| found.range()),
        }
    }
}

impl Pty {
    /// Waits until a text or pattern was shown after the last match; no longer than [`PATIENCE`].
    ///
    /// # Errors
    ///
    /// If the time was up or the program ended before; the message shows the screen.
    pub async fn expect(&mut self, pattern: impl Into<Pattern>) -> Result<Match, PtyError> {
        self.expect_within(pattern, PATIENCE).await
    }

    /// Like [`Pty::expect`], but no longer than `within`.
    ///
    /// # Errors
    ///
    /// If the time was up or the program ended before; the message shows the screen.
    pub async fn expect_within(
        &mut self,
        pattern: impl Into<Pattern>,
        within: Duration,
    ) -> Result<Match, PtyError> {
        let pattern = pattern.into();
        let from = self.matched;
        let look = |record: &super::Record| {
            let text = &record.text()[from..];
            let at = pattern.find(text)?;
            let groups = match &pattern {
                Pattern::Text(_) => Vec::new(),
                Pattern::Regex(regex) => groups(regex, text),
            };
            let matched = Match {
                before: text[..at.start].to_owned(),
                text: text[at.clone()].to_owned(),
                groups,
            };
            Some((matched, from + at.end))
        };
        let waited = self.wait_for(&pattern.to_string(), Instant::now() + within, look).await;
        match waited {
            Ok((matched, end)) => {
                self.matched = end;
                Ok(matched)
            }
            Err(error) => Err(self.explained(error, &pattern)),
        }
    }

    /// Waits until a text or pattern is on the screen, as a person sees it: for programs that draw,
    /// where what is shown comes in pieces and in any order. Lines of the screen end with a line
    /// feed and have no trailing spaces. Does not change where [`Pty::expect`] begins.
    ///
    /// # Errors
    ///
    /// If the time was up or the program ended before; the message shows the screen.
    pub async fn expect_on_screen(
        &mut self,
        pattern: impl Into<Pattern>,
        within: Duration,
    ) -> Result<String, PtyError> {
        let pattern = pattern.into();
        let look = |record: &mut super::Record| {
            let screen = record.screen();
            pattern.find(&screen).is_some().then_some(screen)
        };
        let awaited = format!("{pattern} on the screen");
        self.wait_until(&awaited, Instant::now() + within, look).await
    }

    /// The commonest mistake is to search for a text before the last match.
    fn explained(&self, error: PtyError, pattern: &Pattern) -> PtyError {
        let passed = pattern.find(&self.pump.record().text()[..self.matched]).is_some();
        let hint = "it was shown before the last match, but the search begins after that match";
        match error {
            PtyError::TimedOut(mut waiting) if passed => {
                waiting.hint = Some(hint.to_owned());
                PtyError::TimedOut(waiting)
            }
            PtyError::Ended(mut waiting) if passed => {
                waiting.hint = Some(hint.to_owned());
                PtyError::Ended(waiting)
            }
            error => error,
        }
    }
}

fn groups(regex: &Regex, text: &str) -> Vec<Option<String>> {
    let found = regex.captures(text);
    let group = |group: Option<regex::Match<'_>>| group.map(|group| group.as_str().to_owned());
    found.map(|found| found.iter().skip(1).map(group).collect()).unwrap_or_default()
}
