//! `_meta`: the names of its members.

use harness::{Conversation, Failure, Result, observer};
use serde_json::Value;

/// Members with values that are not the protocol's.
const FOREIGN: [&str; 5] =
    ["structuredContent", "inputSchema", "outputSchema", "arguments", "data"];

/// The names of all members of `_meta`, at any depth.
fn names<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("_meta", Value::Object(meta)) => found.extend(meta.keys().map(String::as_str)),
                    (name, _) if FOREIGN.contains(&name) => {}
                    _ => names(value, found),
                }
            }
        }
        _ => {}
    }
}

/// The prefix of a name, if it has one, and the rest.
fn divided(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((prefix, rest)) => (Some(prefix), rest),
        None => (None, name),
    }
}

/// Whether a label of a prefix is well-formed.
fn is_label(label: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    label.starts_with(|c: char| c.is_ascii_alphabetic())
        && label.ends_with(|c: char| c.is_ascii_alphanumeric())
        && label.chars().all(inner)
}

/// Whether the name after the prefix is well-formed.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
    let end = |c: char| c.is_ascii_alphanumeric();
    name.is_empty() || (name.starts_with(end) && name.ends_with(end) && name.chars().all(inner))
}

/// What all names of members of `_meta` that the server sends fulfil.
fn all_names(
    conversation: &Conversation<'_>,
    expected: &str,
    right: impl Fn(&str) -> bool,
) -> Result {
    for (line, entry) in conversation.from_subject() {
        let mut found = Vec::new();
        entry.value.iter().for_each(|value| names(value, &mut found));
        if let Some(wrong) = found.into_iter().find(|name| !right(name)) {
            let failure = Failure::mismatch("the name of a member of `_meta`", expected, wrong);
            return Err(failure.at_line(line));
        }
    }
    Ok(())
}

/// A server MUST give members of `_meta` well-formed names.
#[observer(
    mcp(since = "2025-06-18"),
    source = "Base protocol, _meta",
    faults(MCP_META_NAME_IS_ILL_FORMED)
)]
fn names_of_meta_are_well_formed(conversation: &Conversation<'_>) -> Result {
    let expected = "letters and digits at both ends, dots, hyphens and underscores between them, \
                    after an optional prefix of labels with dots between them and a slash behind them";
    all_names(conversation, expected, |name| {
        let (prefix, rest) = divided(name);
        prefix.is_none_or(|prefix| prefix.split('.').all(is_label)) && is_name(rest)
    })
}

/// A server MUST NOT use prefixes in `_meta` that the protocol keeps for itself.
#[observer(
    mcp(since = "2025-11-25"),
    source = "Base protocol, _meta",
    faults(MCP_META_PREFIX_IS_RESERVED)
)]
fn prefixes_of_meta_are_not_reserved(conversation: &Conversation<'_>) -> Result {
    /// The prefix of what the protocol and its extensions define.
    const OWN: &str = "io.modelcontextprotocol";
    let expected = "no prefix whose second label is `mcp` or `modelcontextprotocol`, \
                    but for members that the protocol defines";
    all_names(conversation, expected, |name| {
        let (prefix, _) = divided(name);
        let second = prefix.and_then(|prefix| prefix.split('.').nth(1));
        prefix == Some(OWN)
            || !second.is_some_and(|second| ["mcp", "modelcontextprotocol"].contains(&second))
    })
}

#[cfg(test)]
mod tests {
    use super::{divided, is_label, is_name};

    fn well_formed(name: &str) -> bool {
        let (prefix, rest) = divided(name);
        prefix.is_none_or(|prefix| prefix.split('.').all(is_label)) && is_name(rest)
    }

    #[test]
    fn names_are_judged_by_their_ends() {
        for right in [
            "a",
            "progressToken",
            "com.example/a-b_c.d",
            "io.modelcontextprotocol/serverInfo",
            "x/",
        ] {
            assert!(well_formed(right), "{right}");
        }
        for wrong in ["_a", "a-", "com..x/a", "1com/a", "a b", "/a", "com.x-/a"] {
            assert!(!well_formed(wrong), "{wrong}");
        }
    }
}
