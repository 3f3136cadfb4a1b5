//! Bazel's runfiles: files by key, from a directory tree or from a manifest.

use std::path::{Path, PathBuf};

use crate::Lookup;
use crate::attempt::{Attempts, Reason};

mod manifest;

/// The places that may hold runfiles, the most reliable first.
#[derive(Debug)]
pub(crate) struct Runfiles<'a> {
    lookup: &'a Lookup,
    dirs: Vec<PathBuf>,
    manifests: Vec<PathBuf>,
}

impl<'a> Runfiles<'a> {
    /// The runfiles of this process, or `None` if there is no sign of any.
    pub(crate) fn of(lookup: &'a Lookup) -> Option<Self> {
        let mut dirs: Vec<PathBuf> = ["RUNFILES_DIR", "TEST_SRCDIR"]
            .iter()
            .filter_map(|name| lookup.var(name))
            .flat_map(|value| anchored(lookup, Path::new(value)))
            .collect();
        let mut manifests: Vec<PathBuf> = lookup
            .var("RUNFILES_MANIFEST_FILE")
            .map(|value| anchored(lookup, Path::new(value)))
            .unwrap_or_default();
        if let Some(exe) = lookup.exe() {
            let beside = |suffix: &str| {
                let mut path = exe.as_os_str().to_owned();
                path.push(suffix);
                PathBuf::from(path)
            };
            let tree = beside(".runfiles");
            let listed = [beside(".runfiles_manifest"), tree.join("MANIFEST")];
            manifests.extend(listed.into_iter().filter(|path| path.is_file()));
            dirs.extend(Some(tree).filter(|path| path.is_dir()));
            dirs.extend(exe.ancestors().filter(|path| is_tree(path)).map(Path::to_path_buf));
        }
        // Bazel sets it wherever the user asks for no tree, also in a sandbox and on a remote worker,
        // which lay the tree out nevertheless and name no manifest.
        let only = lookup.var("RUNFILES_MANIFEST_ONLY").is_some_and(|value| value != "0");
        if only && manifests.iter().any(|path| path.is_file()) {
            dirs.clear();
        }
        (!dirs.is_empty() || !manifests.is_empty()).then_some(Self { lookup, dirs, manifests })
    }

    /// The path of the runfile `key`, if `check` accepts it; failures are added to `attempts`.
    pub(crate) fn find(
        &self,
        key: &str,
        check: fn(&Path) -> Result<PathBuf, Reason>,
        tried: &str,
        attempts: &mut Attempts,
    ) -> Option<PathBuf> {
        for dir in &self.dirs {
            match check(&dir.join(key)) {
                Ok(path) => return Some(path),
                Err(reason) => attempts.push(format!("{tried}, in the runfiles"), reason),
            }
        }
        for path in &self.manifests {
            let tried = format!("{tried}, by the runfiles manifest");
            let paths = match manifest::find(path, key) {
                Ok(path) => anchored(self.lookup, &path),
                Err(reason) => {
                    attempts.push(tried, reason);
                    continue;
                }
            };
            for path in paths {
                match check(&path) {
                    Ok(path) => return Some(path),
                    Err(reason) => attempts.push(tried.clone(), reason),
                }
            }
        }
        None
    }
}

/// Whether Bazel runs this process: only then nothing may be built outside of it.
pub(crate) fn is_bazel(lookup: &Lookup) -> bool {
    ["RUNFILES_DIR", "TEST_SRCDIR", "RUNFILES_MANIFEST_FILE"]
        .iter()
        .any(|name| lookup.var(name).is_some())
}

/// The keys that `value` may mean: itself, the part after a `.runfiles/` in it, a path in the main
/// repository, and the file that a path of an action stands for; each with its own and with the
/// other system's separators.
pub(crate) fn keys(value: &Path, workspace: &str) -> Vec<String> {
    let value = value.to_string_lossy();
    let mut keys = Vec::new();
    for spelled in [value.to_string(), value.replace('\\', "/")] {
        let inner = spelled.rsplit_once(".runfiles/").map(|(_, inner)| inner.to_owned());
        let rooted = (!spelled.starts_with('/')).then(|| format!("{workspace}/{spelled}"));
        let whole = rooted.is_some().then(|| spelled.clone());
        let made = inner.is_none().then(|| of_action(&spelled, workspace)).flatten();
        let candidates = [whole, inner, rooted, made];
        for key in candidates.into_iter().flatten().filter_map(|key| normalised(&key)) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The key of a file that is named as an action sees it, as `$(execpath)` does: from the directory
/// above `bazel-out` and `external`, `bazel-out/<configuration>/<bin>/<path>` or
/// `external/<repository>/<path>`. A test starts elsewhere, and has the file among its runfiles.
fn of_action(path: &str, workspace: &str) -> Option<String> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let generated = match path.strip_prefix("bazel-out/") {
        Some(generated) => Some(generated),
        None => path.split_once("/bazel-out/").map(|(_, generated)| generated),
    };
    let path = match generated {
        // The configuration, and `bin` or `genfiles`.
        Some(generated) => generated.splitn(3, '/').nth(2)?,
        None if path.starts_with("external/") => path,
        None => return None,
    };
    Some(match path.strip_prefix("external/") {
        Some(outer) => outer.to_owned(),
        None => format!("{workspace}/{path}"),
    })
}

/// `key` without `.`, `..` and doubled slashes, or `None` if it leaves the runfiles.
pub(crate) fn normalised(key: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in key.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The absolute paths that `path` may mean: Bazel gives some relative to the directory in which it
/// started us, which is above the executable and may no longer be the current one.
fn anchored(lookup: &Lookup, path: &Path) -> Vec<PathBuf> {
    if path.is_absolute() {
        return vec![path.to_path_buf()];
    }
    let above = lookup.exe().into_iter().flat_map(|exe| exe.ancestors().skip(1));
    let candidates: Vec<PathBuf> =
        lookup.dir().into_iter().chain(above).map(|base| base.join(path)).collect();
    match candidates.iter().find(|candidate| candidate.exists()) {
        Some(found) => vec![found.clone()],
        // Kept for the error, which then shows the expected path.
        None => candidates.into_iter().take(1).collect(),
    }
}

fn is_tree(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "runfiles")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn keys_of_a_value() {
        assert_eq!(keys(Path::new("_main/bin/x"), "_main"), ["_main/bin/x", "_main/_main/bin/x"]);
        assert_eq!(keys(Path::new("bin/x"), "ws"), ["bin/x", "ws/bin/x"]);
        assert_eq!(
            keys(Path::new(r"ws\bin\x"), "ws"),
            [r"ws\bin\x", r"ws/ws\bin\x", "ws/bin/x", "ws/ws/bin/x"]
        );
        // `$(rootpath)` of a file in another repository.
        assert_eq!(keys(Path::new("../other/x"), "_main"), ["other/x"]);
        assert_eq!(keys(Path::new("/out/t.runfiles/ws/x"), "ws"), ["ws/x"]);
        assert_eq!(keys(Path::new("../../x"), "ws"), Vec::<String>::new());
    }

    #[test]
    fn keys_of_a_path_that_an_action_sees() {
        let last = |value: &str| keys(Path::new(value), "ws").pop().unwrap();
        for (value, key) in [
            ("bazel-out/k8-fastbuild/bin/made/x", "ws/made/x"),
            ("./bazel-out/k8-opt/genfiles/made/x", "ws/made/x"),
            (r"bazel-out\x64_windows-fastbuild\bin\made\x.exe", "ws/made/x.exe"),
            ("/cache/execroot/ws/bazel-out/k8-fastbuild/bin/made/x", "ws/made/x"),
            ("bazel-out/k8-fastbuild/bin/external/other/made/x", "other/made/x"),
            ("external/other/x", "other/x"),
            ("external/rules~1.0/x", "rules~1.0/x"),
            // What is laid out already needs no guess.
            ("/out/bazel-out/k8/bin/t.runfiles/ws/x", "ws/x"),
        ] {
            assert_eq!(last(value), key, "{value}");
        }
        // Too short to name a file.
        assert_eq!(last("bazel-out/k8-fastbuild/bin"), "ws/bazel-out/k8-fastbuild/bin");
    }
}
