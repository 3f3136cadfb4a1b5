//! One case that did not pass: requirement, observation, source, command to repeat it,
//! conversation.

use shown::{Tone, printable};

use crate::outcome::Outcome;
use crate::text::{Style, WIDTH, name, one_line};
use crate::{CheckReport, FailureReport, LeakReport};

/// The number of bytes that are shown of one line of a conversation.
const MESSAGE: usize = 400;

/// The text of one case, with a final line end.
pub(super) fn render(check: &CheckReport, style: Style) -> String {
    let mut block = Block { out: String::new(), style };
    let id = style.paint.tone(Tone::Strong, &name(check));
    let level = style.paint.tone(check.outcome.tone(), &check.level.to_string());
    block.out.push_str(&format!("{level} {id}: {}\n", one_line(&check.requirement)));
    if let Some(failure) = &check.failure {
        block.failure(failure, check.outcome);
    }
    for leak in &check.leaks {
        block.leak(leak);
    }
    if let Some(reason) = &check.reason {
        block.field("reason", &reason.to_string());
    }
    block.field("source", &check.source);
    if let Some(failure) = &check.failure {
        block.field("check", &failure.place);
    }
    block.field("repeat", &check.repeat);
    block.transcript(&check.transcript);
    block.out
}

/// One labelled line, in the form that a case has.
pub(super) fn field(label: &str, value: &str, style: Style) -> String {
    let mut block = Block { out: String::new(), style };
    block.field(label, value);
    block.out
}

struct Block {
    out: String,
    style: Style,
}

impl Block {
    fn failure(&mut self, failure: &FailureReport, outcome: Outcome) {
        if outcome == Outcome::Inconclusive {
            // Our failure, not the subject's: worded differently, so that nobody mistakes it for a
            // defect of the subject.
            self.line(&format!("we could not tell: {}", failure.what));
            self.field("because", &failure.observed);
        } else {
            self.line(&failure.what);
            self.field("expected", &failure.expected);
            self.field("observed", &failure.observed);
        }
        for note in &failure.notes {
            self.line(note);
        }
    }

    fn leak(&mut self, leak: &LeakReport) {
        self.field("leaked", &format!("pid {}: {}", leak.pid, leak.command));
        self.field("", &leak.how);
        if !leak.holds.is_empty() {
            self.field("", &format!("holds {}", leak.holds.join(", ")));
        }
    }

    /// A text, which may have several lines, each indented.
    fn line(&mut self, text: &str) {
        for line in text.lines() {
            self.out.push_str(&format!("  {}\n", printable(line.as_bytes(), WIDTH)));
        }
    }

    /// A label and a value; the further lines of the value are aligned with its first.
    fn field(&mut self, label: &str, value: &str) {
        let mut label = label;
        for line in value.lines().chain(value.is_empty().then_some("(empty)")) {
            let padded = format!("{label:10}");
            let padded =
                if label.is_empty() { padded } else { self.style.paint.tone(Tone::Faint, &padded) };
            self.out.push_str(&format!("  {padded}{}\n", printable(line.as_bytes(), WIDTH)));
            label = "";
        }
    }

    /// The end of the conversation, because the last events matter most.
    fn transcript(&mut self, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        self.out.push_str("  transcript\n");
        let skipped = lines.len().saturating_sub(self.style.transcript);
        if skipped > 0 {
            self.out.push_str(&format!("    … {skipped} lines before …\n"));
        }
        for line in &lines[skipped..] {
            let line = printable(line.as_bytes(), MESSAGE);
            self.out.push_str(&format!("    {}\n", self.style.paint.tone(Tone::Faint, &line)));
        }
    }
}
