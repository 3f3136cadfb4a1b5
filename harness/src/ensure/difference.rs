//! Describes the difference between two values that are too long to compare by eye.

use serde_json::Value;
use shown::shorten;

use crate::ensure::show;

/// The total length, in bytes, from which on a difference is described.
const LONG: usize = 100;
/// The number of items or members that are named.
const NAMED: usize = 6;
/// The number of bytes of each that are shown.
const WIDTH: usize = 160;
/// The number of characters that are shown before the place where two texts differ.
const BEFORE: usize = 12;

/// How `observed` differs from `expected`; `None` if it is obvious.
pub(super) fn difference(expected: &Value, observed: &Value) -> Option<String> {
    if expected.to_string().len() + observed.to_string().len() < LONG {
        return None;
    }
    match (expected, observed) {
        (Value::Array(wanted), Value::Array(seen)) if !wanted.is_empty() && !seen.is_empty() => {
            Some(items(wanted, seen))
        }
        (Value::Object(wanted), Value::Object(seen)) => {
            let changed = wanted.iter().filter_map(|(name, want)| match seen.get(name) {
                None => Some(format!("no {name}")),
                Some(value) if value != want => Some(format!("different {name}: {}", brief(value))),
                Some(_) => None,
            });
            let more = seen.iter().filter(|(name, _)| !wanted.contains_key(*name));
            let more = more.map(|(name, value)| format!("unexpected {name}: {}", brief(value)));
            Some(list(changed.chain(more).collect()))
        }
        (Value::String(wanted), Value::String(seen)) => Some(texts(wanted, seen)),
        _ => None,
    }
}

/// The missing and the unexpected items, or the first item that is out of order.
fn items(wanted: &[Value], seen: &[Value]) -> String {
    let (missing, surplus) = (without(wanted, seen), without(seen, wanted));
    let mut parts = Vec::new();
    if !missing.is_empty() {
        parts.push(format!("missing {}", list(missing.iter().map(|item| brief(item)).collect())));
    }
    if !surplus.is_empty() {
        parts
            .push(format!("unexpected {}", list(surplus.iter().map(|item| brief(item)).collect())));
    }
    if parts.is_empty() {
        let place = wanted.iter().zip(seen).position(|(want, item)| want != item).unwrap_or(0);
        let (want, item) = (&wanted[place], &seen[place]);
        let (want, item) = (brief(want), brief(item));
        parts.push(format!("order: item {} should be {want}, but is {item}", place + 1));
    }
    parts.join("; ")
}

/// The items of `all` without one occurrence of each of `others`.
fn without<'v>(all: &'v [Value], others: &[Value]) -> Vec<&'v Value> {
    let mut left: Vec<&Value> = all.iter().collect();
    for other in others {
        if let Some(place) = left.iter().position(|item| *item == other) {
            left.remove(place);
        }
    }
    left
}

/// The first place where two texts differ, in characters from 1.
fn texts(wanted: &str, seen: &str) -> String {
    let same = wanted.chars().zip(seen.chars()).take_while(|(want, have)| want == have).count();
    let rest = |text: &str| {
        let rest: String = text.chars().skip(same.saturating_sub(BEFORE)).collect();
        shorten(&show(&rest), WIDTH)
    };
    let at = same + 1;
    match (wanted.chars().count() == same, seen.chars().count() == same) {
        (true, _) => {
            format!("it should end before character {at}, but goes on: {}", rest(seen))
        }
        (_, true) => {
            format!("it ends before character {at}, but should go on: {}", rest(wanted))
        }
        _ => format!("from character {at} on: {}, not {}", rest(seen), rest(wanted)),
    }
}

fn brief(value: &Value) -> String {
    shorten(&show(value), WIDTH)
}

fn list(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::difference;

    fn described(expected: Value, observed: Value) -> String {
        difference(&expected, &observed).unwrap_or_default()
    }

    #[test]
    fn short_values_speak_for_themselves() {
        assert_eq!(described(json!([1, 2]), json!([1])), "");
    }

    #[test]
    fn items_are_missing_or_too_many_or_in_another_order() {
        let long = "x".repeat(60);
        let wanted = json!(["a", "b", "b", long]);
        assert_eq!(
            described(wanted.clone(), json!(["a", "b", long, "c"])),
            "missing \"b\"; unexpected \"c\""
        );
        let order = described(wanted, json!(["b", "a", "b", long]));
        assert_eq!(order, "order: item 1 should be \"a\", but is \"b\"");
    }

    #[test]
    fn members_are_named() {
        let long = "x".repeat(60);
        let expected = json!({ "same": long, "gone": 1, "other": 1 });
        let observed = json!({ "same": long, "other": 2, "new": null });
        let said = "no gone, different other: 2, unexpected new: nothing (null)";
        assert_eq!(described(expected, observed), said);
    }

    #[test]
    fn texts_part_at_a_character() {
        let text = "é".repeat(60);
        let (short, long) = (json!(text), json!(format!("{text}!")));
        let end = "éééééééééééé";
        assert_eq!(
            described(short.clone(), long.clone()),
            format!("it should end before character 61, but goes on: \"{end}!\"")
        );
        assert_eq!(
            described(long.clone(), short),
            format!("it ends before character 61, but should go on: \"{end}!\"")
        );
        assert_eq!(
            described(long, json!(format!("{text}?"))),
            format!("from character 61 on: \"{end}?\", not \"{end}!\"")
        );
    }
}
