//! The real releases that are kept track of: `scripts/releases.txt`.

use std::fs;

use crate::failure::Result;
use crate::workspace::root;

/// Every one, oldest first.
pub(crate) fn all() -> Result<Vec<String>> {
    let path = root().join("scripts/releases.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(versions(&text))
}

fn versions(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use pretty_assertions::assert_eq;

    use super::{all, versions};
    use crate::workspace::root;

    #[test]
    fn the_first_word_of_a_line_is_the_version() {
        assert_eq!(
            versions("# About.\n0.36.0 whole examined\n\n0.98.0 split\n"),
            ["0.36.0", "0.98.0"]
        );
    }

    #[test]
    fn every_release_has_its_known_failures_and_none_is_missing() {
        let files = fs::read_dir(root().join("docs/known-failures")).unwrap();
        let listed: BTreeSet<String> = files
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
            .collect();
        assert_eq!(all().unwrap().into_iter().collect::<BTreeSet<_>>(), listed);
    }

    #[test]
    fn the_oldest_comes_first() {
        let number = |version: &String| -> Vec<u32> {
            version.split('.').map(|part| part.parse().unwrap()).collect()
        };
        let numbers: Vec<_> = all().unwrap().iter().map(number).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}
