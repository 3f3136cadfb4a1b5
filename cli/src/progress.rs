//! The progress bar on stderr, shown if stderr is a terminal.

use harness::run::Case;
use indicatif::{ProgressBar, ProgressStyle};
use report::Outcome;

use crate::terminal;

/// A bar, or no output.
pub(crate) struct Progress {
    bar: ProgressBar,
    failed: usize,
    inconclusive: usize,
    warned: usize,
}

impl Progress {
    /// A bar, if `wanted` and stderr is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        let bar = if wanted && terminal::is_watched() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        // The template is a constant, so that a mistake in it shows in every run; the default style
        // is no reason to stop.
        let style = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {pos}/{len} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, failed: 0, inconclusive: 0, warned: 0 }
    }

    /// Called with the number of cases that are about to run.
    pub(crate) fn begun(&mut self, total: usize) {
        self.bar.inc_length(total as u64);
        self.bar.tick();
    }

    /// Called at the end of a case.
    pub(crate) fn finished(&mut self) {
        self.bar.inc(1);
    }

    /// Called when a case is known not to have held.
    pub(crate) fn known(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Inconclusive => &mut self.inconclusive,
            Outcome::Warned => &mut self.warned,
            _ => &mut self.failed,
        };
        *count += 1;
        let counts = [
            (self.failed, "failed"),
            (self.inconclusive, "could not tell"),
            (self.warned, "warned"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        self.bar.set_message(counts.join(", "));
    }

    /// Prints something while the bar is hidden.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Shows the present step of a hunt, and its progress from 0 to 1.
    pub(crate) fn hunting(&mut self, doing: &str, over: f64, runs: usize, hits: usize) {
        let style = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {msg}");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_length(1_000);
        self.bar.set_position((over * 1e3) as u64);
        self.bar.set_message(format!("{doing}: {runs} runs, {hits} hits"));
    }

    /// Called at the end of a case of a proof.
    pub(crate) fn proved(&mut self, case: &Case) {
        self.bar.set_message(case.name());
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
