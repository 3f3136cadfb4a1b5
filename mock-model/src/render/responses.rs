//! A reply as events of the Responses API.
//!
//! The order of events is that of the real service: `response.created`; for every item
//! `response.output_item.added`, its parts and deltas, `response.output_item.done`; then
//! `response.completed`, `response.failed` or `response.incomplete`.

use serde_json::{Value, json};

use super::{Ask, CREATED_AT};
use crate::frame::Frame;
use crate::reply::step::{Step, Text};
use crate::reply::{End, Reply};

/// Writes the reply as events, or as one JSON object.
pub(crate) fn frames(reply: &Reply, ask: Ask<'_>, streams: bool) -> Vec<Frame> {
    let mut writer = Writer::new(reply, ask, streams);
    for step in &reply.send {
        writer.step(step);
    }
    writer.end();
    writer.frames
}

struct Writer<'a> {
    reply: &'a Reply,
    ask: Ask<'a>,
    streams: bool,
    frames: Vec<Frame>,
    sequence: usize,
    output: Vec<Value>,
    open: Option<Open>,
    has_begun: bool,
}

/// A message or a thought whose text may continue.
struct Open {
    is_message: bool,
    id: String,
    text: String,
}

impl<'a> Writer<'a> {
    fn new(reply: &'a Reply, ask: Ask<'a>, streams: bool) -> Self {
        Self {
            reply,
            ask,
            streams,
            frames: Vec::new(),
            sequence: 0,
            output: Vec::new(),
            open: None,
            has_begun: false,
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Hold(gate) => return self.frames.push(Frame::Hold(gate.clone())),
            Step::Raw(bytes) => return self.frames.push(Frame::Send(bytes.clone())),
            _ => self.begin(),
        }
        match step {
            Step::Event(event) => {
                let kind = event["type"].as_str().unwrap_or_default();
                return self.send(kind, event);
            }
            Step::Continues(text) => return self.deltas(text),
            _ => self.close(),
        }
        match step {
            Step::Says(text) => self.open(true, text),
            Step::Reasons(text) => self.open(false, text),
            Step::Calls(call) => {
                let (id, call_id) = (self.id("fc"), self.call_id(call.id.as_deref()));
                let arguments = call.arguments_text();
                let mut head = json!({ "id": id, "type": "function_call", "status": "in_progress",
                    "call_id": call_id, "name": call.name });
                if let Some(namespace) = &call.namespace {
                    head["namespace"] = namespace.as_str().into();
                }
                self.call(head, "arguments", "function_call_arguments", &arguments);
            }
            Step::CallsCustom(call) => {
                let (id, call_id) = (self.id("ctc"), self.call_id(call.id.as_deref()));
                let head = json!({ "id": id, "type": "custom_tool_call", "status": "in_progress",
                    "call_id": call_id, "name": call.name });
                self.call(head, "input", "custom_tool_call_input", &call.input);
            }
            Step::RunsLocalShell(call) => {
                let (id, call_id) = (self.id("lsh"), self.call_id(call.id.as_deref()));
                let mut action = json!({ "type": "exec", "command": call.command, "env": {} });
                if let Some(workdir) = &call.workdir {
                    action["working_directory"] = json!(workdir);
                }
                let item = json!({ "id": id, "type": "local_shell_call", "status": "in_progress",
                    "call_id": call_id, "action": action });
                self.added(&item);
                self.done(completed(item));
            }
            Step::Item(item) => {
                self.added(item);
                self.done(item.clone());
            }
            // Actions have become calls by now.
            Step::RunsCommand(_)
            | Step::MisusesCommands(_)
            | Step::AppliesPatch(_)
            | Step::OpensProgram(_)
            | Step::WritesTo(_)
            | Step::UsesTool(_)
            | Step::Hold(_)
            | Step::Raw(_)
            | Step::Event(_)
            | Step::Continues(_) => {}
        }
    }

    fn begin(&mut self) {
        if !self.has_begun {
            self.has_begun = true;
            let response = self.response("in_progress", &Value::Null);
            self.emit("response.created", json!({ "response": response }));
        }
    }

    fn end(&mut self) {
        if self.reply.is_raw() {
            return;
        }
        self.begin();
        self.close();
        let (status, detail) = match &self.reply.end {
            End::Nothing => return,
            End::Completed => ("completed", Value::Null),
            End::Failed { code, message } => {
                ("failed", json!({ "code": code, "message": message }))
            }
            End::Incomplete { reason } => ("incomplete", json!({ "reason": reason })),
        };
        let response = self.response(status, &detail);
        if self.streams {
            self.emit(&format!("response.{status}"), json!({ "response": response }));
        } else {
            self.frames.push(Frame::Send(response.to_string().into()));
        }
    }

    /// The response object; `detail` is the reason why it is not complete.
    fn response(&self, status: &str, detail: &Value) -> Value {
        let if_status =
            |is: &str, value: &Value| if status == is { value.clone() } else { Value::Null };
        let usage = self.reply.usage;
        let usage = json!({
            "input_tokens": usage.input,
            "input_tokens_details": { "cached_tokens": usage.cached },
            "output_tokens": usage.output,
            "output_tokens_details": { "reasoning_tokens": usage.reasoning },
            "total_tokens": usage.input + usage.output,
        });
        json!({
            "id": format!("resp_{}", self.ask.number),
            "object": "response",
            "created_at": CREATED_AT,
            "status": status,
            "error": if_status("failed", detail),
            "incomplete_details": if_status("incomplete", detail),
            "model": self.ask.model(),
            "output": self.output,
            "usage": if status == "in_progress" { Value::Null } else { usage },
        })
    }

    fn open(&mut self, is_message: bool, text: &Text) {
        let id = self.id(if is_message { "msg" } else { "rs" });
        let open = Open { is_message, id, text: String::new() };
        self.added(&open.item("in_progress", Vec::new()));
        let (kind, key) = if is_message {
            ("response.content_part.added", "content_index")
        } else {
            ("response.reasoning_summary_part.added", "summary_index")
        };
        self.emit(
            kind,
            json!({ "item_id": open.id, "output_index": self.output.len(), key: 0,
                "part": open.part() }),
        );
        self.open = Some(open);
        self.deltas(text);
    }

    fn deltas(&mut self, text: &Text) {
        let Some(mut open) = self.open.take() else { return };
        open.text.push_str(&text.text);
        let (kind, key) = if open.is_message {
            ("response.output_text.delta", "content_index")
        } else {
            ("response.reasoning_summary_text.delta", "summary_index")
        };
        for delta in text.pieces() {
            self.emit(
                kind,
                json!({ "item_id": open.id, "output_index": self.output.len(), key: 0,
                    "delta": delta }),
            );
        }
        self.open = Some(open);
    }

    /// Ends the open message or thought, if there is one.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let (text, part, key) = if open.is_message {
            ("output_text", "content_part", "content_index")
        } else {
            ("reasoning_summary_text", "reasoning_summary_part", "summary_index")
        };
        let place = json!({ "item_id": open.id, "output_index": self.output.len(), key: 0 });
        let with = |name: &str, value: Value| {
            let mut fields = place.clone();
            fields[name] = value;
            fields
        };
        self.emit(&format!("response.{text}.done"), with("text", open.text.as_str().into()));
        self.emit(&format!("response.{part}.done"), with("part", open.part()));
        self.done(open.item("completed", vec![open.part()]));
    }

    /// Sends a call whose arguments or input (`field`) come in one delta.
    fn call(&mut self, head: Value, field: &str, event: &str, text: &str) {
        let mut item = head;
        item[field] = "".into();
        self.added(&item);
        let place = json!({ "item_id": item["id"], "output_index": self.output.len() });
        for (kind, key) in [("delta", "delta"), ("done", field)] {
            let mut fields = place.clone();
            fields[key] = text.into();
            self.emit(&format!("response.{event}.{kind}"), fields);
        }
        item[field] = text.into();
        self.done(completed(item));
    }

    fn added(&mut self, item: &Value) {
        let fields = json!({ "output_index": self.output.len(), "item": item });
        self.emit("response.output_item.added", fields);
    }

    fn done(&mut self, item: Value) {
        let fields = json!({ "output_index": self.output.len(), "item": &item });
        self.emit("response.output_item.done", fields);
        self.output.push(item);
    }

    fn emit(&mut self, kind: &str, fields: Value) {
        let mut event = json!({ "type": kind, "sequence_number": self.sequence });
        self.sequence += 1;
        if let (Value::Object(event), Value::Object(fields)) = (&mut event, fields) {
            event.extend(fields);
        }
        self.send(kind, &event);
    }

    fn send(&mut self, kind: &str, event: &Value) {
        if self.streams {
            self.frames.push(Frame::event(kind, event));
        }
    }

    fn id(&self, prefix: &str) -> String {
        format!("{prefix}_{}_{}", self.ask.number, self.output.len())
    }

    fn call_id(&self, given: Option<&str>) -> String {
        given.map_or_else(|| self.id("call"), str::to_owned)
    }
}

impl Open {
    fn part(&self) -> Value {
        if self.is_message {
            json!({ "type": "output_text", "text": self.text, "annotations": [] })
        } else {
            json!({ "type": "summary_text", "text": self.text })
        }
    }

    fn item(&self, status: &str, parts: Vec<Value>) -> Value {
        if self.is_message {
            json!({ "id": self.id, "type": "message", "status": status,
                "role": "assistant", "content": parts })
        } else {
            json!({ "id": self.id, "type": "reasoning", "summary": parts })
        }
    }
}

fn completed(mut item: Value) -> Value {
    item["status"] = "completed".into();
    item
}
