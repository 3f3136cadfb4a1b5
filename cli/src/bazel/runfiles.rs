//! Files that the options of a test name as Bazel does: by their place among the runfiles.
//!
//! `args` of a test hold what `$(rlocationpath)`, `$(rootpath)` or `$(execpath)` expands to, and only
//! the second is a path from the working directory of a test.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use utils_cargo_bin::Lookup;

use crate::args::RunArgs;

/// Replaces what names a runfile by its path.
pub(super) fn resolve(args: &mut RunArgs) {
    let lookup = Lookup::from_process();
    let RunArgs { reports, subject, pace, command, .. } = args;
    let files = [
        &mut reports.known_failures,
        &mut reports.known_failures_dir,
        &mut subject.home_template,
        &mut subject.profile,
        &mut subject.schema,
        &mut pace.rerun,
    ];
    for path in files.into_iter().flatten().filter(|path| !path.exists()) {
        if let Some(found) = found(&lookup, path) {
            *path = found;
        }
    }
    let Some((program, words)) = command.split_first_mut() else { return };
    // A program that is there is found by everybody; the subject's own arguments are not, because
    // it starts in another directory.
    if !Path::new(program).exists() {
        replace(&lookup, program);
    }
    words.iter_mut().for_each(|word| replace(&lookup, word));
}

fn replace(lookup: &Lookup, word: &mut OsString) {
    if is_named(word)
        && let Some(found) = found(lookup, Path::new(word))
    {
        *word = found.into_os_string();
    }
}

/// Whether a word can name a runfile: `server` is a program on the PATH, `--x/y` an option.
fn is_named(word: &OsStr) -> bool {
    let text = word.to_string_lossy();
    text.contains('/') && !text.starts_with('-') && !Path::new(word).is_absolute()
}

fn found(lookup: &Lookup, path: &Path) -> Option<PathBuf> {
    lookup.runfile(path).ok()
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn only_a_relative_path_names_a_runfile() {
        assert!(is_named("ws/bin/server".as_ref()) && is_named("../other/server".as_ref()));
        for word in ["server", "--config=a/b", "/usr/bin/env", ""] {
            assert!(!is_named(word.as_ref()), "{word}");
        }
    }
}
