//! A reply on one line, for the journal and the diff.

use std::fmt::{self, Display, Write as _};

use super::step::Step;
use super::{End, Reply};

/// The longest quotation of a text, in characters.
const QUOTE: usize = 40;

impl Display for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.send.iter().map(Step::to_string).collect();
        if let Some(http) = &self.http {
            parts.push(format!("answers with HTTP status {}", http.status));
        }
        if self.template.is_some() {
            parts.push("answers from a template".to_owned());
        }
        match &self.end {
            End::Completed if parts.is_empty() => parts.push("completes".to_owned()),
            End::Completed => {}
            End::Failed { code, .. } => parts.push(format!("fails with {code}")),
            End::Incomplete { reason } => parts.push(format!("is incomplete for {reason}")),
            End::Nothing => parts.push("does not complete".to_owned()),
        }
        formatter.write_str(&parts.join(", "))?;
        for hold in &self.hold_after {
            write!(formatter, ", holds {:?} after event {}", hold.name, hold.events)?;
        }
        match self.cut_after {
            Some(events) => write!(formatter, ", is cut after event {events}"),
            None => Ok(()),
        }
    }
}

impl Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Says(text) => write!(formatter, "says {}", quoted(&text.text)),
            Self::Continues(text) => write!(formatter, "continues {}", quoted(&text.text)),
            Self::Reasons(text) => write!(formatter, "reasons {}", quoted(&text.text)),
            Self::Calls(call) => {
                write!(formatter, "calls {}({})", call.name, short(&call.arguments_text()))
            }
            Self::CallsCustom(call) => {
                write!(formatter, "calls {} with {}", call.name, quoted(&call.input))
            }
            Self::RunsLocalShell(call) => {
                write!(formatter, "runs {}", short(&call.command.join(" ")))
            }
            Self::RunsCommand(want) => want.fmt(formatter),
            Self::MisusesCommands(want) => want.fmt(formatter),
            Self::AppliesPatch(want) => want.fmt(formatter),
            Self::OpensProgram(want) => want.fmt(formatter),
            Self::WritesTo(want) => want.fmt(formatter),
            Self::UsesTool(want) => want.fmt(formatter),
            Self::Item(item) => write!(formatter, "sends item {}", short(&item.to_string())),
            Self::Event(event) => write!(formatter, "sends event {}", short(&event.to_string())),
            Self::Raw(bytes) => write!(formatter, "sends {} raw bytes", bytes.len()),
            Self::Hold(gate) => write!(formatter, "holds {gate:?}"),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("{:?}", short(text))
}

/// The beginning of a text.
pub(crate) fn short(text: &str) -> String {
    let mut chars = text.chars();
    let mut result: String = chars.by_ref().take(QUOTE).collect();
    if chars.next().is_some() {
        // Writing to a string cannot fail.
        let _ = write!(result, "…");
    }
    result
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use crate::{calls, completes, http, says};

    #[test]
    fn a_reply_reads_as_a_sentence() {
        let reply = says("Hello").hold("gate").and(calls("shell", json!({ "command": ["ls"] })));
        assert_eq!(
            reply.cut_after(3).to_string(),
            r#"says "Hello", holds "gate", calls shell({"command":["ls"]}), is cut after event 3"#,
        );
        assert_eq!(completes().to_string(), "completes");
        assert_eq!(http(503).to_string(), "answers with HTTP status 503");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let text = "日".repeat(41);
        assert_eq!(says(text).to_string(), format!("says \"{}…\"", "日".repeat(40)));
    }
}
