//! How sources are laid out.

use std::path::Path;

use crate::tree::{members, sources};

/// The most lines of a file.
const LONGEST: usize = 500;

/// Names that say nothing about what is in a module.
const EMPTY_NAMES: [&str; 8] =
    ["mod", "util", "utils", "common", "helper", "helpers", "imp", "errors"];

#[test]
fn sources_are_short_and_open_with_their_purpose() {
    let members = members();
    for source in sources(members.iter().map(|member| member.name.as_str())) {
        let lines = source.text.lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", source.path);
        assert!(source.text.starts_with("//! "), "{} does not open with `//!`", source.path);
    }
}

#[test]
fn modules_have_names_that_say_something() {
    let members = members();
    for source in sources(members.iter().map(|member| member.name.as_str())) {
        let name = Path::new(&source.path).file_stem().unwrap().to_string_lossy();
        assert!(!EMPTY_NAMES.contains(&name.as_ref()), "{}", source.path);
    }
}

#[test]
fn a_lint_is_expected_with_a_reason_and_never_allowed() {
    let members = members();
    for source in sources(members.iter().map(|member| member.name.as_str())) {
        let tokens = source.tokens();
        let allows = tokens.windows(2).any(|pair| pair[0] == "[" && pair[1] == "allow");
        assert!(!allows, "{} allows a lint", source.path);
    }
}
