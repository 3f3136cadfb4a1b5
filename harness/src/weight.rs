//! What a line costs in memory once it is read as JSON: up to forty times its own length.

use serde_json::Value;

/// What an entry of an object takes besides its value: the key, its hash, and its place in the index.
const ENTRY: usize = size_of::<String>() + 24;

/// What the values inside take, in bytes, about.
pub(crate) fn inside(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(|value| size_of::<Value>() + inside(value)).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| ENTRY + key.len() + size_of::<Value>() + inside(value))
            .sum(),
        _ => 0,
    }
}

/// What a line takes at least when it is read, told without reading it: `[0,0,0,…` is worth 36 times what it weighs.
pub(crate) fn at_least(line: &[u8]) -> usize {
    let (mut values, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            // Each but the first value of a list stands behind a comma, and no list is worth less than its bracket.
            b',' if !quoted => values += 1,
            _ => {}
        }
    }
    values.saturating_mul(size_of::<Value>())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{at_least, inside};

    #[test]
    fn no_line_is_thought_heavier_than_it_is() {
        for value in [
            json!(null),
            json!([0, 0, 0]),
            json!({ "a": ",,,,\",,,", "b": [[], [], {}] }),
            json!(["\\", ",", "\\\",", 1]),
        ] {
            let line = value.to_string();
            assert!(at_least(line.as_bytes()) <= inside(&value), "{line}");
        }
    }

    #[test]
    fn many_small_values_are_found_out() {
        let line = format!("[{}0]", "0,".repeat(999));
        assert_eq!(at_least(line.as_bytes()), 999 * size_of::<Value>());
    }
}
