//! Turns an action of the model into a call of an offered tool: a tool with a known name, otherwise
//! one with a fitting schema.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{Form, Tool, filler, is, names, tools};
use crate::reply::Reply;
use crate::reply::step::{Call, CustomCall, LocalShell, Step};
use crate::reply::want::Unoffered;

/// The tools that run commands in Codex, the usual one first.
const RUNNERS: [&str; 6] =
    ["exec_command", "shell", "shell_command", "local_shell", "container.exec", "unified_exec"];
/// The names of the member with the command line.
const COMMAND: [&str; 6] = ["cmd", "command", "command_line", "commandLine", "script", "commands"];
/// Further names of it in a tool that is about commands.
const MAYBE_COMMAND: [&str; 3] = ["line", "input", "code"];
/// The words in a tool that is about commands.
const ABOUT_COMMANDS: [&str; 4] = ["shell", "terminal", "command", "bash"];
const WORKDIR: [&str; 6] =
    ["workdir", "working_directory", "cwd", "directory", "dir", "workingDirectory"];
const TERMINAL: [&str; 4] = ["tty", "pty", "interactive", "terminal"];
const YIELD: [&str; 3] = ["yield_time_ms", "yield_ms", "wait_ms"];
const SESSION: [&str; 5] = ["session_id", "session", "process_id", "terminal_id", "sessionId"];
const CHARS: [&str; 5] = ["chars", "input", "text", "data", "stdin"];
const PATCH: [&str; 2] = ["input", "patch"];
const WRITER: &str = "write_stdin";
const PATCHER: &str = "apply_patch";
const TEXT: [&str; 2] = ["string", "array"];
const NUMBER: [&str; 2] = ["number", "integer"];

/// The reply with every action as a call of an offered tool; or the action without a tool.
pub(crate) fn resolve(reply: &Reply, request: &Value) -> Result<Reply, Unoffered> {
    let offer = Offer { tools: tools(request), request };
    let mut resolved = reply.clone();
    for step in &mut resolved.send {
        if let Some(called) = offer.called(step) {
            *step = called.map_err(|wanted| Unoffered {
                wanted: wanted.to_owned(),
                offered: names(request).into_iter().map(str::to_owned).collect(),
            })?;
        }
    }
    Ok(resolved)
}

/// The name of the tool that the model would call to run a command.
pub(crate) fn runner(request: &Value) -> Option<&str> {
    let offer = Offer { tools: tools(request), request };
    offer.runner(|_| true).map(|tool| tool.name)
}

struct Offer<'a> {
    tools: Vec<Tool<'a>>,
    request: &'a Value,
}

impl<'a> Offer<'a> {
    /// An action as a call, or the missing tool; `None` if the step is not an action.
    fn called(&self, step: &Step) -> Option<Result<Step, &'static str>> {
        Some(match step {
            Step::RunsCommand(run) => match &run.workdir {
                None => self.run(&run.command, None, &run.id).ok_or("tool that runs a command"),
                Some(place) => self
                    .run(&run.command, Some(place), &run.id)
                    .ok_or("tool that runs a command in a directory that the call names"),
            },
            Step::MisusesCommands(misuse) => self
                .runner(|tool| matches!(tool.form, Form::Function(_)))
                .map(|tool| call(tool, misuse.arguments.clone(), &misuse.id))
                .ok_or("function that runs a command"),
            Step::AppliesPatch(patch) => match &patch.workdir {
                None => self
                    .patch(&patch.patch, &patch.id)
                    .or_else(|| self.patch_in_shell("", &patch.patch, &patch.id))
                    .ok_or("tool that applies a patch, and no shell in which `apply_patch` does"),
                Some(place) => {
                    let change = format!("cd '{}' && ", place.display());
                    self.patch_in_shell(&change, &patch.patch, &patch.id)
                        .ok_or("shell in which `apply_patch` applies a patch")
                }
            },
            Step::OpensProgram(open) => self
                .open(&open.command, open.yields_after_ms, &open.id)
                .ok_or("tool that opens a program at a terminal, to write to it later"),
            Step::WritesTo(write) => self
                .write(write.session, &write.chars, write.yields_after_ms, &write.id)
                .ok_or("tool that writes to a program"),
            Step::UsesTool(uses) => self
                .served(&uses.server, &uses.tool)
                .map(|tool| call(tool, uses.arguments.clone(), &uses.id))
                .ok_or("tool of that MCP server"),
            _ => return None,
        })
    }

    /// The tool of an MCP server: in a namespace for the server, under a name that begins with the
    /// server's, or else under its own name alone.
    fn served(&self, server: &str, tool: &str) -> Option<&Tool<'a>> {
        let from_server = |offered: &&Tool<'a>| {
            offered.namespace.unwrap_or(offered.name).contains(server)
                && ends_with_word(offered.name, tool)
        };
        let alone = |offered: &&Tool<'a>| offered.namespace.is_none() && offered.name == tool;
        self.tools.iter().find(from_server).or_else(|| self.tools.iter().find(alone))
    }

    fn named(&self, name: &str) -> Option<&Tool<'a>> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    /// The tool that runs commands, among those that fit.
    fn runner(&self, fits: impl Fn(&Tool<'a>) -> bool) -> Option<&Tool<'a>> {
        let known = RUNNERS.iter().filter_map(|name| self.named(name));
        let others = self.tools.iter().filter(|tool| runs(tool));
        known.chain(others).find(|tool| fits(tool))
    }

    fn run(&self, line: &str, place: Option<&Path>, id: &Option<String>) -> Option<Step> {
        let tool = self.runner(|tool| match (place, tool.form) {
            (None, _) | (_, Form::LocalShell) => true,
            (Some(_), Form::Custom) => false,
            (Some(_), Form::Function(_)) => tool.first(&WORKDIR, &["string"]).is_some(),
        })?;
        let command = in_shell(line);
        Some(match tool.form {
            Form::LocalShell => {
                let workdir = place.map(Path::to_owned);
                Step::RunsLocalShell(LocalShell { command, workdir, id: id.clone() })
            }
            Form::Custom => custom(tool, line, id),
            Form::Function(_) => {
                let mut arguments = command_of(tool, line);
                if let (Some(place), Some((member, _))) = (place, tool.first(&WORKDIR, &["string"]))
                {
                    arguments.insert(member.to_owned(), json!(place));
                }
                function(tool, arguments, id)
            }
        })
    }

    /// By the tool for patches.
    fn patch(&self, patch: &str, id: &Option<String>) -> Option<Step> {
        let tool = self.named(PATCHER)?;
        match tool.form {
            Form::Custom => Some(custom(tool, patch, id)),
            Form::Function(_) => {
                let member = tool.first(&PATCH, &["string"]).map_or("input", |(name, _)| name);
                Some(function(tool, single(member, patch.into()), id))
            }
            Form::LocalShell => None,
        }
    }

    /// In a shell, where the request says that this is possible.
    fn patch_in_shell(&self, change: &str, patch: &str, id: &Option<String>) -> Option<Step> {
        let told = ["instructions", "input", "messages"].map(|member| &self.request[member]);
        let others = self.tools.iter().filter(|tool| tool.name != PATCHER);
        let known = told.into_iter().any(|told| told.to_string().contains(PATCHER))
            || others.into_iter().any(|tool| tool.is_about(&[PATCHER]));
        let end = if patch.ends_with('\n') { "" } else { "\n" };
        let line = format!("{change}{PATCHER} <<'EOF'\n{patch}{end}EOF\n");
        known.then(|| self.run(&line, None, id)).flatten()
    }

    fn open(&self, line: &str, yields: Option<u64>, id: &Option<String>) -> Option<Step> {
        self.writer()?;
        let tool = self.runner(|tool| {
            tool.first(&TERMINAL, &["boolean"]).is_some() || tool.first(&YIELD, &NUMBER).is_some()
        })?;
        let mut arguments = command_of(tool, line);
        if let Some((member, _)) = tool.first(&TERMINAL, &["boolean"]) {
            arguments.insert(member.to_owned(), true.into());
        }
        waiting(tool, &mut arguments, yields);
        Some(function(tool, arguments, id))
    }

    /// The tool that writes to a program.
    fn writer(&self) -> Option<&Tool<'a>> {
        let others = self.tools.iter().filter(|tool| {
            tool.first(&SESSION, &["number", "integer", "string"]).is_some()
                && tool.first(&CHARS, &["string"]).is_some()
        });
        self.named(WRITER).into_iter().chain(others).next()
    }

    fn write(
        &self,
        session: u64,
        chars: &str,
        yields: Option<u64>,
        id: &Option<String>,
    ) -> Option<Step> {
        let tool = self.writer()?;
        let (member, schema) = tool
            .first(&SESSION, &["number", "integer", "string"])
            .unwrap_or(("session_id", &Value::Null));
        let session =
            if is(schema, "string") { session.to_string().into() } else { session.into() };
        let mut arguments = single(member, session);
        let text = tool.first(&CHARS, &["string"]).map_or("chars", |(name, _)| name);
        arguments.insert(text.to_owned(), chars.into());
        waiting(tool, &mut arguments, yields);
        Some(function(tool, arguments, id))
    }
}

/// Whether a name ends with this word, and not in the middle of another.
fn ends_with_word(name: &str, word: &str) -> bool {
    name.strip_suffix(word).is_some_and(|before| !before.ends_with(char::is_alphanumeric))
}

/// Whether a tool with an unknown name runs commands, judging by its schema.
fn runs(tool: &Tool<'_>) -> bool {
    let others = [WRITER, PATCHER].contains(&tool.name);
    let within = tool.required().any(|name| SESSION.contains(&name));
    !others && !within && matches!(tool.form, Form::Function(_)) && command_member(tool).is_some()
}

/// The member that takes the command line, and its schema.
fn command_member<'a>(tool: &Tool<'a>) -> Option<(&'static str, &'a Value)> {
    tool.first(&COMMAND, &TEXT).or_else(|| {
        let about = RUNNERS.contains(&tool.name) || tool.is_about(&ABOUT_COMMANDS);
        about.then(|| tool.first(&MAYBE_COMMAND, &TEXT)).flatten()
    })
}

/// The command line in the form that the tool needs: a text, or a list of words.
fn command_of(tool: &Tool<'_>, line: &str) -> Map<String, Value> {
    match command_member(tool) {
        Some((member, schema)) if is(schema, "string") => single(member, line.into()),
        Some((member, _)) => single(member, json!(in_shell(line))),
        // A known tool whose arguments have no schema.
        None => match tool.name {
            "exec_command" => single("cmd", line.into()),
            "shell_command" => single("command", line.into()),
            "unified_exec" => single("input", json!(in_shell(line))),
            _ => single("command", json!(in_shell(line))),
        },
    }
}

fn in_shell(line: &str) -> Vec<String> {
    ["bash", "-lc", line].map(str::to_owned).to_vec()
}

fn single(member: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(member.to_owned(), value)])
}

fn waiting(tool: &Tool<'_>, arguments: &mut Map<String, Value>, yields: Option<u64>) {
    if let (Some(time), Some((member, _))) = (yields, tool.first(&YIELD, &NUMBER)) {
        arguments.insert(member.to_owned(), time.into());
    }
}

/// A call of a function, with its other required arguments.
fn function(tool: &Tool<'_>, mut arguments: Map<String, Value>, id: &Option<String>) -> Step {
    for name in tool.required() {
        if !arguments.contains_key(name) {
            let schema = tool.member(name).unwrap_or(&Value::Null);
            arguments.insert(name.to_owned(), filler(name, schema));
        }
    }
    call(tool, Value::Object(arguments), id)
}

fn call(tool: &Tool<'_>, arguments: Value, id: &Option<String>) -> Step {
    let (name, namespace) = (tool.name.to_owned(), tool.namespace.map(str::to_owned));
    Step::Calls(Call { name, namespace, arguments, id: id.clone() })
}

fn custom(tool: &Tool<'_>, input: &str, id: &Option<String>) -> Step {
    let (name, input) = (tool.name.to_owned(), input.to_owned());
    Step::CallsCustom(CustomCall { name, input, id: id.clone() })
}
