//! What the checks of this chapter look at: commands, items and deltas among the calls of a turn,
//! the model's input, files.

use std::path::{Path, PathBuf};

use harness::{Call, Context, Failure, Result, ensure, show, text_at};
use mock_model::{Reply, applies_patch};

use crate::client::{ContextExt, Thread};

/// A reply of the model that adds a file by a patch.
pub(super) fn adds_file(name: &str, line: &str) -> Reply {
    applies_patch(format!("*** Begin Patch\n*** Add File: {name}\n+{line}\n*** End Patch\n"))
}

/// A file that only a command of the model writes, one line each time.
pub(super) struct Marker(PathBuf);

impl Marker {
    /// A marker in the working directory; it is not there yet.
    pub(super) fn new(cx: &Context, name: &str) -> Self {
        Self(cx.home.work().join(name))
    }

    /// The command line that writes a line, which no server treats as harmless.
    pub(super) fn command(&self) -> String {
        format!("echo ran >> '{}'", self.0.display())
    }

    /// How often the command has run.
    pub(super) fn runs(&self) -> usize {
        std::fs::read_to_string(&self.0).map_or(0, |text| text.lines().count())
    }
}

/// What a file holds; `None` if there is none.
pub(super) fn content(path: impl AsRef<Path>) -> Option<String> {
    std::fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A command that has ended, as the client receives it.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) id: String,
    pub(crate) exit_code: Option<i64>,
    pub(crate) output: String,
    /// Its place in the conversation.
    pub(crate) seq: usize,
}

/// The commands whose end is reported in these calls.
pub(crate) fn commands(cx: &Context, thread: &Thread, calls: &[Call]) -> Vec<Ended> {
    let protocol = cx.protocol();
    let ends = calls.iter().filter(|call| protocol.command_ended.is(call, thread));
    ends.map(|call| {
        let end = protocol.command_ended.content(call);
        let text = |member: &str| end[member].as_str().unwrap_or_default().to_owned();
        Ended {
            id: text(protocol.call_id),
            exit_code: end[protocol.exit_code].as_i64(),
            output: protocol.outputs.iter().map(|member| text(member)).collect(),
            seq: call.seq,
        }
    })
    .collect()
}

/// The only command whose end is reported in these calls.
pub(super) fn command(cx: &Context, thread: &Thread, calls: &[Call]) -> Result<Ended> {
    let mut found = commands(cx, thread, calls);
    ensure!(
        found.len() == 1,
        "commands with a reported end",
        "one",
        format!("{}: {}", found.len(), methods(calls))
    );
    Ok(found.remove(0))
}

/// The first call that fits.
pub(super) fn first<'a>(
    calls: &'a [Call],
    what: &str,
    fits: impl Fn(&Call) -> bool,
) -> Result<&'a Call> {
    calls
        .iter()
        .find(|call| fits(call))
        .ok_or_else(|| Failure::mismatch(what, "one", format!("none among {}", methods(calls))))
}

/// The methods of calls, for failures.
pub(super) fn methods(calls: &[Call]) -> String {
    let names: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    names.join(", ")
}

/// The text of a piece of the agent's message.
pub(super) fn delta(call: &Call) -> &str {
    let place =
        if call.method.starts_with("codex/event/") { &call.params["msg"] } else { &call.params };
    place["delta"].as_str().unwrap_or_default()
}

/// The output of its call that the model receives in its request of this number.
pub(crate) async fn output(cx: &Context, request: usize, call: &str) -> Result<String> {
    let request = cx.asked(request).await?;
    request.tool_output(call).ok_or_else(|| {
        let number = request.number().unwrap_or_default();
        Failure::mismatch(
            format!("the output of call {call:?} in request {number} to the model"),
            "an output",
            format!("none; the input is {}", show(request.input_items())),
        )
    })
}

/// The id of the thread that a request for approval is about.
pub(super) fn thread_of(request: &Call) -> Result<&str> {
    named_in(request, ["/conversationId", "/conversation_id", "/threadId"])
}

/// The id of the model's call that a request for approval is about.
pub(super) fn call_of(request: &Call) -> Result<&str> {
    named_in(request, ["/callId", "/call_id", "/itemId"])
}

/// The first of these texts in a request for approval; a failure names the last.
fn named_in<'c>(request: &'c Call, names: [&str; 3]) -> Result<&'c str> {
    let found = names.iter().find_map(|name| request.params.pointer(name)?.as_str());
    found.map_or_else(|| text_at(&request.params, names[2], "request for approval"), Ok)
}
