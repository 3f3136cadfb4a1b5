//! JSON Schema: whether a schema is valid in its dialect, and whether a value fits it. No network.

use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};
use shown::shorten;

/// The dialect of a schema that names none.
const USUAL: &str = "https://json-schema.org/draft/2020-12/schema";
/// The number of bytes of an objection that a failure shows.
const SHOWN: usize = 300;

/// What is wrong with a schema in the dialect that it names, or in that of 2020-12 if it names none.
///
/// Nothing is wrong in a dialect that we do not know.
pub fn flaw(schema: &Value) -> Option<String> {
    let dialect = schema["$schema"].as_str().unwrap_or(USUAL);
    let dialect = json!({ "$schema": dialect, "$ref": dialect });
    built(&dialect)?.validate(schema).err().map(|error| words(&error))
}

/// What does not fit the schema in a value. Everything fits a schema that is invalid, or refers to
/// one elsewhere.
pub fn misfit(schema: &Value, value: &Value) -> Option<String> {
    built(schema)?.validate(value).err().map(|error| words(&error))
}

/// Judges by a schema. Formats are remarks: a pattern may use more than the engine of ours has.
fn built(schema: &Value) -> Option<Validator> {
    jsonschema::options().should_validate_formats(false).build(schema).ok()
}

fn words(error: &ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let place = if place.is_empty() { "/".to_owned() } else { place };
    format!("at {place}: {}", shorten(&error.to_string(), SHOWN))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{flaw, misfit};

    #[test]
    fn each_dialect_has_its_own_rules() {
        let draft =
            json!({ "$schema": "http://json-schema.org/draft-07/schema#", "type": "object" });
        assert_eq!(flaw(&draft), None);
        assert_eq!(flaw(&json!({ "type": "object", "properties": { "a": true } })), None);
        assert!(flaw(&json!({ "type": "strng" })).is_some());
        assert!(flaw(&json!({ "minimum": "none" })).is_some());
        assert_eq!(flaw(&json!({ "$schema": "https://example.com/own", "type": 5 })), None);
        let ahead = json!({ "items": { "type": "string", "pattern": "^(?!a)b$" } });
        assert_eq!(flaw(&ahead), None);
        let ahead = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "properties": { "mail": { "items": ahead } },
        });
        assert_eq!(flaw(&ahead), None);
    }

    #[test]
    fn a_value_that_does_not_fit_is_named_by_its_place() {
        let schema = json!({ "type": "object", "properties": { "sum": { "type": "number" } } });
        assert_eq!(misfit(&schema, &json!({ "sum": 1 })), None);
        assert!(misfit(&schema, &json!({ "sum": "x" })).is_some_and(|it| it.contains("/sum")));
        let elsewhere = json!({ "$ref": "https://example.com/own" });
        assert_eq!(misfit(&elsewhere, &json!(1)), None);
    }
}
