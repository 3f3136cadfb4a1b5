//! Replaces what differs from run to run by a name: two runs that found the same are reported in
//! the same words.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// The patterns, longer forms first, and their replacements.
const FORMS: [(&str, &str); 9] = [
    // A signed token: its parts are base64 of JSON.
    (r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+", "{token}"),
    (r"(?:/[\w.-]+)*/proctor-[A-Za-z0-9]+", "{temp}"),
    (r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", "{id}"),
    (r"\b[0-9a-f]{32,}\b", "{hash}"),
    (r"\b\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:\.\d+)?Z?", "{time}"),
    (r"\b20\d\d/\d\d/\d\d\b", "{date}"),
    // Since 1970, in milliseconds.
    (r"\b1\d{12}\b", "{time}"),
    (r"(127\.0\.0\.1|\blocalhost|\[::1\]):\d{4,5}\b", "$1:{port}"),
    (r"\b\d+\.\d+ (seconds|ms|s)\b", "{n} $1"),
];

static REGEXES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    // Each form is a constant, and a test below uses it.
    FORMS.iter().filter_map(|(form, name)| Some((Regex::new(form).ok()?, *name))).collect()
});

/// Replaces ids, tokens, hashes, times, ports and temporary paths in the text by their names.
pub fn masked(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    for (regex, name) in REGEXES.iter() {
        if let Cow::Owned(replaced) = regex.replace_all(&text, *name) {
            text = Cow::Owned(replaced);
        }
    }
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::{FORMS, REGEXES, masked};

    #[test]
    fn every_form_is_one() {
        assert_eq!(REGEXES.len(), FORMS.len());
    }

    #[test]
    fn what_differs_from_run_to_run_has_a_name() {
        for (seen, told) in [
            (
                "/tmp/proctor-a1B2/home/sessions/2026/11/22/x-01a2026e-f3b3-7e82-8329-d49aa20ec9b1.jsonl é",
                "{temp}/home/sessions/{date}/x-{id}.jsonl é",
            ),
            ("Bearer eyJhbGc.eyJzdWI.dW5z-_x", "Bearer {token}"),
            (
                "sha256:7748a6e09fb773d1e960760418ee30e6727e69147e08b9f98ae483036ed976f1",
                "sha256:{hash}",
            ),
            (
                "at 2026-11-22T13:00:37.144163172Z, rollout-2026-11-22T13-00-37",
                "at {time}, rollout-{time}",
            ),
            ("\"emittedAtMs\":1795352419453}", "\"emittedAtMs\":{time}}"),
            ("http://127.0.0.1:37541/v1", "http://127.0.0.1:{port}/v1"),
            ("Wall time: 0.0610 seconds", "Wall time: {n} seconds"),
        ] {
            assert_eq!(masked(seen), told);
        }
    }

    #[test]
    fn what_is_the_same_in_every_run_stays() {
        let plain = "error -32600, code 1586 of /usr/bin, 12.5 %, {home}/config.toml";
        assert_eq!(masked(plain), plain);
    }
}
