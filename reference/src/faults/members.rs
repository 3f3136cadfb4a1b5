//! Members of messages that are missing or of another kind: a row each.

use serde_json::{Value, json};

use crate::fault::fault;

/// What happens to a member.
#[derive(Clone, Copy)]
enum Bend {
    Gone,
    Null,
    /// A number becomes a text.
    Quoted,
    /// A text becomes a number.
    Number,
    /// A list becomes a text.
    Text,
    /// A text becomes a list.
    List,
    /// A text becomes another.
    Word,
}

use Bend::{Gone, List, Null, Number, Quoted, Text, Word};

/// Whether the fault is active, the method of the message, the path of the member (`*` is each value of a list), and
/// what happens to it.
type Row = (bool, &'static str, &'static str, Bend);

#[rustfmt::skip]
fn results() -> [Row; 13] {
    [
        (fault!(ROLLOUT_PATH_MISSING), "newConversation", "rolloutPath", Gone),
        (fault!(CONVERSATION_MODEL_NULL), "newConversation", "model", Null),
        (fault!(SUBSCRIPTION_AS_NUMBER), "addConversationListener", "subscriptionId", Number),
        (fault!(LISTED_DIRECTORY_MISSING), "listConversations", "items.*.cwd", Gone),
        (fault!(SAVED_PROFILES_MISSING), "getUserSavedConfig", "config.profiles", Gone),
        (fault!(EXIT_CODE_QUOTED), "execOneOffCommand", "exitCode", Quoted),
        (fault!(PREVIEW_NULL), "thread/start", "thread.preview", Null),
        (fault!(CREATION_TIME_QUOTED), "thread/list", "data.*.createdAt", Quoted),
        (fault!(READ_ITEM_ID_MISSING), "thread/read", "thread.turns.*.items.*.id", Gone),
        (fault!(LOGIN_NEED_MISSING), "account/read", "requiresOpenaiAuth", Gone),
        (fault!(MODEL_NAME_MISSING), "model/list", "data.*.displayName", Gone),
        (fault!(OUTPUT_AS_LIST), "command/exec", "stdout", List),
        (fault!(STARTED_SANDBOX_MISSING), "thread/start", "sandbox", Gone),
    ]
}

#[rustfmt::skip]
fn calls() -> [Row; 19] {
    [
        (fault!(EVENT_ID_MISSING), "codex/event/agent_message", "id", Gone),
        (fault!(EVENT_DIRECTORY_MISSING), "codex/event/exec_command_begin", "msg.cwd", Gone),
        (fault!(EVENT_TOKENS_QUOTED), "codex/event/token_count", "msg.info.total_token_usage.total_tokens", Quoted),
        (fault!(TURN_STATUS_NULL), "turn/started", "turn.status", Null),
        (fault!(ITEM_COMMAND_MISSING), "item/started", "item.command", Gone),
        (fault!(COMMAND_ACTIONS_AS_TEXT), "item/completed", "item.commandActions", Text),
        (fault!(STATUS_TYPE_MISSING), "thread/status/changed", "status.type", Gone),
        (fault!(DELTA_TURN_AS_NUMBER), "item/agentMessage/delta", "turnId", Number),
        (fault!(INPUT_TOKENS_QUOTED), "thread/tokenUsage/updated", "tokenUsage.last.inputTokens", Quoted),
        (fault!(PARSED_COMMAND_MISSING), "execCommandApproval", "parsedCmd", Gone),
        (fault!(PARSED_TYPE_MISSING), "execCommandApproval", "parsedCmd.*.type", Gone),
        (fault!(APPROVAL_CALL_NULL), "execCommandApproval", "callId", Null),
        (fault!(APPROVAL_COMMAND_AS_TEXT), "execCommandApproval", "command", Text),
        (fault!(APPROVAL_ITEM_NULL), "item/commandExecution/requestApproval", "itemId", Null),
        (fault!(APPROVAL_TURN_MISSING), "item/commandExecution/requestApproval", "turnId", Gone),
        (fault!(STARTED_TURN_WITHOUT_ITEMS), "turn/started", "turn.items", Gone),
        (fault!(COMMAND_STATUS_UNKNOWN), "item/started", "item.status", Word),
        (fault!(APPROVAL_DIRECTORY_AS_NUMBER), "item/commandExecution/requestApproval", "cwd", Number),
        (fault!(EVENT_PARSED_AS_TEXT), "codex/event/exec_command_begin", "msg.parsed_cmd", Text),
    ]
}

/// The result of a method as it is sent.
pub(crate) fn result(method: &str, mut result: Value) -> Value {
    bend(&results(), method, &mut result);
    result
}

/// A request or notification of the server as it is sent.
pub(crate) fn call(message: &mut Value) {
    let Some(method) = message["method"].as_str().map(str::to_owned) else { return };
    bend(&calls(), &method, &mut message["params"]);
}

fn bend(rows: &[Row], method: &str, value: &mut Value) {
    for (active, of, path, bend) in rows {
        if *active && *of == method {
            change(value, path, *bend);
        }
    }
}

fn change(value: &mut Value, path: &str, bend: Bend) {
    let (first, rest) =
        path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match (value, rest) {
        (Value::Array(values), Some(rest)) => {
            values.iter_mut().for_each(|value| change(value, rest, bend));
        }
        (Value::Object(members), Some(rest)) => {
            if let Some(inner) = members.get_mut(first) {
                change(inner, rest, bend);
            }
        }
        (Value::Object(members), None) => {
            let Some(member) = members.get_mut(first) else { return };
            *member = match bend {
                Gone => return drop(members.shift_remove(first)),
                Null => Value::Null,
                Quoted => json!(member.to_string()),
                Number => json!(7),
                Text => json!("all of them"),
                List => json!([member.take()]),
                Word => json!("resting"),
            };
        }
        _ => {}
    }
}
