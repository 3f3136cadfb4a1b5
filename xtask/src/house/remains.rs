//! Types for one and the same thing: a process that was left over.

use proc_macro2::TokenTree;

use super::measure::Measure;
use super::sources::{File, Tree};
use super::tokens::{is_word, sequences};

/// The names of these types, each with modules on its path where another type has the name too.
const NAMES: &[&[&str]] = &[
    &["Member"],
    &["Survivor"],
    &["Stray"],
    &["reaper", "Leak"],
    &["reaper", "LeakReport"],
    &["supervise", "Leak"],
    &["aftermath", "Left"],
    &["report", "LeakReport"],
    &["hunt", "runner", "Leak"],
    &["hunt", "check", "Left"],
];

/// How many there are, and which.
pub(crate) fn measure(tree: &Tree) -> Measure {
    let mut found = Vec::new();
    for member in &tree.crates {
        for file in &member.files {
            found.extend(types(&member.name, file));
        }
    }
    Measure::new("types for a process that was left over", found.len()).with(found)
}

fn types(member: &str, file: &File) -> Vec<String> {
    let mut found = Vec::new();
    sequences(&file.tokens, &mut |tokens| {
        for pair in tokens.windows(2) {
            let [word, TokenTree::Ident(name)] = pair else { continue };
            if !is_word(word, "struct") && !is_word(word, "enum") {
                continue;
            }
            let mut path = vec![member.to_owned()];
            path.extend(file.module.iter().cloned());
            path.push(name.to_string());
            if NAMES.iter().any(|wanted| leads(&path, wanted)) {
                found.push(path.join("::"));
            }
        }
    });
    found
}

/// Whether a path ends with the last name, and has the others on its way, in their order.
fn leads(path: &[String], wanted: &[&str]) -> bool {
    let mut rest = path.iter();
    path.last().map(String::as_str) == wanted.last().copied()
        && wanted.iter().all(|name| rest.any(|part| part == name))
}

#[cfg(test)]
mod tests {
    use super::leads;

    #[test]
    fn modules_may_stand_between() {
        let path = ["reaper", "supervise", "report", "Leak"].map(str::to_owned);
        assert!(leads(&path, &["supervise", "Leak"]));
        assert!(leads(&path, &["Leak"]));
        assert!(!leads(&path, &["hunt", "Leak"]));
        assert!(!leads(&path, &["report"]));
    }
}
