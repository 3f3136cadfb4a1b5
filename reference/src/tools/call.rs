//! The model's calls, decoded: a program to run or a patch to apply.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::offer::{self, Purpose};
use super::session::Patience;
use super::shell;
use crate::fault::fault;
use crate::history::call_id;
use crate::process::Finished;

/// What a call asks for.
#[derive(Debug)]
pub(crate) enum Call {
    Run(Run),
    Say(Say),
    Patch { id: String, text: String, cwd: PathBuf },
}

/// A program to run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) argv: Vec<String>,
    pub(crate) cwd: PathBuf,
    pub(crate) limit: Option<Duration>,
    /// The model asks for more than the sandbox allows.
    pub(crate) escalated: bool,
    pub(crate) justification: Option<String>,
    /// Set if the call may return before the program has ended.
    pub(crate) session: Option<Terms>,
    unified: bool,
}

/// How a call deals with a program that goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Whether the program has a terminal.
    pub(crate) tty: bool,
    /// How long the call waits for it.
    pub(crate) yields: Duration,
    /// How many tokens of output the model wants at most.
    pub(crate) most: usize,
}

/// Something to be written to a program that goes on.
#[derive(Debug)]
pub(crate) struct Say {
    pub(crate) session: i64,
    pub(crate) chars: String,
    pub(crate) terms: Terms,
}

impl Run {
    /// What the model reads of how it went.
    pub(crate) fn report(&self, finished: &Finished) -> String {
        let seconds = finished.duration.as_secs_f64();
        let lost = fault!(EXIT_CODE_LOST);
        let code = if lost { 0 } else { finished.exit_code };
        let late = if finished.timed_out { "command timed out\n" } else { "" };
        let output = &finished.both;
        if self.unified {
            format!(
                "Wall time: {seconds:.4} seconds\nProcess exited with code {code}\nOutput:\n\
                 {late}{output}"
            )
        } else {
            format!("Exit code: {code}\nWall time: {seconds:.1} seconds\nOutput:\n{late}{output}")
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Arguments {
    #[serde(alias = "script")]
    cmd: Option<String>,
    command: Option<Words>,
    input: Option<String>,
    #[serde(alias = "working_directory", alias = "directory")]
    workdir: Option<PathBuf>,
    #[serde(alias = "timeout")]
    timeout_ms: Option<u64>,
    justification: Option<String>,
    sandbox_permissions: Option<String>,
    with_escalated_permissions: Option<bool>,
    #[serde(alias = "pty")]
    tty: Option<bool>,
    #[serde(alias = "wait_ms")]
    yield_time_ms: Option<u64>,
    max_output_tokens: Option<usize>,
    session_id: Option<i64>,
    /// The same number, as a text.
    terminal_id: Option<String>,
    #[serde(alias = "text")]
    chars: Option<String>,
    /// Wanted by a tool of another name than the usual ones, and of no matter.
    explanation: Option<String>,
}

impl Arguments {
    fn terms(&self, patience: Patience) -> Terms {
        Terms {
            tty: self.tty == Some(true),
            yields: patience.time(self.yield_time_ms),
            most: self.max_output_tokens.unwrap_or(10_000),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Words {
    List(Vec<String>),
    Line(String),
}

/// Reads a call; the error is what the model gets back.
pub(crate) fn parse(item: &Value, cwd: &Path) -> Result<Call, String> {
    let id = call_id(item).unwrap_or_default().to_owned();
    let name = item["name"].as_str().unwrap_or_default();
    let decode = |arguments: Value| {
        serde_json::from_value(arguments)
            .map_err(|error| format!("failed to parse function arguments: {error}"))
    };
    match item["type"].as_str() {
        Some("local_shell_call") if !offer::has_local_shell() => {
            Err("unsupported call: local_shell".to_owned())
        }
        Some("local_shell_call") => run(id, decode(item["action"].clone())?, cwd, false),
        Some("custom_tool_call") if name == "apply_patch" && offer::has_free_patch() => {
            Ok(Call::Patch {
                id,
                text: item["input"].as_str().unwrap_or_default().to_owned(),
                cwd: cwd.to_owned(),
            })
        }
        Some("custom_tool_call") => Err(format!("unsupported custom tool call: {name}")),
        _ => {
            let arguments = item["arguments"].as_str().unwrap_or("{}");
            let arguments = serde_json::from_str(arguments)
                .map_err(|error| format!("failed to parse function arguments: {error}"))?;
            let arguments: Arguments = decode(arguments)?;
            match offer::purpose(name) {
                Some(Purpose::Open)
                    if name == "run_in_terminal" && arguments.explanation.is_none() =>
                {
                    Err("failed to parse function arguments: missing field `explanation`"
                        .to_owned())
                }
                Some(Purpose::Open) => run(id, arguments, cwd, true),
                Some(Purpose::Run) => run(id, arguments, cwd, false),
                Some(Purpose::Say) => say(arguments),
                Some(Purpose::Patch) => Ok(Call::Patch {
                    id,
                    text: arguments.input.unwrap_or_default(),
                    cwd: cwd.to_owned(),
                }),
                None => Err(format!("unsupported call: {name}")),
            }
        }
    }
}

fn say(arguments: Arguments) -> Result<Call, String> {
    let named = arguments.terminal_id.as_ref().and_then(|id| id.parse().ok());
    let Some(session) = arguments.session_id.or(named) else {
        return Err("failed to parse function arguments: missing field `session_id`".to_owned());
    };
    let silent = arguments.chars.as_deref().unwrap_or_default().is_empty();
    let terms = arguments.terms(if silent { Patience::LISTEN } else { Patience::WRITE });
    Ok(Call::Say(Say { session, chars: arguments.chars.unwrap_or_default(), terms }))
}

fn run(id: String, arguments: Arguments, cwd: &Path, unified: bool) -> Result<Call, String> {
    // Without either it returns when the program has ended: how long that may take is the server's affair.
    let goes_on = arguments.tty == Some(true) || arguments.yield_time_ms.is_some();
    let session = (unified && goes_on).then(|| arguments.terms(Patience::START));
    let argv = match (arguments.cmd, arguments.command) {
        (Some(line), _) | (None, Some(Words::Line(line))) => shell::wrap(&line),
        (None, Some(Words::List(words))) => words,
        (None, None) => return Err("missing field `cmd`".to_owned()),
    };
    if argv.is_empty() {
        return Err("command must not be empty".to_owned());
    }
    let workdir = arguments.workdir.filter(|_| !fault!(WORKDIR_IGNORED));
    let cwd = workdir.map_or_else(|| cwd.to_owned(), |workdir| cwd.join(workdir));
    if let Some((text, folder)) = shell::heredoc_patch(&argv) {
        return Ok(Call::Patch { id, text, cwd: folder.map_or(cwd.clone(), |to| cwd.join(to)) });
    }
    Ok(Call::Run(Run {
        id,
        argv,
        cwd,
        limit: arguments.timeout_ms.map(Duration::from_millis),
        escalated: arguments.with_escalated_permissions == Some(true)
            || arguments.sandbox_permissions.as_deref() == Some("require_escalated"),
        justification: arguments.justification,
        session,
        unified,
    }))
}
