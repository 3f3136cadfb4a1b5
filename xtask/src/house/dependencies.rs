//! Dependencies that a crate names and does not use.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;

use super::measure::Measure;
use super::sources::{Crate, Tree};
use super::tokens::sequences;

/// Dependencies that are used by what a macro writes, or are there for a feature of another: crate, dependency.
const USED_UNSEEN: &[(&str, &str)] = &[];

/// How many there are, and which.
pub(crate) fn measure(tree: &Tree) -> Measure {
    let found: Vec<String> = tree.crates.iter().flat_map(unused).collect();
    Measure::new("unused dependencies", found.len()).with(found)
}

fn unused(member: &Crate) -> Vec<String> {
    let code = words(member);
    let mut anywhere = code.clone();
    let texts = member
        .files
        .iter()
        .map(|file| &file.text)
        .chain(member.others.iter().map(|(_, text)| text));
    texts.for_each(|text| anywhere.extend(split(text)));
    let tables = [
        ("dependencies", &code),
        ("build-dependencies", &anywhere),
        ("dev-dependencies", &anywhere),
    ];
    let mut found = Vec::new();
    for (table, used) in tables {
        // The key is the name in the code, also where another package is renamed to it.
        let names = member.manifest.get(table).and_then(|table| table.as_table());
        for name in names.iter().flat_map(|names| names.keys()) {
            let unseen = USED_UNSEEN.contains(&(member.name.as_str(), name.as_str()));
            if !unseen && !used.contains(&name.replace('-', "_")) {
                found.push(format!("{}: {name} ({table})", member.name));
            }
        }
    }
    found
}

/// Every word of the code below `src`, without comments and tests.
fn words(member: &Crate) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for file in &member.files {
        sequences(&file.tokens, &mut |tokens| {
            words.extend(tokens.iter().filter_map(|token| match token {
                TokenTree::Ident(word) => Some(word.to_string()),
                _ => None,
            }));
        });
    }
    words
}

/// Every word of a text, comments and examples in them too.
fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use pretty_assertions::assert_eq;

    use super::unused;
    use crate::house::sources::{Crate, File};
    use crate::house::tokens;

    #[test]
    fn a_dependency_counts_as_used_where_it_is_meant_to_be() {
        let text = "//! Not used: `only_in_docs`.\nuse used_here::X;\n#[cfg(test)]\nmod t { use in_a_test::Y; }";
        let file = File {
            path: PathBuf::new(),
            text: text.to_owned(),
            tokens: tokens::of(text).unwrap(),
            module: Vec::new(),
        };
        let manifest = "[dependencies]\nused-here = \"1\"\nonly-in-docs = \"1\"\nin-a-test = \"1\"\n\
                        [dev-dependencies]\nin-a-test = \"1\"\nbeside = \"1\"\nnowhere = \"1\"\n";
        let member = Crate {
            name: "play".to_owned(),
            manifest: manifest.parse().unwrap(),
            files: vec![file],
            others: vec![(PathBuf::new(), "use beside::Z;".to_owned())],
        };
        let expected = [
            "play: only-in-docs (dependencies)",
            "play: in-a-test (dependencies)",
            "play: nowhere (dev-dependencies)",
        ];
        let mut found = unused(&member);
        found.sort_unstable();
        let mut expected = expected.map(str::to_owned);
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
