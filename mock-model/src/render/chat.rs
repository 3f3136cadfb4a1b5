//! A reply as chunks of the chat completions API.

use serde_json::{Value, json};

use super::{Ask, CREATED_AT};
use crate::frame::Frame;
use crate::reply::step::{Step, Text};
use crate::reply::{End, Reply};

/// Writes the reply as chunks, or as one JSON object; some items exist in Responses only.
pub(crate) fn frames(
    reply: &Reply,
    ask: Ask<'_>,
    streams: bool,
) -> Result<Vec<Frame>, &'static str> {
    let mut writer = Writer {
        reply,
        ask,
        streams,
        frames: Vec::new(),
        text: String::new(),
        thought: String::new(),
        calls: Vec::new(),
        is_thinking: false,
        has_begun: false,
    };
    for (index, step) in reply.send.iter().enumerate() {
        writer.step(index, step)?;
    }
    writer.end();
    Ok(writer.frames)
}

struct Writer<'a> {
    reply: &'a Reply,
    ask: Ask<'a>,
    streams: bool,
    frames: Vec<Frame>,
    text: String,
    thought: String,
    calls: Vec<Value>,
    is_thinking: bool,
    has_begun: bool,
}

impl Writer<'_> {
    fn step(&mut self, index: usize, step: &Step) -> Result<(), &'static str> {
        match step {
            Step::Hold(gate) => self.frames.push(Frame::Hold(gate.clone())),
            Step::Raw(bytes) => self.frames.push(Frame::Send(bytes.clone())),
            Step::Event(event) => {
                self.begin();
                self.data(&event.to_string());
            }
            Step::Says(text) => self.says(text, false),
            Step::Reasons(text) => self.says(text, true),
            Step::Continues(text) => self.says(text, self.is_thinking),
            Step::Calls(call) => {
                let function = json!({ "name": call.name, "arguments": call.arguments_text() });
                self.call(index, call.id.as_deref(), "function", function);
            }
            Step::CallsCustom(call) => {
                let custom = json!({ "name": call.name, "input": call.input });
                self.call(index, call.id.as_deref(), "custom", custom);
            }
            Step::RunsLocalShell(_) => return Err("a chat completion has no local shell call"),
            // Actions have become calls by now.
            Step::RunsCommand(_)
            | Step::MisusesCommands(_)
            | Step::AppliesPatch(_)
            | Step::OpensProgram(_)
            | Step::WritesTo(_)
            | Step::UsesTool(_) => {}
            Step::Item(_) => return Err("a chat completion has no output items"),
        }
        Ok(())
    }

    fn says(&mut self, text: &Text, is_thinking: bool) {
        self.begin();
        self.is_thinking = is_thinking;
        let (field, whole) = if is_thinking {
            ("reasoning", &mut self.thought)
        } else {
            ("content", &mut self.text)
        };
        whole.push_str(&text.text);
        for delta in text.pieces() {
            self.chunk(&json!({ field: delta }), None);
        }
    }

    fn call(&mut self, index: usize, id: Option<&str>, kind: &str, detail: Value) {
        self.begin();
        let id = id.map_or_else(|| format!("call_{}_{index}", self.ask.number), str::to_owned);
        let call = json!({ "id": id, "type": kind, kind: detail });
        let mut delta = json!({ "index": self.calls.len() });
        if let (Value::Object(delta), Value::Object(call)) = (&mut delta, call.clone()) {
            delta.extend(call);
        }
        self.calls.push(call);
        self.chunk(&json!({ "tool_calls": [delta] }), None);
    }

    fn begin(&mut self) {
        if !self.has_begun {
            self.has_begun = true;
            self.chunk(&json!({ "role": "assistant", "content": "" }), None);
        }
    }

    fn end(&mut self) {
        if self.reply.is_raw() || self.reply.end == End::Nothing {
            return;
        }
        self.begin();
        if let End::Failed { code, message } = &self.reply.end {
            let error = json!({ "error": { "code": code, "message": message } }).to_string();
            return if self.streams {
                self.data(&error);
            } else {
                self.frames.push(Frame::Send(error.into()));
            };
        }
        let finish = self.finish_reason();
        if !self.streams {
            let whole = self.whole(&finish).to_string();
            return self.frames.push(Frame::Send(whole.into()));
        }
        self.chunk(&json!({}), Some(&finish));
        if self.ask.body["stream_options"]["include_usage"] == true {
            let mut chunk = self.head("chat.completion.chunk");
            chunk["choices"] = json!([]);
            chunk["usage"] = self.usage();
            self.data(&chunk.to_string());
        }
        self.data("[DONE]");
    }

    fn finish_reason(&self) -> String {
        match &self.reply.end {
            End::Incomplete { reason } if reason == "max_output_tokens" => "length".to_owned(),
            End::Incomplete { reason } => reason.clone(),
            _ if self.calls.is_empty() => "stop".to_owned(),
            _ => "tool_calls".to_owned(),
        }
    }

    fn whole(&self, finish: &str) -> Value {
        let mut message = json!({ "role": "assistant", "content": self.text });
        if !self.thought.is_empty() {
            message["reasoning"] = self.thought.as_str().into();
        }
        if !self.calls.is_empty() {
            message["tool_calls"] = self.calls.as_slice().into();
        }
        let mut whole = self.head("chat.completion");
        whole["choices"] = json!([{ "index": 0, "message": message, "finish_reason": finish }]);
        whole["usage"] = self.usage();
        whole
    }

    fn head(&self, object: &str) -> Value {
        json!({
            "id": format!("chatcmpl_{}", self.ask.number),
            "object": object,
            "created": CREATED_AT,
            "model": self.ask.model(),
        })
    }

    fn usage(&self) -> Value {
        let usage = self.reply.usage;
        json!({
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.input + usage.output,
        })
    }

    fn chunk(&mut self, delta: &Value, finish: Option<&str>) {
        let mut chunk = self.head("chat.completion.chunk");
        chunk["choices"] = json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
        self.data(&chunk.to_string());
    }

    fn data(&mut self, data: &str) {
        if self.streams {
            self.frames.push(Frame::data(data));
        }
    }
}
