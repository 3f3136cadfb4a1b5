//! Directories of JSON schemas, as servers write them.

use std::fs;
use std::path::Path;

use schema::{Judge, Kind, Set, directory};
use serde_json::{Value, json};

fn write(folder: &Path, name: &str, schema: &Value) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, schema.to_string()).unwrap();
}

/// One request with its result, and one notification; documents that say different things of `Kind`.
fn sample(folder: &Path) {
    let reference = |name: &str| json!({ "$ref": format!("#/definitions/{name}") });
    write(
        folder,
        "ClientRequest.json",
        &json!({
            "oneOf": [{
                "type": "object", "required": ["id", "method", "params"], "properties": {
                    "id": { "type": "string" }, "method": { "enum": ["thing/read"] }, "params": reference("ThingReadParams"),
                },
            }],
            "definitions": { "ThingReadParams": { "type": "object", "properties": { "kind": reference("Kind") } },
                "Kind": { "type": "string" } },
        }),
    );
    write(
        folder,
        "ServerNotification.json",
        &json!({
            "oneOf": [{ "type": "object", "required": ["method", "params"], "properties": {
                "method": { "enum": ["thing/changed"] }, "params": reference("ThingChanged"),
            } }],
            "properties": { "emittedAtMs": { "type": "integer" } },
            "definitions": { "ThingChanged": { "type": "object", "required": ["kind"], "properties": { "kind": reference("Kind") } },
                "Kind": { "type": "integer" } },
        }),
    );
    write(
        folder,
        "v2/ThingReadResponse.json",
        &json!({
            "type": "object", "required": ["kind"], "properties": { "kind": reference("Kind") },
            "definitions": { "Kind": { "enum": ["a"] } },
        }),
    );
    write(folder, "codex_app_server_protocol.schemas.json", &json!({ "definitions": {} }));
}

fn read(folder: &Path) -> Set {
    directory::read(folder).unwrap()
}

#[test]
fn messages_and_results_are_found() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let set = read(folder.path());
    assert_eq!(Vec::from_iter(set.methods(Kind::Request)), ["thing/read"]);
    assert_eq!(Vec::from_iter(set.methods(Kind::Result)), ["thing/read"]);
    assert_eq!(Vec::from_iter(set.methods(Kind::Notification)), ["thing/changed"]);
}

#[test]
fn each_document_keeps_its_own_definitions() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let judge = Judge::new(vec![read(folder.path())], true);
    let flaws = |kind, method, value| judge.value(kind, method, &value, "").unwrap().flaws.len();
    assert_eq!(flaws(Kind::Result, "thing/read", json!({ "kind": "a" })), 0);
    assert_eq!(flaws(Kind::Result, "thing/read", json!({ "kind": "b" })), 1);
    assert_eq!(flaws(Kind::Notification, "thing/changed", json!({ "params": { "kind": 1 } })), 0);
    assert_eq!(flaws(Kind::Notification, "thing/changed", json!({ "params": { "kind": "a" } })), 1);
    assert_eq!(
        flaws(
            Kind::Notification,
            "thing/changed",
            json!({ "emittedAtMs": "x", "params": { "kind": 1 } })
        ),
        1
    );
    assert_eq!(flaws(Kind::Request, "thing/read", json!({ "params": { "kind": "any" } })), 0);
}

#[test]
fn anything_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let said = || directory::read(folder.path()).unwrap_err().to_string();
    assert!(said().contains("no ServerNotification.json"), "{}", said());
    fs::write(folder.path().join("ServerNotification.json"), "{").unwrap();
    assert!(said().contains("ServerNotification.json is not JSON"), "{}", said());
    let missing = folder.path().join("missing");
    assert!(directory::read(&missing).unwrap_err().to_string().contains("cannot read"));
}
