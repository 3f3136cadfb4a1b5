//! Scripts by their language.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::measure::Measure;
use crate::failure::Result;

/// Where scripts are.
const PLACES: &[&str] = &["scripts", ".ci"];

/// How many scripts there are, their lines, and how many in each language.
pub(crate) fn measures(root: &Path) -> Result<Vec<Measure>> {
    let mut languages: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut lines = 0;
    for place in PLACES {
        for path in files(&root.join(place))? {
            let text = fs::read_to_string(&path).unwrap_or_default();
            lines += text.lines().count();
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            languages.entry(language(&path, &text)).or_default().push(name);
        }
    }
    let mut all = vec![
        Measure::new("scripts", languages.values().map(Vec::len).sum::<usize>()),
        Measure::new("lines of scripts", lines),
        Measure::new("languages of scripts", languages.len()),
    ];
    for (language, names) in languages {
        all.push(Measure::new(format!("scripts in {language}"), names.len()).with(names));
    }
    Ok(all)
}

fn language(path: &Path, text: &str) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let first = text.lines().next().unwrap_or_default();
    let interpreter = first.rsplit(['/', ' ']).next().unwrap_or_default();
    match (extension, interpreter) {
        (Some("py"), _) | (_, "python" | "python3") => "Python",
        (Some("js" | "mjs"), _) | (_, "node") => "Node.js",
        (Some("rs"), _) => "Rust",
        (_, "bash") => "bash",
        (_, "sh") => "sh",
        _ => "another language",
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pretty_assertions::assert_eq;

    use super::language;

    #[test]
    fn the_first_line_or_the_ending_says_the_language() {
        assert_eq!(language(Path::new("a"), "#!/bin/sh\n"), "sh");
        assert_eq!(language(Path::new("a"), "#!/usr/bin/env bash\n"), "bash");
        assert_eq!(language(Path::new("a"), "#!/usr/bin/env node\n"), "Node.js");
        assert_eq!(language(Path::new("a.py"), "import os\n"), "Python");
        assert_eq!(language(Path::new("a.rs"), "//! A program.\n"), "Rust");
        assert_eq!(language(Path::new("a.toml"), ""), "another language");
    }
}
