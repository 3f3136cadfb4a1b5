//! Ids of checks: below the suites no code has one, and the ones in the documents exist.

use std::collections::BTreeSet;

use crate::tree::{files, members, read, sources};

/// Crates that stand above the suites, or are the suites.
const ABOVE: [&str; 4] = ["suites", "cli", "prove", "xtask"];

/// Documents about names that are no more: printed from older runs, or about renaming.
const OF_THE_PAST: [&str; 3] = ["docs/renamed-checks.md", "docs/real-servers.md", "CHANGELOG.md"];

/// The id of every check and observer, from the sources of the suites.
fn ids() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for source in sources(["suites/src"]) {
        let module = source.path["suites/src/".len()..].trim_end_matches(".rs").replace('/', "::");
        let mut declared = false;
        for line in source.text.lines() {
            declared |= line.starts_with("#[check(") || line.starts_with("#[observer(");
            let name = line.split_once("fn ").map(|(_, rest)| rest.split(['(', '<']).next());
            if let (true, Some(Some(name)), false) = (declared, name, line.starts_with(' ')) {
                ids.insert(format!("{module}::{name}"));
                declared = false;
            }
        }
    }
    assert!(ids.len() > 500, "{} ids", ids.len());
    ids
}

/// The text without `@v1`.
fn undated(text: &str) -> &str {
    text.split('@').next().unwrap()
}

#[test]
fn no_crate_below_the_suites_names_a_check() {
    let ids = ids();
    for member in members().iter().filter(|member| !ABOVE.contains(&member.name.as_str())) {
        for source in sources([format!("{}/src", member.name).as_str()]) {
            for text in source.strings() {
                assert!(!ids.contains(undated(&text)), "{} names {text}", source.path);
            }
        }
    }
}

/// The paths in a text that begin with the name of a suite.
fn paths<'a>(text: &'a str, suites: &BTreeSet<&str>) -> Vec<&'a str> {
    let part = |letter: char| letter.is_alphanumeric() || "_:*@".contains(letter);
    text.split(|letter| !part(letter))
        .map(|path| undated(path).trim_end_matches(':'))
        .filter(|path| path.split_once("::").is_some_and(|(suite, _)| suites.contains(suite)))
        // A type is no check.
        .filter(|path| !path.contains(char::is_uppercase))
        .collect()
}

#[test]
fn checks_that_documents_name_exist() {
    let ids = ids();
    let suites: BTreeSet<&str> = ids.iter().filter_map(|id| id.split("::").next()).collect();
    let pages = files("", ".md").into_iter().chain(files("docs/known-failures", ".txt"));
    let mut seen = 0;
    for page in pages.filter(|page| !OF_THE_PAST.contains(&page.as_str())) {
        for path in paths(&read(&page), &suites) {
            let known = match path.split_once('*') {
                Some((begin, _)) => ids.iter().any(|id| id.starts_with(begin)),
                None => {
                    ids.contains(path) || ids.iter().any(|id| id.starts_with(&format!("{path}::")))
                }
            };
            assert!(known, "{page} names {path}, which is no check");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} checks in documents");
}
