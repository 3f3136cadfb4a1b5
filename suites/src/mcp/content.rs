//! Blocks of content and annotations: what is wrong with them, by revision.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use harness::Revision;
use harness::show;
use serde_json::Value;

/// What is wrong with a block of content, if anything is.
pub fn block_flaw(block: &Value, revision: Revision) -> Option<String> {
    let kind = block["type"].as_str().unwrap_or_default();
    let missing = |names: &[&str]| {
        let missing = names.iter().find(|name| !block[**name].is_string())?;
        Some(format!("a block of type `{kind}` whose `{missing}` is {}", show(&block[*missing])))
    };
    let own = match kind {
        "text" => missing(&["text"]),
        "image" => missing(&["data", "mimeType"]).or_else(|| bytes_flaw(&block["data"])),
        "audio" if revision >= Revision::R20250326 => {
            missing(&["data", "mimeType"]).or_else(|| bytes_flaw(&block["data"]))
        }
        "resource" => contents_flaw(&block["resource"]),
        "resource_link" if revision >= Revision::R20250618 => missing(&["uri", "name"]),
        _ => Some(format!(
            "a block whose `type` is {}, in revision {revision}",
            show(&block["type"])
        )),
    };
    own.or_else(|| annotations_flaw(&block["annotations"]))
}

/// What is wrong with the contents of a resource, if anything is.
pub fn contents_flaw(contents: &Value) -> Option<String> {
    if !contents["uri"].is_string() {
        return Some(format!("contents whose `uri` is {}", show(&contents["uri"])));
    }
    match (contents.get("text"), contents.get("blob")) {
        (Some(Value::String(_)), None) => None,
        (None, Some(blob)) => bytes_flaw(blob),
        (Some(_), Some(_)) => Some("contents with both `text` and `blob`".to_owned()),
        (Some(text), None) => Some(format!("contents whose `text` is {}", show(text))),
        (None, None) => Some("contents with neither `text` nor `blob`".to_owned()),
    }
}

/// What is wrong with bytes in base64, if anything is.
fn bytes_flaw(bytes: &Value) -> Option<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let Some(text) = bytes.as_str() else {
        return Some(format!("bytes that are {}", show(bytes)));
    };
    // Some encoders break lines.
    let text: String = text.split_ascii_whitespace().collect();
    let decoded = GeneralPurpose::new(&STANDARD, config).decode(&text);
    decoded.err().map(|error| format!("bytes that are not base64 ({error}): {}", show(&text)))
}

/// What is wrong with annotations, if anything is.
pub fn annotations_flaw(annotations: &Value) -> Option<String> {
    if annotations.is_null() {
        return None;
    }
    if !annotations.is_object() {
        return Some(format!("annotations that are {}", show(annotations)));
    }
    let wrong =
        |name: &str| Some(format!("annotations whose `{name}` is {}", show(&annotations[name])));
    let role = |role: &Value| matches!(role.as_str(), Some("user" | "assistant"));
    let audience = annotations.get("audience");
    if audience.is_some_and(|roles| roles.as_array().is_none_or(|roles| !roles.iter().all(role))) {
        return wrong("audience");
    }
    let fits = |priority: &Value| priority.as_f64().is_some_and(|it| (0.0..=1.0).contains(&it));
    if annotations.get("priority").is_some_and(|priority| !fits(priority)) {
        return wrong("priority");
    }
    let is_time = |time: &Value| time.as_str().is_some_and(is_time);
    if annotations.get("lastModified").is_some_and(|time| !is_time(time)) {
        return wrong("lastModified");
    }
    None
}

/// Whether a text is a date or a time in the form of ISO 8601.
pub fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use harness::Revision;
    use serde_json::json;

    use super::{annotations_flaw, block_flaw};

    #[test]
    fn a_block_belongs_to_a_revision() {
        let audio = json!({ "type": "audio", "data": "UklGRg==", "mimeType": "audio/wav" });
        assert!(block_flaw(&audio, Revision::R20241105).is_some());
        assert_eq!(block_flaw(&audio, Revision::R20250326), None);
        let picture = json!({ "type": "image", "data": "UklG\nRg", "mimeType": "image/png" });
        assert_eq!(block_flaw(&picture, Revision::R20241105), None);
        let text = json!({ "type": "text", "text": 5 });
        assert_eq!(
            block_flaw(&text, Revision::R20251125).as_deref(),
            Some("a block of type `text` whose `text` is 5")
        );
    }

    #[test]
    fn annotations_are_open_and_their_members_are_not() {
        assert_eq!(annotations_flaw(&json!({ "own": 1, "priority": 1 })), None);
        assert!(annotations_flaw(&json!({ "priority": 5 })).is_some());
        assert!(annotations_flaw(&json!({ "audience": ["system"] })).is_some());
        assert_eq!(annotations_flaw(&json!({ "lastModified": "2025-01-12T15:00:58Z" })), None);
        assert!(annotations_flaw(&json!({ "lastModified": "yesterday" })).is_some());
    }
}
