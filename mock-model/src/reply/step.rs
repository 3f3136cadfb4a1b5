//! The steps of a streamed reply, and their JSON form.

use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::want::{AppliesPatch, MisusesCommands, OpensProgram, RunsCommand, UsesTool, WritesTo};

/// One step of the model's answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    Says(Text),
    Continues(Text),
    Reasons(Text),
    Calls(Call),
    CallsCustom(CustomCall),
    RunsLocalShell(LocalShell),
    RunsCommand(RunsCommand),
    MisusesCommands(MisusesCommands),
    AppliesPatch(AppliesPatch),
    OpensProgram(OpensProgram),
    WritesTo(WritesTo),
    UsesTool(UsesTool),
    /// An output item of any other kind, as it is.
    Item(Value),
    /// An event of any other kind, as it is.
    Event(Value),
    #[serde(deserialize_with = "text_bytes")]
    Raw(Bytes),
    Hold(String),
}

impl Step {
    pub(super) fn call_id_mut(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::Calls(call) => Some(&mut call.id),
            Self::CallsCustom(call) => Some(&mut call.id),
            Self::RunsLocalShell(call) => Some(&mut call.id),
            Self::RunsCommand(want) => Some(&mut want.id),
            Self::MisusesCommands(want) => Some(&mut want.id),
            Self::AppliesPatch(want) => Some(&mut want.id),
            Self::OpensProgram(want) => Some(&mut want.id),
            Self::WritesTo(want) => Some(&mut want.id),
            Self::UsesTool(want) => Some(&mut want.id),
            _ => None,
        }
    }

    /// How long a call that opens a program or writes to one waits for it.
    pub(super) fn yield_mut(&mut self) -> Option<&mut Option<u64>> {
        match self {
            Self::OpensProgram(want) => Some(&mut want.yields_after_ms),
            Self::WritesTo(want) => Some(&mut want.yields_after_ms),
            _ => None,
        }
    }

    pub(super) fn text_mut(&mut self) -> Option<&mut Text> {
        match self {
            Self::Says(text) | Self::Continues(text) | Self::Reasons(text) => Some(text),
            _ => None,
        }
    }
}

/// A function call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// The namespace of the tool (Responses only).
    pub(crate) namespace: Option<String>,
    /// A string is sent as it is, so that arguments can be invalid JSON.
    #[serde(default)]
    pub(crate) arguments: Value,
    pub(crate) id: Option<String>,
}

impl Call {
    pub(crate) fn arguments_text(&self) -> String {
        match &self.arguments {
            Value::Null => "{}".to_owned(),
            Value::String(text) => text.clone(),
            value => value.to_string(),
        }
    }
}

/// A call of a tool whose input is free text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomCall {
    pub(crate) name: String,
    pub(crate) input: String,
    pub(crate) id: Option<String>,
}

/// A call of the built-in shell.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocalShell {
    pub(crate) command: Vec<String>,
    /// Its working directory; by default that of the conversation.
    pub(crate) workdir: Option<PathBuf>,
    pub(crate) id: Option<String>,
}

/// Text, and how it is split into deltas.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) deltas: Option<usize>,
    pub(crate) delta_chars: Option<usize>,
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, deltas: None, delta_chars: None }
    }
}

impl Text {
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match (self.deltas, self.delta_chars) {
            (Some(_), Some(_)) => Err("`deltas` and `delta_chars` exclude each other"),
            _ => Ok(()),
        }
    }

    /// The deltas; joined they are the text, unless no delta is sent.
    pub(crate) fn pieces(&self) -> Vec<&str> {
        let text = self.text.as_str();
        match (self.deltas, self.delta_chars) {
            (Some(count), _) => pieces(text, count),
            (None, Some(chars)) => {
                let length = text.chars().count();
                pieces_at(text, (0..length).step_by(chars.max(1)))
            }
            (None, None) => text.split_inclusive(char::is_whitespace).collect(),
        }
    }
}

fn pieces(text: &str, count: usize) -> Vec<&str> {
    let length = text.chars().count();
    let count = count.min(length);
    pieces_at(text, (0..count).map(|index| index * length / count))
}

/// Splits before the characters at `starts`, which begin at 0 and ascend.
fn pieces_at(text: &str, starts: impl Iterator<Item = usize>) -> Vec<&str> {
    let bytes: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
    let starts: Vec<usize> = starts.map(|start| bytes[start]).collect();
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| &text[start..end]).collect()
}

fn text_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    String::deserialize(deserializer).map(Bytes::from)
}

/// In JSON a text is a string, or an object to set the deltas.
impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            text: String,
            deltas: Option<usize>,
            delta_chars: Option<usize>,
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Text;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string, or an object with `text`")
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(text.to_owned().into())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
                let Full { text, deltas, delta_chars } =
                    Full::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Text { text, deltas, delta_chars })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn text(text: &str, deltas: Option<usize>, delta_chars: Option<usize>) -> Text {
        Text { text: text.to_owned(), deltas, delta_chars }
    }

    #[test]
    fn one_delta_a_word_by_default() {
        assert_eq!(text("one two\nthree", None, None).pieces(), ["one ", "two\n", "three"]);
        assert_eq!(text("", None, None).pieces(), [""; 0]);
    }

    #[test]
    fn deltas_never_split_a_character() {
        assert_eq!(text("añ日🦀x", Some(3), None).pieces(), ["a", "ñ日", "🦀x"]);
        assert_eq!(text("añ日🦀x", None, Some(2)).pieces(), ["añ", "日🦀", "x"]);
    }

    #[test]
    fn no_more_deltas_than_characters_and_none_on_request() {
        assert_eq!(text("日本", Some(9), None).pieces(), ["日", "本"]);
        assert_eq!(text("日本", Some(0), None).pieces(), [""; 0]);
        assert_eq!(text("", Some(3), None).pieces(), [""; 0]);
        assert_eq!(text("ab", None, Some(0)).pieces(), ["a", "b"]);
    }
}
