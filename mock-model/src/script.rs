//! The model's replies, in order.

use std::collections::VecDeque;

use serde::Deserialize;
use thiserror::Error;

use crate::reply::Reply;

/// The replies of a model, one for each request to `…/responses` or `…/chat/completions`.
///
/// Anything that yields [`Reply`]s is a script.
///
/// # The JSON form
///
/// A script is an object; every member may be left out, and an unknown one is an error.
///
/// | member | value |
/// |---|---|
/// | `replies` | list of replies, used in order, one for each request |
/// | `forever` | the reply to every request after those |
/// | `compact_with` | the HTTP answer to every `…/responses/compact` request |
///
/// A reply is an object; `{}` is a response that is complete and empty.
///
/// | member | value |
/// |---|---|
/// | `send` | list of steps (below) |
/// | `end` | `"completed"` (default), `"nothing"`, `{"failed": {"code", "message"}}` or `{"incomplete": {"reason"}}` |
/// | `usage` | `{"input", "output", "cached"?, "reasoning"?}`, in tokens |
/// | `http` | `{"status", "body"}` in place of `send`; a string body is sent as text, any other as JSON |
/// | `content_type`, `headers` | a string; an object of strings |
/// | `first_byte_after_ms` | delay before the status line, in milliseconds |
/// | `hold_after` | list of `{"events", "name"}`: gates by event count |
/// | `cut_after` | number of events before the connection breaks |
///
/// A step is an object with one member:
///
/// | member | value |
/// |---|---|
/// | `says`, `reasons`, `continues` | text, or `{"text", "deltas"}`, or `{"text", "delta_chars"}` |
/// | `calls` | `{"name", "namespace", "arguments", "id"}`; `arguments` is any JSON, a string is sent as it is |
/// | `calls_custom` | `{"name", "input", "id"}` |
/// | `runs_local_shell` | `{"command", "workdir", "id"}` |
/// | `runs_command` | `{"command", "workdir", "id"}`: a command line, by whichever tool the request offers |
/// | `misuses_commands` | `{"arguments", "id"}`: any arguments for that tool |
/// | `applies_patch` | `{"patch", "workdir", "id"}` |
/// | `opens_program` | `{"command", "yields_after_ms", "id"}`: at a terminal, to be written to |
/// | `uses_tool` | `{"server", "tool", "arguments", "id"}` |
/// | `writes_to` | `{"session", "chars", "yields_after_ms", "id"}` |
/// | `item`, `event` | an output item, an event, as it is |
/// | `raw` | text that is sent as it is |
/// | `hold` | the name of a gate |
///
/// ```
/// use mock_model::Script;
///
/// let script = Script::from_json(
///     r#"{
///         "replies": [
///             { "send": [{ "runs_command": { "command": "ls" } }] },
///             { "send": [{ "says": "There is one file." }], "first_byte_after_ms": 20 },
///             { "http": { "status": 503, "body": { "error": { "message": "busy" } } } }
///         ],
///         "forever": { "send": [{ "says": { "text": "Nothing to add.", "deltas": 2 } }] }
///     }"#,
/// )?;
/// # let _ = script;
/// # Ok::<(), mock_model::ScriptError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "ScriptFile")]
#[must_use = "a script does nothing until a model has it"]
pub struct Script {
    replies: VecDeque<Reply>,
    forever: Option<Reply>,
    compact_with: Option<Reply>,
}

/// The text is not a script.
#[derive(Debug, Error)]
#[error("cannot read the script: {0}")]
pub struct ScriptError(#[from] serde_json::Error);

impl Script {
    /// A script of these replies, after which every request is an error.
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self { replies: replies.into_iter().collect(), ..Self::default() }
    }

    /// A script that gives the same reply to every request.
    pub fn forever(reply: Reply) -> Self {
        Self { forever: Some(reply), ..Self::default() }
    }

    /// Gives this reply to every request after the others are used.
    pub fn then_forever(mut self, reply: Reply) -> Self {
        self.forever = Some(reply);
        self
    }

    /// Gives this HTTP answer to every `…/responses/compact` request.
    ///
    /// By default such a request gets back its own user messages and one compaction item.
    pub fn compact_with(mut self, reply: Reply) -> Self {
        self.compact_with = Some(reply);
        self
    }

    /// Reads the [JSON form](Self#the-json-form).
    ///
    /// # Errors
    ///
    /// If the text is not JSON, has an unknown member, or a reply contradicts itself; the message
    /// names the place.
    pub fn from_json(text: &str) -> Result<Self, ScriptError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The number of unused replies, without the repeating one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.replies.len()
    }

    /// Whether every reply has been used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }

    pub(crate) fn push(&mut self, reply: Reply) {
        self.replies.push_back(reply);
    }

    pub(crate) fn take(&mut self) -> Option<Reply> {
        self.replies.pop_front().or_else(|| self.forever.clone())
    }

    pub(crate) fn compaction(&self) -> Option<&Reply> {
        self.compact_with.as_ref()
    }

    pub(crate) fn left(&self) -> impl Iterator<Item = &Reply> {
        self.replies.iter()
    }
}

impl<I: IntoIterator<Item = Reply>> From<I> for Script {
    fn from(replies: I) -> Self {
        Self::new(replies)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptFile {
    #[serde(default)]
    replies: Vec<Reply>,
    forever: Option<Reply>,
    compact_with: Option<Reply>,
}

impl TryFrom<ScriptFile> for Script {
    type Error = String;

    fn try_from(file: ScriptFile) -> Result<Self, String> {
        let ScriptFile { replies, forever, compact_with } = file;
        for (index, reply) in replies.iter().enumerate() {
            reply.check().map_err(|flaw| format!("reply {}: {flaw}", index + 1))?;
        }
        for (name, reply) in [("forever", &forever), ("compact_with", &compact_with)] {
            if let Some(reply) = reply {
                reply.check().map_err(|flaw| format!("`{name}`: {flaw}"))?;
            }
        }
        Ok(Self { replies: replies.into(), forever, compact_with })
    }
}
