//! Resources and their templates: lists, contents and subscriptions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::envelope::{Params, Refusal, code};
use super::era::Era;
use super::paging;
use super::server::Server;
use crate::fault::fault;
use crate::variant::variant;

/// A picture of one dot, in base64.
pub(super) const DOT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
/// The resource that results and prompts refer to.
pub(super) const GREETING: &str = "proctor://texts/greeting";

/// What a resource holds.
#[derive(Clone, Copy)]
enum Holds {
    Text(&'static str),
    /// In base64.
    Bytes(&'static str),
}

/// The resources: URI, name, MIME type and contents.
const RESOURCES: &[(&str, &str, &str, Holds)] = &[
    (GREETING, "greeting", "text/plain", Holds::Text("Good morning")),
    ("proctor://pictures/dot", "dot", "image/png", Holds::Bytes(DOT)),
    ("file:///proctor/notes/plan.txt", "plan", "text/plain", Holds::Text("Sleep")),
    ("proctor://texts/farewell", "farewell", "text/plain", Holds::Text("Good night")),
    ("proctor://texts/empty", "empty", "text/plain", Holds::Text("")),
];
/// The template, and what can stand for its variable.
const TEMPLATE: &str = "proctor://texts/{name}";
const NAMES: &[&str] = &["greeting", "farewell", "empty"];

/// Answers `resources/list`.
pub(super) fn list(era: Era, params: &Params) -> Result<Value, Refusal> {
    if fault!(MCP_RESOURCES_LIST_REFUSED) {
        return Err(Refusal::method("resources/list"));
    }
    let mut resources: Vec<_> = RESOURCES.iter().map(|one| listed(one, era)).collect();
    if fault!(MCP_RESOURCE_WITHOUT_NAME) {
        resources[0].as_object_mut().map(|one| one.remove("name"));
    }
    if fault!(MCP_URI_WITHOUT_SCHEME) {
        resources[3]["uri"] = json!("texts/farewell");
    }
    if fault!(MCP_URI_TWICE) {
        resources[4]["uri"] = json!(GREETING);
    }
    if fault!(MCP_RESOURCE_SIZE_IS_A_TEXT) {
        resources[0]["size"] = json!("12 bytes");
    }
    if fault!(MCP_PRIORITY_OUT_OF_RANGE) {
        resources[0]["annotations"]["priority"] = json!(5);
    }
    paging::page("resources", resources, params)
}

fn listed((uri, name, kind, holds): &(&str, &str, &str, Holds), era: Era) -> Value {
    let mut resource = json!({
        "uri": uri,
        "name": name,
        "mimeType": kind,
        "annotations": { "audience": ["user", "assistant"], "priority": 0.5 },
    });
    if let Holds::Text(text) = holds {
        resource["size"] = json!(text.len());
    }
    if era.has("2025-06-18") {
        resource["title"] = json!("A resource");
        resource["annotations"]["lastModified"] = json!("2025-01-12T15:00:58Z");
    }
    resource
}

/// Answers `resources/templates/list`.
pub(super) fn templates(params: &Params) -> Result<Value, Refusal> {
    if variant!(MCP_NO_TEMPLATES) {
        return Err(Refusal::method("resources/templates/list"));
    }
    if fault!(MCP_TEMPLATES_MISSING) {
        return Ok(json!({}));
    }
    let mut template = json!({ "uriTemplate": TEMPLATE, "name": "text", "mimeType": "text/plain" });
    if fault!(MCP_TEMPLATE_WITHOUT_NAME) {
        template.as_object_mut().map(|template| template.remove("name"));
    }
    if fault!(MCP_TEMPLATE_OPEN) {
        template["uriTemplate"] = json!("proctor://texts/{name");
    }
    paging::page("resourceTemplates", vec![template], params)
}

/// What can stand for the variable of a template.
pub(super) fn words(template: &str, variable: &str) -> Option<&'static [&'static str]> {
    (template == TEMPLATE && variable == "name").then_some(NAMES)
}

/// The parameter `uri`.
fn uri(params: &Params) -> Result<&str, Refusal> {
    params.get("uri").and_then(Value::as_str).ok_or_else(|| Refusal::params("uri"))
}

/// Answers `resources/read`.
pub(super) fn read(era: Era, params: &Params) -> Result<Value, Refusal> {
    let uri = uri(params)?;
    let Some((.., kind, holds)) = RESOURCES.iter().find(|(known, ..)| *known == uri) else {
        return unknown(era, uri);
    };
    if fault!(MCP_LISTED_RESOURCE_CANNOT_BE_READ) {
        return Err(Refusal::new(code::INTERNAL_ERROR, "cannot be read"));
    }
    let mut contents = json!({ "uri": uri, "mimeType": kind });
    match holds {
        Holds::Text(text) if variant!(MCP_TEXTS_AS_BYTES) => {
            contents["blob"] = json!(STANDARD.encode(text));
        }
        Holds::Text(text) => contents["text"] = json!(text),
        Holds::Bytes(_) if fault!(MCP_BLOB_IS_NOT_BASE64) => {
            contents["blob"] = json!("not base64!");
        }
        Holds::Bytes(bytes) => contents["blob"] = json!(bytes),
    }
    if fault!(MCP_TEXT_AND_BLOB) {
        contents["text"] = json!("a dot");
        contents["blob"] = json!(DOT);
    }
    Ok(json!({ "contents": [contents] }))
}

/// The answer about a resource that there is not.
fn unknown(era: Era, uri: &str) -> Result<Value, Refusal> {
    let says = format!("Resource not found: {uri}");
    if fault!(MCP_UNKNOWN_RESOURCE_IS_EMPTY) {
        return Ok(json!({ "contents": [] }));
    }
    if fault!(MCP_READS_OUTSIDE) && uri.contains("/../") {
        let contents = json!({ "uri": uri, "text": "root:x:0:0" });
        return Ok(json!({ "contents": [contents] }));
    }
    if fault!(MCP_UNKNOWN_RESOURCE_HAS_CODE_ZERO) {
        return Err(Refusal::new(0, says));
    }
    if variant!(MCP_UNKNOWN_RESOURCE_HAS_ITS_OWN_CODE) && era != Era::Modern {
        return Err(Refusal::new(-32002, says).with(json!({ "uri": uri })));
    }
    Err(Refusal::params(says))
}

/// Answers `resources/subscribe`. A change is reported at once, so that there is one.
pub(super) fn subscribe(server: &Server, params: &Params) -> Result<Value, Refusal> {
    let uri = uri(params)?;
    if fault!(MCP_SUBSCRIBE_REFUSED) {
        return Err(Refusal::method("resources/subscribe"));
    }
    server.state().is_subscribed = true;
    let changed =
        if fault!(MCP_UPDATE_OF_ANOTHER_RESOURCE) { "proctor://pictures/dot" } else { uri };
    server.out.notify("notifications/resources/updated", json!({ "uri": changed }));
    Ok(json!({}))
}

/// Answers `resources/unsubscribe`.
pub(super) fn unsubscribe(params: &Params) -> Result<Value, Refusal> {
    if fault!(MCP_UNSUBSCRIBE_REFUSED) {
        return Err(Refusal::method("resources/unsubscribe"));
    }
    uri(params).map(|_| json!({}))
}
