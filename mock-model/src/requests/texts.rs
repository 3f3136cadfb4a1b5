//! The content of a request to a model: its messages, tools and tool outputs, in either API.

use serde_json::Value;

use super::Request;
use crate::offer;
use crate::reply::Reply;

impl Request {
    /// The conversation so far: `input` of a Responses request, `messages` of a chat completion.
    ///
    /// Empty when there is none, or when `input` is a plain string.
    #[must_use]
    pub fn input_items(&self) -> &[Value] {
        items(self.body())
    }

    /// The texts of all messages of a role, in order; a message of several parts yields several.
    #[must_use]
    pub fn messages(&self, role: &str) -> Vec<&str> {
        if let Some(text) = self.body()["input"].as_str() {
            return if role == "user" { vec![text] } else { Vec::new() };
        }
        let is_message = |item: &&Value| item["type"].as_str().is_none_or(|kind| kind == "message");
        let of_role = |item: &&Value| item["role"] == role;
        self.input_items()
            .iter()
            .filter(is_message)
            .filter(of_role)
            .flat_map(|item| texts(&item["content"]))
            .collect()
    }

    /// The texts of the developer messages.
    #[must_use]
    pub fn developer_texts(&self) -> Vec<&str> {
        self.messages("developer")
    }

    /// The texts of the user messages.
    #[must_use]
    pub fn user_texts(&self) -> Vec<&str> {
        self.messages("user")
    }

    /// The texts of the assistant messages.
    #[must_use]
    pub fn assistant_texts(&self) -> Vec<&str> {
        self.messages("assistant")
    }

    /// The names of the offered tools, including those in a namespace; a tool without a name is
    /// listed by its type.
    #[must_use]
    pub fn tools(&self) -> Vec<&str> {
        offer::names(self.body())
    }

    /// The name of the offered tool that [`runs_command`](crate::runs_command) uses.
    #[must_use]
    pub fn tool_for_commands(&self) -> Option<&str> {
        offer::calling::runner(self.body())
    }

    /// Whether tools are offered for every action of the model in this reply.
    #[must_use]
    pub fn offers(&self, reply: &Reply) -> bool {
        offer::calling::resolve(reply, self.body()).is_ok()
    }

    /// The output of a tool call that the client reports, as text; parts of a structured output are
    /// joined.
    #[must_use]
    pub fn tool_output(&self, call_id: &str) -> Option<String> {
        let item = self.tool_output_item(call_id)?;
        let output = if item["role"] == "tool" { &item["content"] } else { &item["output"] };
        let output = output.get("content").or_else(|| output.get("output")).unwrap_or(output);
        Some(texts(output).concat())
    }

    /// The item that carries the output of a tool call.
    #[must_use]
    pub fn tool_output_item(&self, call_id: &str) -> Option<&Value> {
        self.input_items().iter().find(|item| {
            let is_output =
                item["type"].as_str().is_some_and(|kind| kind.ends_with("_call_output"));
            (is_output && [&item["call_id"], &item["id"]].into_iter().any(|id| id == call_id))
                || (item["role"] == "tool" && item["tool_call_id"] == call_id)
        })
    }

    /// The instructions of a Responses request.
    #[must_use]
    pub fn instructions(&self) -> Option<&str> {
        self.body()["instructions"].as_str()
    }

    /// The requested model.
    #[must_use]
    pub fn model_name(&self) -> Option<&str> {
        self.body()["model"].as_str()
    }
}

/// The conversation that a body carries.
pub(crate) fn items(body: &Value) -> &[Value] {
    let items = body["input"].as_array().or_else(|| body["messages"].as_array());
    items.map(Vec::as_slice).unwrap_or_default()
}

/// The texts of a content or output: a string, or a list of parts with a `text`.
fn texts(content: &Value) -> Vec<&str> {
    match content {
        Value::String(text) => vec![text],
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use hyper::{HeaderMap, Method, Uri};
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::requests::{Answer, Head};

    fn request(body: &Value) -> Request {
        let head = Head {
            method: Method::POST,
            uri: Uri::from_static("/v1/responses"),
            headers: HeaderMap::new(),
        };
        Request::new(head, body.to_string().into(), None, Answer::NoReplyLeft, Vec::new())
    }

    #[test]
    fn a_responses_request_is_read() {
        let request = request(&json!({
            "model": "m",
            "instructions": "be brief",
            "input": [
                { "type": "message", "role": "developer",
                  "content": [{ "type": "input_text", "text": "rules" }] },
                { "role": "user", "content": "short form" },
                { "type": "message", "role": "user", "content": [
                    { "type": "input_text", "text": "one" },
                    { "type": "input_image", "image_url": "data:" },
                    { "type": "input_text", "text": "two" }] },
                { "type": "message", "role": "assistant",
                  "content": [{ "type": "output_text", "text": "yes" }] },
                { "type": "function_call_output", "call_id": "a", "output": "done" },
                { "type": "custom_tool_call_output", "call_id": "b", "output": [
                    { "type": "input_text", "text": "le" }, { "type": "input_text", "text": "ft" }] },
                { "type": "local_shell_call_output", "id": "c", "output": { "content": "in one" } },
            ],
            "tools": [
                { "type": "function", "name": "shell" },
                { "type": "local_shell" },
                { "type": "custom", "name": "apply_patch" },
            ],
        }));
        assert_eq!(request.developer_texts(), ["rules"]);
        assert_eq!(request.user_texts(), ["short form", "one", "two"]);
        assert_eq!(request.assistant_texts(), ["yes"]);
        assert_eq!(request.tools(), ["shell", "local_shell", "apply_patch"]);
        assert_eq!(request.tool_output("a").as_deref(), Some("done"));
        assert_eq!(request.tool_output("b").as_deref(), Some("left"));
        assert_eq!(request.tool_output("c").as_deref(), Some("in one"));
        assert_eq!(request.tool_output("d"), None);
        assert_eq!(request.instructions(), Some("be brief"));
        assert_eq!(request.model_name(), Some("m"));
    }

    #[test]
    fn a_chat_request_is_read() {
        let request = request(&json!({
            "messages": [
                { "role": "system", "content": "rules" },
                { "role": "user", "content": [{ "type": "text", "text": "hi" }] },
                { "role": "tool", "tool_call_id": "a", "content": "out" },
            ],
            "tools": [{ "type": "function", "function": { "name": "shell" } }],
        }));
        assert_eq!(request.messages("system"), ["rules"]);
        assert_eq!(request.user_texts(), ["hi"]);
        assert_eq!(request.tool_output("a").as_deref(), Some("out"));
        assert_eq!(request.tools(), ["shell"]);
    }

    #[test]
    fn a_string_is_a_user_message_and_rubbish_is_empty() {
        assert_eq!(request(&json!({ "input": "hi" })).user_texts(), ["hi"]);
        assert_eq!(request(&json!(["no object"])).input_items(), [Value::Null; 0]);
        assert_eq!(request(&json!({ "tools": "none" })).tools(), [""; 0]);
    }
}
