//! Estimates the memory that a line takes once it is parsed: up to forty times its length.

use serde_json::Value;

/// The size of an object's entry apart from its value: the key, its hash, and its place in the
/// index.
const ENTRY: usize = size_of::<String>() + 24;

/// The approximate size of the values inside, in bytes.
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

/// A lower limit of the size of a line, found without parsing it: `[0,0,0,…` takes 36 times its
/// length.
pub(crate) fn at_least(line: &[u8]) -> usize {
    let (mut values, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            // Every value of a list but the first follows a comma, and a list is at least as large
            // as a value.
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
