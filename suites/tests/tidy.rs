//! What no compiler sees: that every check is linked in, and that names and sentences keep to the
//! rules.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use harness::all_checks;
use suites::client::PROTOCOLS;
use utils_cargo_bin::find_resource;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

fn texts() -> io::Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    let own = find_resource!("src");
    let own = own.unwrap_or_else(|error| panic!("the sources must be here: {error}"));
    sources(&own, &mut files)?;
    files.into_iter().map(|path| Ok((path.clone(), fs::read_to_string(path)?))).collect()
}

/// A file without its `mod` line compiles, and its checks are lost.
#[test]
fn every_check_in_the_sources_is_registered() {
    let written: usize = texts()
        .unwrap()
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter(|line| {
            ["#[check(", "#[observer(", "#[law("].iter().any(|one| line.starts_with(one))
        })
        .count();
    assert_eq!(all_checks().len(), written, "checks that are registered, and that are written");
}

#[test]
fn ids_are_unique() {
    let ids: BTreeSet<_> = all_checks().iter().map(|check| check.id()).collect();
    assert_eq!(ids.len(), all_checks().len());
}

/// What keeps a sentence from being a requirement that strangers understand.
fn flaw(sentence: &str) -> Option<String> {
    if !sentence.starts_with("A server ") && !sentence.starts_with("The server ") {
        return Some("it is not about a server".to_owned());
    }
    if !sentence.ends_with('.') {
        return Some("it does not end with a full stop".to_owned());
    }
    let words: Vec<&str> =
        sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let keywords = words.iter().filter(|word| ["MUST", "SHOULD", "MAY"].contains(word)).count();
    if keywords != 1 {
        return Some(format!("it has {keywords} of the words MUST, SHOULD and MAY"));
    }
    private_word(sentence).map(|word| format!("it says {word:?}"))
}

#[test]
fn requirements_are_one_plain_rule_about_the_server() {
    for check in all_checks() {
        let (id, sentence) = (check.id(), check.requirement);
        assert_eq!(flaw(sentence), None, "{id}: {sentence}");
        assert!(!check.source.trim().is_empty(), "{id} names no source");
    }
}

#[test]
fn a_sentence_with_a_flaw_is_found() {
    for (sentence, expected) in [
        ("A client MUST wait.", "it is not about a server"),
        ("A server MUST wait", "it does not end with a full stop"),
        ("A server MUST wait and SHOULD answer.", "it has 2 of the words MUST, SHOULD and MAY"),
        ("A server waits.", "it has 0 of the words MUST, SHOULD and MAY"),
        ("A server MUST return null when nobody is logged in.", "it says \"nobody\""),
        ("A server MUST leave a file that was put\naway.", "it says \"put away\""),
    ] {
        assert_eq!(flaw(sentence).as_deref(), Some(expected), "{sentence}");
    }
    assert_eq!(flaw("The server MUST return `untold` members unchanged."), None);
}

#[test]
fn names_say_what_is_required() {
    for check in all_checks() {
        let name = check.name;
        assert!(!name.starts_with("test_") && !name.ends_with("_works"), "{}", check.id());
        assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "{}", check.id());
    }
}

/// Words that a stranger does not understand at the first reading. CONTRIBUTING.md says what to write instead.
const PRIVATE_WORDS: [&str; 12] = [
    "told",
    "tells",
    "tell",
    "nobody",
    "no one",
    "comes to be",
    "put away",
    "what is none",
    "knows no",
    "as it was",
    "of its own accord",
    "sitting",
];

/// The first private word in a text: in prose, or in a name with an underscore between its words.
fn private_word(text: &str) -> Option<String> {
    let lower = text.to_lowercase().replace('_', " ");
    let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_word = |at: usize, word: &str| {
        let letter = |found: Option<char>| found.is_some_and(char::is_alphanumeric);
        !letter(lower[..at].chars().next_back()) && !letter(lower[at + word.len()..].chars().next())
    };
    let found = PRIVATE_WORDS
        .iter()
        .find(|word| lower.match_indices(*word).any(|(at, word)| is_word(at, word)));
    found.map(|word| (*word).to_owned()).or_else(|| taken_for(&lower))
}

/// `takes X for Y`, up to five words in between: to treat X as Y.
fn taken_for(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let begins = |word: &&str| matches!(*word, "take" | "takes" | "taken");
    let starts = words.iter().enumerate().filter(|(_, word)| begins(word));
    let mut spans = starts.map(|(at, _)| &words[at..words.len().min(at + 7)]);
    spans.find(|span| span.contains(&"for")).map(|span| span.join(" "))
}

#[test]
fn names_and_headers_are_plain_english() {
    for check in all_checks() {
        assert_eq!(private_word(check.name), None, "{}", check.id());
    }
    for (path, text) in texts().unwrap() {
        let header: Vec<_> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        assert_eq!(private_word(&header.join(" ")), None, "{}: {header:?}", path.display());
    }
}

#[test]
fn private_words_are_found_and_their_like_is_not() {
    for (text, word) in [
        ("A server MUST tell the client", Some("tell")),
        ("nobody_is_left", Some("nobody")),
        ("it is put away.", Some("put away")),
        ("A server MUST NOT take an error for a denial.", Some("take an error for a denial.")),
        ("A server MUST use a satellite, telling apart `retold` names", None),
        ("A server MUST take a lock before it asks whether to wait for more", None),
    ] {
        assert_eq!(private_word(text).as_deref(), word, "{text}");
    }
}

/// What a check must leave alone that shares a process: the configuration, the environment, the life
/// of the process, and the home outside of its working directory.
const NOT_SHARED: [&str; 7] = [
    "configure(",
    ".env(",
    "close_stdin(",
    ".signal(",
    "second_peer(",
    "model.shutdown(",
    "home.join(",
];

/// The shared checks in a text, each with what it must not do.
fn unsociable(text: &str) -> Vec<String> {
    let checks = text.split("#[check(").skip(1).filter_map(|check| check.split("\n}\n").next());
    let shared = checks.filter_map(|check| {
        let (attribute, body) = check.split_once(")]\n")?;
        let is_shared = attribute.trim_end().ends_with("shared");
        is_shared.then_some((attribute, body))
    });
    let flaw = |(attribute, body): (&str, &str)| {
        let name = body.split_once('(').map_or(body, |(name, _)| name);
        let found = NOT_SHARED.iter().filter(|word| body.contains(**word)).copied();
        let found = found.chain(attribute.contains("grants(").then_some("grants("));
        found.map(|word| format!("{name}: {word}")).collect::<Vec<_>>()
    };
    shared.flat_map(flaw).collect()
}

#[test]
fn checks_that_share_a_process_leave_it_as_it_is() {
    for (path, text) in texts().unwrap() {
        assert_eq!(unsociable(&text), Vec::<String>::new(), "{}", path.display());
    }
}

#[test]
fn a_shared_check_that_changes_the_process_is_found() {
    let body = "async fn a(cx: &mut Context) -> Result {\n    cx.env(\"A\", \"b\");\n}\n";
    let flaws = |attribute: &str| unsociable(&format!("#[check({attribute})]\n{body}"));
    assert_eq!(flaws("v2, source = \"x\", shared"), ["async fn a: .env("]);
    assert_eq!(flaws("v2, source = \"x\""), Vec::<String>::new());
}

#[test]
fn files_stay_small() {
    for (path, text) in texts().unwrap() {
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

/// A subject is asked which methods it has: one that a check sends and the list lacks would never
/// count as missing.
#[test]
fn every_method_that_is_sent_is_in_the_list() {
    let known: BTreeSet<&str> = suites::METHODS.iter().map(|method| method.name).collect();
    let mut sent = BTreeSet::new();
    // Servers of the Model Context Protocol declare what they have.
    let is_asked = |path: &Path| {
        !["src/mcp", "src/codex_mcp"].iter().any(|of| path.to_string_lossy().contains(of))
    };
    for (_, text) in texts().unwrap().into_iter().filter(|(path, _)| is_asked(path)) {
        for call in [".call(", ".request(", ".send("] {
            for rest in text.split(call).skip(1) {
                let name =
                    rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                sent.extend(name.map(str::to_owned));
            }
        }
    }
    let named = PROTOCOLS.iter().flat_map(|protocol| protocol.requests());
    sent.extend(named.map(str::to_owned));
    assert!(sent.len() > 20, "{sent:?}");
    let own = ["proctor/", "initialize"];
    let unlisted: Vec<_> = sent
        .iter()
        .filter(|name| {
            !known.contains(name.as_str()) && !own.iter().any(|own| name.starts_with(own))
        })
        .collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
}

/// What a subject does is found out from the subject: its release says where a check applies, in
/// the attribute, and no more.
#[test]
fn no_body_looks_at_the_release() {
    // The rows of `members` have a `since` as attributes do, which that module compares.
    let is_table = |path: &Path| path.to_string_lossy().contains("src/members");
    for (path, text) in texts().unwrap().into_iter().filter(|(path, _)| !is_table(path)) {
        // An attribute ends with its sentence of a source, and a body is what is indented.
        let bodies =
            text.lines().filter(|line| line.starts_with(' ') && !line.contains("since = "));
        for line in bodies {
            for forbidden in ["Release::new", ".release", "before(cx"] {
                assert!(!line.contains(forbidden), "{}: {line}", path.display());
            }
        }
    }
}

/// The model calls what it is offered: which tool that is, is not for a check to say.
#[test]
fn no_body_names_a_tool() {
    for (path, text) in texts().unwrap() {
        for line in
            text.lines().filter(|line| line.contains("calls(\"") || line.contains("calls_custom("))
        {
            assert!(line.contains("no_such_tool"), "{}: {line}", path.display());
        }
    }
}
