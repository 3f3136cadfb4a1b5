//! Real messages fit their shapes, and broken ones do not.

use harness::Revision;
use serde_json::{Value, json};

use super::{wrong_params, wrong_result};

/// Results of real servers, shortened: the revision, the method, and the result.
const RESULTS: &[(&str, &str, &str)] = &[
    (
        "2024-11-05",
        "initialize",
        r#"{"protocolVersion":"2024-11-05","capabilities":{"tools":{"listChanged":true},"resources":{"listChanged":true,"subscribe":true}},"serverInfo":{"name":"memory-server","version":"0.6.3"}}"#,
    ),
    (
        "2025-06-18",
        "initialize",
        r#"{"protocolVersion":"2025-06-18","capabilities":{"experimental":{},"prompts":{"listChanged":false},"tools":{"listChanged":false}},"serverInfo":{"name":"a","version":"","user_agent":"x/1"}}"#,
    ),
    (
        "2025-11-25",
        "initialize",
        r#"{"protocolVersion":"2025-11-25","capabilities":{"logging":{},"completions":{},"tasks":{"list":{},"cancel":{},"requests":{"tools":{"call":{}}}}},"serverInfo":{"name":"a","version":"1","icons":[{"src":"data:,","sizes":["any"]}]}}"#,
    ),
    (
        "2025-11-25",
        "tools/list",
        r#"{"tools":[{"name":"t","inputSchema":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false},"execution":{"taskSupport":"forbidden"},"annotations":{"readOnlyHint":true}}]}"#,
    ),
    (
        "2025-11-25",
        "tools/call",
        r#"{"content":[{"type":"text","text":"x"},{"type":"resource_link","uri":"a:b","name":"n"},{"type":"resource","resource":{"uri":"a:b","blob":"AA=="}}],"structuredContent":{"a":1},"isError":true}"#,
    ),
    (
        "2025-03-26",
        "resources/read",
        r#"{"contents":[{"uri":"demo://x","mimeType":"text/plain","text":"x"}]}"#,
    ),
    (
        "2025-11-25",
        "tasks/get",
        r#"{"taskId":"a","status":"working","ttl":null,"createdAt":"2026-11-29T10:00:00Z","lastUpdatedAt":"2026-11-29T10:00:00Z","pollInterval":1000}"#,
    ),
    (
        "2026-07-28",
        "server/discover",
        r#"{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"resultType":"complete","ttlMs":0,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"a","version":"1"}}}"#,
    ),
    (
        "2026-07-28",
        "tools/call",
        r#"{"resultType":"input_required","inputRequests":{"a":{"method":"elicitation/create","params":{"mode":"form","message":"m","requestedSchema":{"type":"object","properties":{}}}}},"requestState":"s"}"#,
    ),
    (
        "2026-07-28",
        "tools/call",
        r#"{"resultType":"complete","content":[],"structuredContent":[1]}"#,
    ),
    (
        "2024-11-05",
        "prompts/get",
        r#"{"messages":[{"role":"user","content":{"type":"text","text":"x"}}]}"#,
    ),
    (
        "2025-11-25",
        "completion/complete",
        r#"{"completion":{"values":["a"],"total":1,"hasMore":false}}"#,
    ),
];

/// The result, and the revision.
fn read(revision: &str, text: &str) -> (Revision, Value) {
    (revision.parse().unwrap(), serde_json::from_str(text).unwrap())
}

#[test]
fn real_results_fit() {
    for (revision, method, text) in RESULTS {
        let (revision, result) = read(revision, text);
        assert_eq!(wrong_result(revision, method, &Value::Null, &result), None, "{text}");
    }
}

#[test]
fn a_wrong_member_is_named_with_its_place() {
    let tool = json!({ "tools": [{ "name": "t", "inputSchema": { "type": "array" } }] });
    let block = json!({ "content": [{ "type": "audio", "data": "", "mimeType": "a/b" }] });
    let both = json!({ "contents": [{ "uri": "a:b" }] });
    for (revision, method, result, path, expected) in [
        ("2025-11-25", "tools/list", &json!({}), "tools", "an array"),
        ("2025-11-25", "tools/list", &tool, "tools[0].inputSchema.type", "\"object\""),
        ("2024-11-05", "tools/call", &block, "content[0].type", "one of text, image, resource"),
        (
            "2024-11-05",
            "resources/read",
            &both,
            "contents[0]",
            "the contents of a resource: `uri` with either `text` or `blob`",
        ),
        ("2026-07-28", "tools/call", &json!({ "resultType": "complete" }), "content", "an array"),
    ] {
        let wrong = wrong_result(revision.parse().unwrap(), method, &Value::Null, result).unwrap();
        assert_eq!((wrong.path.as_str(), wrong.expected.as_str()), (path, expected));
    }
    assert_eq!(wrong_result(Revision::R20250326, "tools/call", &Value::Null, &block), None);
}

#[test]
fn parameters_are_judged_by_the_revision() {
    let log = |level: &str| json!({ "level": level, "data": null });
    let newest = Revision::NEWEST_LEGACY;
    assert_eq!(wrong_params(newest, "notifications/message", Some(&log("info"))), None);
    let wrong = wrong_params(newest, "notifications/message", Some(&log("loud"))).unwrap();
    assert_eq!(wrong.path, "level");
    let wrong = wrong_params(newest, "notifications/progress", None).unwrap();
    assert_eq!(wrong.path, "progressToken");
    assert_eq!(wrong_params(newest, "notifications/tools/list_changed", None), None);
    assert_eq!(wrong_params(newest, "notifications/unknown", Some(&json!(1))), None);
    let lacks = wrong_params(Revision::R20250618, "notifications/cancelled", Some(&json!({})));
    assert!(lacks.is_some());
    assert_eq!(wrong_params(newest, "notifications/cancelled", Some(&json!({}))), None);
}
