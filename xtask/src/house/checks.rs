//! Checks: their ids as text in crates that should not know them, and releases in their bodies.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenTree};

use super::measure::Measure;
use super::sources::{File, Tree};
use super::tokens::{inside, is_block, is_punct, is_word, sequences, strings};

/// Crates that stand above the suites and may know every check.
const ABOVE: &[&str] = &["suites", "cli", "prove", "xtask"];

/// The measures about checks.
pub(crate) fn measures(tree: &Tree) -> Vec<Measure> {
    let suites = tree.crates.iter().find(|member| member.name == "suites");
    let checks: Vec<Found> =
        suites.iter().flat_map(|suites| &suites.files).flat_map(checks).collect();
    let ids: BTreeSet<&str> = checks.iter().map(|check| check.id.as_str()).collect();
    let mut all = vec![Measure::new("checks", ids.len())];
    let mut named = BTreeSet::new();
    let (mut total, mut rows) = (0, Vec::new());
    for member in tree.crates.iter().filter(|member| !ABOVE.contains(&member.name.as_str())) {
        let mut mentions = Vec::new();
        for file in &member.files {
            for (text, line) in strings(&file.tokens) {
                if let Some(id) = ids.get(without_dialect(&text)) {
                    mentions.push(format!("{}:{line} {text}", file.path.display()));
                    named.insert(*id);
                }
            }
        }
        total += mentions.len();
        if !mentions.is_empty() {
            rows.push(
                Measure::new(format!("ids of checks as text in {}", member.name), mentions.len())
                    .with(mentions),
            );
        }
    }
    all.push(Measure::new("ids of checks as text below suites", total));
    all.push(Measure::new("checks that are named so", named.len()));
    all.extend(rows);
    let releases: Vec<String> = checks.iter().flat_map(|check| check.releases.clone()).collect();
    all.push(Measure::new("release numbers in bodies of checks", releases.len()).with(releases));
    all
}

fn without_dialect(text: &str) -> &str {
    text.split_once('@').map_or(text, |(id, _)| id)
}

struct Found {
    id: String,
    releases: Vec<String>,
}

/// The checks and observers of a file.
fn checks(file: &File) -> Vec<Found> {
    let mut found = Vec::new();
    sequences(&file.tokens, &mut |tokens| {
        for at in 0..tokens.len() {
            if let Some(function) = registered(&tokens[at..]) {
                found.push(check(file, function));
            }
        }
    });
    found
}

/// What follows `#[check(…)]` or `#[observer(…)]`, if that begins here.
fn registered(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let [hash, TokenTree::Group(attribute), function @ ..] = tokens else { return None };
    let name = inside(attribute);
    let is_one = |word| name.first().is_some_and(|first| is_word(first, word));
    let here = is_punct(hash, '#') && attribute.delimiter() == Delimiter::Bracket;
    (here && (is_one("check") || is_one("observer"))).then_some(function)
}

fn check(file: &File, function: &[TokenTree]) -> Found {
    let name = function.iter().skip_while(|token| !is_word(token, "fn")).nth(1);
    let name = name.map(ToString::to_string).unwrap_or_default();
    let body = function.iter().find(|token| is_block(token)).cloned();
    let path = [file.module.clone(), vec![name]].concat();
    let releases =
        strings(&Vec::from_iter(body)).into_iter().filter(|(text, _)| names_release(text));
    let releases = releases.map(|(text, line)| format!("{}:{line} {text:?}", file.path.display()));
    Found { id: path.join("::"), releases: releases.collect() }
}

/// Whether a text holds a number like 0.98 or 0.147.0.
fn names_release(text: &str) -> bool {
    let words = text.split(|character: char| !character.is_ascii_digit() && character != '.');
    words.map(|word| word.trim_matches('.')).any(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let minor = parts.get(1).is_some_and(|minor| minor.len() >= 2 && !minor.starts_with('0'));
        matches!(parts.len(), 2 | 3) && parts[0] == "0" && minor
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use pretty_assertions::assert_eq;

    use super::{checks, names_release};
    use crate::house::sources::File;
    use crate::house::tokens;

    #[test]
    fn the_id_is_the_path_and_the_body_is_searched() {
        let text = r#"
            /// A server MUST do it.
            #[check(v1, v2(since = "0.98"), source = "every release from 0.98")]
            async fn does_it(cx: &mut Context) -> Result { old("0.107.1"); say("1 of 0.5 s") }
            fn helper() { "0.98" }
            #[observer(v2, source = "none")]
            fn sees_it(conversation: &Conversation) -> Result { Ok(()) }
        "#;
        let module = vec!["turn".to_owned(), "end".to_owned()];
        let path = PathBuf::from("suites/src/turn/end.rs");
        let file = File { path, text: text.to_owned(), tokens: tokens::of(text).unwrap(), module };
        let found: Vec<_> =
            checks(&file).into_iter().map(|check| (check.id, check.releases)).collect();
        let place = "suites/src/turn/end.rs:4 \"0.107.1\"".to_owned();
        assert_eq!(
            found,
            [
                ("turn::end::does_it".to_owned(), vec![place]),
                ("turn::end::sees_it".to_owned(), vec![]),
            ]
        );
    }

    #[test]
    fn a_release_is_distinguished_from_other_numbers() {
        for text in ["0.98", "since 0.147.0", "codex/0.36."] {
            assert!(names_release(text), "{text}");
        }
        for text in ["0.5", "127.0.0.1", "2.0", "10.98", "0.0.0", "0.05"] {
            assert!(!names_release(text), "{text}");
        }
    }
}
