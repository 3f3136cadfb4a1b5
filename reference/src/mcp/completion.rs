//! Completion of the arguments of prompts and templates.

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, code};
use super::{prompts, resources};
use crate::fault::fault;
use crate::variant::variant;

/// Answers `completion/complete`.
pub(super) fn complete(params: &Params) -> Result<Value, Refusal> {
    if fault!(MCP_COMPLETION_REFUSED) {
        return Err(Refusal::method("completion/complete"));
    }
    let argument = params.get("argument").unwrap_or(&Value::Null);
    let (Some(name), Some(value)) = (argument["name"].as_str(), argument["value"].as_str()) else {
        return Err(Refusal::params("argument"));
    };
    let Some(words) = words(params.get("ref").unwrap_or(&Value::Null), name) else {
        if fault!(MCP_UNKNOWN_REFERENCE_COMPLETED) {
            return Ok(json!({ "completion": { "values": [] } }));
        }
        let refusal = Refusal::params("ref: there is no such thing");
        if fault!(MCP_UNKNOWN_REFERENCE_HAS_ANOTHER_CODE) {
            return Err(Refusal { code: code::INTERNAL_ERROR, ..refusal });
        }
        return Err(refusal);
    };
    let values: Vec<_> = words.iter().filter(|word| word.starts_with(value)).collect();
    let mut completion = json!({ "total": values.len(), "hasMore": false, "values": values });
    if variant!(MCP_COMPLETION_WITHOUT_COUNTS) {
        completion = json!({ "values": values });
    }
    if fault!(MCP_COMPLETION_OF_MANY_VALUES) {
        completion["values"] = (0..101).map(|number| number.to_string()).collect();
    }
    if fault!(MCP_COMPLETION_IS_A_NUMBER) {
        completion["values"] = json!([1]);
    }
    Ok(json!({ "completion": completion }))
}

/// What can stand for an argument; nothing if there is no such prompt, template or argument.
fn words(reference: &Value, argument: &str) -> Option<&'static [&'static str]> {
    match reference["type"].as_str()? {
        "ref/prompt" => prompts::words(reference["name"].as_str()?, argument),
        "ref/resource" => resources::words(reference["uri"].as_str()?, argument),
        _ => None,
    }
}
