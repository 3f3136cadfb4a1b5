//! Tools that the client has: offered to the model, and called by asking the client.

use std::collections::HashSet;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Next, Tools};
use crate::approvals;
use crate::fault::fault;
use crate::history::call_id;
use crate::items::{DynamicCall, Item, Progress};
use crate::message::Refusal;
use crate::threads::Thread;

/// A tool as the client describes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DynamicTool {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) input_schema: Value,
}

/// What the client answers to a call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    content_items: Vec<Content>,
    success: bool,
}

/// A part of an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Content {
    #[serde(rename_all = "camelCase")]
    InputText { text: String },
    #[serde(rename_all = "camelCase")]
    InputImage { image_url: String },
}

impl Content {
    /// The part as the model reads it.
    fn for_the_model(&self) -> Value {
        match self {
            Self::InputText { text } => json!({ "type": "input_text", "text": text }),
            Self::InputImage { image_url } => {
                json!({ "type": "input_image", "image_url": image_url })
            }
        }
    }
}

/// Why these tools cannot be offered, if they cannot.
pub(crate) fn check(tools: &[DynamicTool]) -> Result<(), Refusal> {
    let mut names = HashSet::new();
    for DynamicTool { name, .. } in tools {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(Refusal::invalid(format!("invalid dynamic tool name: {name}")));
        }
        if !names.insert(name) && !fault!(TWO_TOOLS_OF_ONE_NAME) {
            return Err(Refusal::invalid(format!("duplicate dynamic tool name: {name}")));
        }
    }
    Ok(())
}

/// Adds the tools of a thread's client to a request to the model.
pub(crate) fn offer(body: &mut Value, tools: &[DynamicTool]) {
    let Some(offered) = body["tools"].as_array_mut() else { return };
    let unoffered = fault!(TOOLS_OF_THE_CLIENT_NOT_OFFERED);
    for tool in tools.iter().filter(|_| !unoffered) {
        offered.push(json!({
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "strict": false,
            "parameters": tool.input_schema,
        }));
    }
}

/// Whether the model calls a tool of the client.
pub(super) fn is_call(thread: &Thread, item: &Value) -> bool {
    item["type"] == "function_call"
        && thread.state().dynamic.iter().any(|tool| item["name"] == tool.name.as_str())
}

impl Tools<'_> {
    /// Lets the client do what the model calls for.
    pub(super) async fn call_client(&self, item: &Value) -> Next {
        let began = Instant::now();
        let arguments = item["arguments"].as_str().unwrap_or("{}");
        let mut call = DynamicCall {
            id: call_id(item).unwrap_or_default().to_owned(),
            tool: item["name"].as_str().unwrap_or_default().to_owned(),
            arguments: serde_json::from_str(arguments).unwrap_or(Value::Null),
            progress: Progress::Running,
            answer: None,
            duration: None,
        };
        self.start(Item::Dynamic(call.clone()));
        let dropped = fault!(ARGUMENTS_DROPPED);
        let params = json!({
            "threadId": self.thread.id,
            "turnId": self.active.id,
            "callId": call.id,
            "namespace": null,
            "tool": call.tool,
            "arguments": if dropped { json!({}) } else { call.arguments.clone() },
        });
        let answer =
            approvals::put(self.server, self.thread, self.active, "item/tool/call", params).await;
        if matches!(answer, Some(Err(_))) && fault!(REFUSED_CALL_HANGS) {
            std::future::pending::<()>().await;
        }
        let (content, success) = understood(answer);
        let told_as_done = fault!(FAILED_CALL_TOLD_AS_COMPLETED);
        call.progress =
            if success || told_as_done { Progress::Completed } else { Progress::Failed };
        let shown = content.iter().map(|part| json!(part)).collect();
        call.answer = Some((shown, success));
        call.duration = Some(began.elapsed());
        self.complete(Item::Dynamic(call));
        if fault!(ANSWER_OF_THE_CLIENT_LOST) {
            return Next::Output(json!(""));
        }
        Next::Output(content.iter().map(Content::for_the_model).collect())
    }
}

/// What an answer says, whatever form it has.
fn understood(answer: Option<Result<Value, Value>>) -> (Vec<Content>, bool) {
    let failed = |text: &str| (vec![Content::InputText { text: text.to_owned() }], false);
    match answer {
        Some(Ok(answer)) => match serde_json::from_value::<Answer>(answer) {
            Ok(answer) => (answer.content_items, answer.success),
            Err(_) => failed("dynamic tool response was invalid"),
        },
        Some(Err(_)) | None => failed("dynamic tool request failed"),
    }
}
