//! The tools that a request offers.

use serde_json::Value;

pub(crate) mod calling;

/// One tool on offer.
#[derive(Debug)]
pub(crate) struct Tool<'a> {
    pub(crate) form: Form<'a>,
    pub(crate) name: &'a str,
    /// Its namespace, if it has one.
    pub(crate) namespace: Option<&'a str>,
    description: &'a str,
}

/// The form of a tool's calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form<'a> {
    /// With arguments in JSON, of this schema.
    Function(&'a Value),
    /// With free text.
    Custom,
    /// The built-in shell of the Responses API.
    LocalShell,
}

/// The tools of a request, including those in namespaces; tools that the model cannot call by
/// itself are left out.
pub(crate) fn tools(request: &Value) -> Vec<Tool<'_>> {
    list(&request["tools"]).iter().flat_map(|tool| within(tool, None)).collect()
}

/// The names of all offered tools, for people; a tool without a name is listed by its type.
pub(crate) fn names(request: &Value) -> Vec<&str> {
    list(&request["tools"]).iter().flat_map(names_within).collect()
}

fn names_within(tool: &Value) -> Vec<&str> {
    if tool["type"] == "namespace" {
        return list(&tool["tools"]).iter().flat_map(names_within).collect();
    }
    [&tool["name"], &tool["function"]["name"], &tool["custom"]["name"], &tool["type"]]
        .into_iter()
        .find_map(Value::as_str)
        .into_iter()
        .collect()
}

fn within<'a>(tool: &'a Value, namespace: Option<&'a str>) -> Vec<Tool<'a>> {
    let kind = tool["type"].as_str().unwrap_or_default();
    // A chat completion has the description of a tool one level deeper, under its type.
    let body = tool.get(kind).filter(|body| body.is_object()).unwrap_or(tool);
    let text = |member: &str| body[member].as_str().or_else(|| tool[member].as_str());
    let form = match kind {
        "namespace" => {
            let inner = list(&tool["tools"]).iter();
            return inner.flat_map(|tool| within(tool, text("name"))).collect();
        }
        "function" => Form::Function(&body["parameters"]),
        "custom" => Form::Custom,
        "local_shell" => Form::LocalShell,
        _ => return Vec::new(),
    };
    let name = text("name").unwrap_or(kind);
    vec![Tool { form, name, namespace, description: text("description").unwrap_or_default() }]
}

impl<'a> Tool<'a> {
    /// The schema of a member of its arguments.
    pub(crate) fn member(&self, name: &str) -> Option<&'a Value> {
        match self.form {
            Form::Function(parameters) => parameters["properties"].get(name),
            Form::Custom | Form::LocalShell => None,
        }
    }

    /// The first of these members that the arguments have, if it has one of these types.
    pub(crate) fn first(
        &self,
        names: &[&'static str],
        types: &[&str],
    ) -> Option<(&'static str, &'a Value)> {
        let mut found = names.iter().filter_map(|name| Some((*name, self.member(name)?)));
        found.find(|(_, schema)| types.iter().any(|kind| is(schema, kind)))
    }

    /// The members that its arguments must have.
    pub(crate) fn required(&self) -> impl Iterator<Item = &'a str> {
        let required = match self.form {
            Form::Function(parameters) => list(&parameters["required"]),
            Form::Custom | Form::LocalShell => &[],
        };
        required.iter().filter_map(Value::as_str)
    }

    /// Whether its name or description contains one of these words, in lower case.
    pub(crate) fn is_about(&self, words: &[&str]) -> bool {
        let text = format!("{} {}", self.name, self.description).to_lowercase();
        words.iter().any(|word| text.contains(word))
    }
}

/// Whether a value of this type fits the schema.
pub(crate) fn is(schema: &Value, kind: &str) -> bool {
    let branches = ["anyOf", "oneOf"].iter().flat_map(|name| list(&schema[*name]));
    schema["type"] == kind
        || list(&schema["type"]).iter().any(|one| one == kind)
        || branches.into_iter().any(|branch| is(branch, kind))
}

/// A value that fits the schema, for a required member whose value does not matter.
pub(crate) fn filler(name: &str, schema: &Value) -> Value {
    let given = [&schema["default"], &schema["const"], &schema["enum"][0]];
    if let Some(value) = given.into_iter().find(|value| !value.is_null()) {
        return value.clone();
    }
    let timed = ["timeout", "yield", "_ms", "seconds"].iter().any(|word| name.contains(word));
    let least = schema["minimum"].as_u64();
    match ["null", "string", "boolean", "integer", "number", "array", "object"]
        .into_iter()
        .find(|kind| is(schema, kind))
    {
        Some("string") => "as asked for".into(),
        Some("boolean") => false.into(),
        // For a time, enough for any command of a test; otherwise as little as allowed.
        Some("integer" | "number") if timed => least.unwrap_or(0).max(10_000).into(),
        Some("integer" | "number") => least.unwrap_or(1).into(),
        Some("array") => Value::Array(Vec::new()),
        Some("object") => {
            let inner = list(&schema["required"]).iter().filter_map(Value::as_str);
            inner.map(|name| (name.to_owned(), filler(name, &schema["properties"][name]))).collect()
        }
        _ => Value::Null,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    #[test]
    fn tools_of_every_form_are_found() {
        let request = json!({ "tools": [
            { "type": "function", "name": "plain", "parameters": { "properties": { "a": {} } } },
            { "type": "function", "name": "chat", "function": { "name": "chat", "parameters": {} } },
            { "type": "custom", "custom": { "name": "free" } },
            { "type": "local_shell" },
            { "type": "web_search" },
            { "type": "namespace", "name": "space", "tools": [{ "type": "function", "name": "inner" }] },
        ]});
        let found: Vec<_> =
            tools(&request).iter().map(|tool| (tool.name, tool.namespace)).collect();
        assert_eq!(
            found,
            [
                ("plain", None),
                ("chat", None),
                ("free", None),
                ("local_shell", None),
                ("inner", Some("space"))
            ],
        );
        assert!(tools(&request)[0].member("a").is_some());
        assert_eq!(
            names(&request),
            ["plain", "chat", "free", "local_shell", "web_search", "inner"]
        );
        assert_eq!(tools(&json!({ "tools": "none" })).len(), 0);
    }

    #[test]
    fn a_filler_fits_its_schema() {
        for (name, schema, value) in [
            ("why", json!({ "type": "string" }), json!("as asked for")),
            ("mode", json!({ "type": "string", "enum": ["safe", "bold"] }), json!("safe")),
            ("quick", json!({ "type": "boolean", "default": true }), json!(true)),
            ("timeout_ms", json!({ "type": "number" }), json!(10_000)),
            ("count", json!({ "type": "integer", "minimum": 3 }), json!(3)),
            ("place", json!({ "type": ["string", "null"] }), json!(null)),
            ("either", json!({ "anyOf": [{ "type": "array" }, { "type": "object" }] }), json!([])),
            (
                "both",
                json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "boolean" } } }),
                json!({ "a": false }),
            ),
        ] {
            assert_eq!(filler(name, &schema), value, "{name}");
        }
    }
}
