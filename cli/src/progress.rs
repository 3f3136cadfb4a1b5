//! What is shown while a run is under way: a bar on stderr, if somebody watches.

use harness::run::Case;
use indicatif::{ProgressBar, ProgressStyle};
use report::Outcome;

use crate::terminal;

/// A bar, or nothing.
pub(crate) struct Progress {
    bar: ProgressBar,
    failed: usize,
    untold: usize,
    warned: usize,
}

impl Progress {
    /// A bar if `wanted` and if stderr is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        let bar = if wanted && terminal::is_watched() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        // The template is ours, so that a mistake in it shows in every run; the plain style is no reason to stop.
        let style = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {pos}/{len} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, failed: 0, untold: 0, warned: 0 }
    }

    /// So many cases are about to run.
    pub(crate) fn begun(&mut self, total: usize) {
        self.bar.inc_length(total as u64);
        self.bar.tick();
    }

    /// A case of a run is over.
    pub(crate) fn finished(&mut self) {
        self.bar.inc(1);
    }

    /// A case of a run is known not to have held.
    pub(crate) fn known(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Inconclusive => &mut self.untold,
            Outcome::Warned => &mut self.warned,
            _ => &mut self.failed,
        };
        *count += 1;
        let counts =
            [(self.failed, "failed"), (self.untold, "could not tell"), (self.warned, "warned")];
        let told = counts.iter().filter(|(count, _)| *count > 0);
        let told: Vec<_> = told.map(|(count, word)| format!("{count} {word}")).collect();
        self.bar.set_message(told.join(", "));
    }

    /// Prints something while the bar is out of the way.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// What a hunt does, and how much of it is over, from 0 to 1.
    pub(crate) fn hunting(&mut self, doing: &str, over: f64, runs: usize, hits: usize) {
        let style = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {msg}");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_length(1_000);
        self.bar.set_position((over * 1e3) as u64);
        self.bar.set_message(format!("{doing}: {runs} runs, {hits} hits"));
    }

    /// A case of a proof is over.
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
