//! Lines that a tool wraps in JSON: a log driver of docker one object a line, ansible a list of
//! strings, one a line, or a result with all the output in one string.

use serde_json::Value;

/// The members that hold the text, the most likely first.
const MEMBERS: [&str; 11] = [
    "log",
    "message",
    "msg",
    "line",
    "MESSAGE",
    "textPayload",
    "text",
    "stdout",
    "output",
    "content",
    "data",
];

/// The lines that a line of the log holds; usually itself.
pub(super) fn lines(raw: &str) -> Vec<String> {
    unwrapped(raw).unwrap_or_else(|| vec![raw.to_owned()])
}

fn unwrapped(raw: &str) -> Option<Vec<String>> {
    let line = raw.trim();
    let string = line.strip_suffix(',').unwrap_or(line);
    if is_in(string, '"', '"')
        && let Ok(string) = serde_json::from_str::<String>(string)
    {
        return split(&string);
    }
    // Ansible: `changed: [host] => {…}`.
    let object = line.split_once(" => ").map_or(line, |(_, object)| object);
    if is_in(object, '{', '}') {
        let object: Value = serde_json::from_str(object).ok()?;
        return split(MEMBERS.iter().find_map(|member| object.get(member)?.as_str())?);
    }
    // One member of an object that is written over several lines.
    let (name, value) = string.split_once("\": \"")?;
    let name = name.strip_prefix('"')?;
    if !MEMBERS.contains(&name) {
        return None;
    }
    split(&serde_json::from_str::<String>(&format!("\"{value}")).ok()?)
}

fn is_in(text: &str, open: char, close: char) -> bool {
    text.len() > 1 && text.starts_with(open) && text.ends_with(close)
}

fn split(text: &str) -> Option<Vec<String>> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    Some(text.split('\n').map(ToOwned::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn text_comes_out_of_its_wrapping_and_other_json_stays() {
        let whole = ["        LEAK [   0.2s] a b"];
        assert_eq!(lines(r#"{"log":"        LEAK [   0.2s] a b\n","stream":"stdout"}"#), whole);
        assert_eq!(lines(r#"            "        LEAK [   0.2s] a b","#), whole);
        let two = ["        LEAK [   0.2s] a b", "x"];
        assert_eq!(lines(r#"ok: [h] => {"stdout": "        LEAK [   0.2s] a b\nx"}"#), two);
        assert_eq!(lines(r#"    "stdout": "        LEAK [   0.2s] a b\nx","#), two);
        for other in [r#"{"a":"b"}"#, "{", "\"", "plain", r#""open"#, r#"    "stdout_lines": ["#] {
            assert_eq!(lines(other), [other]);
        }
    }
}
