//! The names that differ between the dialects: methods, notifications, members, and the forms of a
//! few parameters.

use std::path::Path;

use harness::Call;
use harness::Result;
use jiff::Timestamp;
use serde_json::Value;

use super::observed::is_of;
use super::threads::Thread;
use super::turns::Settings;
use super::{By, Decision};

/// What one dialect calls things.
pub struct Protocol {
    /// Methods that are served without parameters, the first of which changes nothing.
    pub harmless: &'static [&'static str],
    /// A request that every subject of the dialect rejects.
    pub rejected: fn() -> (&'static str, Value),

    /// Starts a thread.
    pub start: &'static str,
    /// The rollout in the result of [`Protocol::start`], where every thread has one.
    pub new_rollout: Option<&'static str>,
    /// Resumes a stored thread.
    pub resume: &'static str,
    /// The parameters of a resume.
    pub resume_params: fn(By<'_>) -> Value,
    /// Whether every release of the dialect resumes by id; otherwise every one does by path.
    pub resumes_by_id: bool,
    /// Shows a thread with its turns, where the dialect can.
    pub read_thread: Option<&'static str>,
    /// Forks a stored thread.
    pub fork: &'static str,
    /// Archives a stored thread.
    pub archive: &'static str,
    /// The parameters of a request to archive: only `v1` names the rollout.
    pub archive_params: fn(&str, &Path) -> Value,
    /// Reads the thread in a result of `start`, `resume` or `fork`.
    pub opened: fn(Value) -> Result<Thread>,
    /// Adds a listener to a thread, where its events are sent to listeners only.
    pub listen: Option<&'static str>,
    /// The members that override settings in a request to resume.
    pub overrides: fn(Value) -> Value,
    /// The messages of user and agent in the result of a resume, as `user: …` and `assistant: …`.
    pub resumed_messages: fn(&Value) -> Vec<String>,
    /// The same request with which the policies of the first releases are spelled, if the refusal
    /// asks for it.
    pub respelled: fn(Value, &str) -> Option<Value>,
    /// The member with the id of a thread in requests.
    pub thread_id: &'static str,

    /// Lists stored threads.
    pub list: &'static str,
    /// The member with the size of a page.
    pub page_size: &'static str,
    /// The member with the threads of a page.
    pub listed: &'static str,
    /// The member with the id of a listed thread.
    pub listed_id: &'static str,
    /// The member with the creation time of a listed thread.
    pub created_at: &'static str,
    /// Reads a creation time.
    pub read_time: fn(&Value) -> Option<Timestamp>,
    /// A time of modification, as a list has it.
    pub write_time: fn(Timestamp) -> Value,
    /// The member with the address of a listed thread's repository.
    pub repository_url: &'static str,

    /// Starts a turn.
    pub turn: &'static str,
    /// Starts a turn with settings.
    pub turn_with: &'static str,
    /// The parameters of a turn with settings, in this directory unless the settings name another.
    pub turn_with_params: fn(&Path, &str, &str, Settings) -> Value,
    /// The member with the user's input.
    pub input: &'static str,
    /// One text, as a part of the user's input.
    pub text: fn(&str) -> Value,
    /// One image, as a part of the user's input.
    pub image: fn(&str) -> Value,
    /// Where the answer to a request for a turn has the id of the turn.
    pub turn_id: Option<&'static str>,
    /// Interrupts a turn.
    pub interrupt: &'static str,
    /// What is in the answer to an interruption.
    pub interrupt_result: fn() -> Value,
    /// The member with the id of the turn to interrupt, where there is one.
    pub interrupted_turn: Option<&'static str>,
    /// Announces the start of a turn.
    pub turn_started: &'static str,
    /// Announces the end of a turn that was not interrupted.
    pub turn_completed: &'static str,

    /// The requests of the server for an approval.
    pub approvals: [&'static str; 2],
    /// The word for a decision.
    pub decision: fn(Decision) -> &'static str,

    /// Returns who is logged in.
    pub account: &'static str,
    /// Where its result has the method of the login.
    pub account_method: &'static str,
    /// Members of its result that are `null` when no user is logged in.
    pub account_members: &'static [&'static str],
    /// The member with the token, where the dialect returns it.
    pub token: Option<&'static str>,
    /// Announces who is logged in now.
    pub account_changed: &'static str,
    /// The member with the method of the login in that announcement.
    pub changed_method: &'static str,
    /// Logs in with an API key.
    pub log_in: &'static str,
    /// The parameters of a login with this key.
    pub log_in_params: fn(&str) -> Value,
    /// What is in the result of a login of this type.
    pub login_result: fn(&str) -> Value,
    /// Begins a ChatGPT login.
    pub log_in_chatgpt: &'static str,
    /// The parameters of a ChatGPT login.
    pub log_in_chatgpt_params: fn() -> Value,
    /// Cancels a ChatGPT login.
    pub cancel_login: &'static str,
    /// The status for the cancellation of an unknown login, where it may be answered with a result.
    pub unknown_login: Option<&'static str>,
    /// Announces the end of a login.
    pub login_completed: &'static str,
    /// Logs out.
    pub log_out: &'static str,

    /// Returns the saved configuration.
    pub read_config: &'static str,
    /// The parameters of that request.
    pub read_config_params: fn() -> Value,
    /// The member with the default effort in the saved configuration.
    pub saved_effort: &'static str,
    /// Sets the default model and its effort.
    pub set_default_model: &'static str,
    /// The parameters of that request: model and effort.
    pub set_default_model_params: fn(Value, Value) -> Value,

    /// Runs one command.
    pub exec: &'static str,

    /// A piece of the agent's message.
    pub delta: Event,
    /// The agent's message, whole.
    pub message: Event,
    /// The model's reasoning, whole.
    pub reasoning: Event,
    /// Where the content of [`Protocol::reasoning`] has its text.
    pub reasoning_text: &'static str,
    /// The start of a command.
    pub command_started: Event,
    /// The end of a command.
    pub command_ended: Event,
    /// The id of the call in the content of both.
    pub call_id: &'static str,
    /// The exit code in the content of the end.
    pub exit_code: &'static str,
    /// The outputs in the content of the end.
    pub outputs: &'static [&'static str],
    /// The parsed actions of a command in the content of its start.
    pub actions: &'static str,
    /// The diff of a turn.
    pub turn_diff: Event,
    /// The text in the content of [`Protocol::turn_diff`].
    pub diff: &'static str,
    /// An error of a turn.
    pub error: Event,
    /// An error after which the request to the model is sent again, where it has a notification of
    /// its own.
    pub retried_error: Option<Event>,
    /// The token counts of a turn.
    pub tokens: Event,
    /// The members of the token counts.
    pub token_names: TokenNames,
}

impl Protocol {
    /// The methods of the requests that a client sends.
    pub fn requests(&self) -> Vec<&'static str> {
        let mut methods = vec![
            self.start,
            self.resume,
            self.fork,
            self.archive,
            self.list,
            self.turn,
            self.turn_with,
            self.interrupt,
            self.account,
            self.log_in,
            self.log_in_chatgpt,
            self.cancel_login,
            self.log_out,
            self.read_config,
            self.set_default_model,
            self.exec,
        ];
        methods.extend(self.listen);
        methods
    }

    /// The parameters of a request for a turn with this text.
    pub fn turn_params(&self, thread: &str, text: &str) -> Value {
        self.input_params(thread, [(self.text)(text)])
    }

    /// The parameters of a request for a turn with these parts as its input.
    pub fn input_params(&self, thread: &str, parts: impl IntoIterator<Item = Value>) -> Value {
        let parts: Vec<Value> = parts.into_iter().collect();
        serde_json::json!({ (self.thread_id): thread, (self.input): parts })
    }
}

/// A notification that both dialects have.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Its method.
    pub method: &'static str,
    /// The type of the item that it is about, if it is about one.
    pub item: Option<&'static str>,
    /// The pointer to its content below the parameters.
    pub content: &'static str,
}

impl Event {
    /// Whether the call is this notification of this thread.
    pub fn is(&self, call: &Call, thread: &Thread) -> bool {
        is_of(call, thread, self.method)
            && self.item.is_none_or(|item| call.params["item"]["type"] == item)
    }

    /// Its content in a call.
    pub fn content<'c>(&self, call: &'c Call) -> &'c Value {
        call.params.pointer(self.content).unwrap_or(&Value::Null)
    }
}

/// The members of token counts.
#[derive(Clone, Copy, Debug)]
pub struct TokenNames {
    /// The counts of the last reply.
    pub last: &'static str,
    /// The counts of the whole thread.
    pub total: &'static str,
    /// All tokens, input, output, cached input, reasoning.
    pub counts: [&'static str; 5],
}
