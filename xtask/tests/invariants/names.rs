//! Names in code and in documents: no crate below the suites names a check, and what the documents name exists.

use std::collections::{BTreeMap, BTreeSet};

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
    assert!(seen > 10, "{seen} checks in documents");
}

/// `crate::module` in a document: the module, or the item, stands in the root of the crate.
#[test]
fn modules_that_documents_name_exist() {
    let roots: BTreeMap<String, BTreeSet<String>> = members()
        .iter()
        .filter_map(|member| {
            let root = sources([format!("{}/src", member.name).as_str()]);
            let root = root.into_iter().find(|source| source.path.ends_with("/src/lib.rs"))?;
            Some((member.name.replace('-', "_"), root.tokens().iter().cloned().collect()))
        })
        .collect();
    // A suite may be called like a crate.
    let ids = ids();
    let mut seen = 0;
    for page in files("", ".md").iter().filter(|page| !OF_THE_PAST.contains(&page.as_str())) {
        let text = read(page);
        let part = |letter: char| letter.is_alphanumeric() || "_:".contains(letter);
        for path in text.split(|letter| !part(letter)) {
            let mut parts = path.split("::");
            let root = parts.next().and_then(|name| roots.get(name));
            let (Some(root), Some(name)) = (root, parts.next()) else { continue };
            let known = name.is_empty() || root.contains(name) || ids.contains(path);
            assert!(known, "{page} names {path}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} modules in documents");
}
