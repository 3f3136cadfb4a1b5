//! The order of the attempts to find a binary, for a given environment.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::attempt::{self, Attempt, Attempts, Reason};
use crate::project_root::{self, Base};
use crate::runfiles::{self, Runfiles};
use crate::workspace_build::WorkspaceBuild;

/// The binary was not found.
#[derive(Debug, Error)]
#[error("no binary `{name}`; tried:{}", attempt::listed(.attempts))]
pub struct CargoBinError {
    /// The requested binary.
    pub name: String,
    /// The attempts, in order.
    pub attempts: Vec<Attempt>,
}

/// The properties of the process that looks for a binary.
///
/// [`Lookup::from_process`] reads the real process. A value made by [`Lookup::new`] reads the file
/// system but neither the process nor cargo, for tests of lookups.
///
/// Runfiles are looked for under `RUNFILES_DIR`, `TEST_SRCDIR` and beside the executable, then in
/// the manifest that `RUNFILES_MANIFEST_FILE` names; only in the manifest when
/// `RUNFILES_MANIFEST_ONLY` is set and not `0`, and there is one. A relative one of these starts from
/// the current directory or from a directory above the executable, so that it survives a change of
/// directory. A value may be what `$(rlocationpath)`, `$(rootpath)` or `$(execpath)` expands to, of
/// a source or of a generated file.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    vars: BTreeMap<OsString, OsString>,
    current_dir: Option<PathBuf>,
    current_exe: Option<PathBuf>,
    /// `assert_cmd` and `escargot` read the process itself, so only its own lookup asks them.
    is_process: bool,
}

impl Lookup {
    /// A lookup with no variables, no directory and no executable.
    pub fn new() -> Self {
        Self::default()
    }

    /// A lookup from this process, as it is now.
    pub fn from_process() -> Self {
        Self {
            vars: env::vars_os().collect(),
            current_dir: env::current_dir().ok(),
            current_exe: env::current_exe().ok(),
            is_process: true,
        }
    }

    /// The same lookup with the variable `name`.
    pub fn with_var(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// The same lookup from the absolute directory `dir`.
    pub fn with_current_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.current_dir = Some(dir.into());
        self
    }

    /// The same lookup by the executable with the absolute path `exe`.
    pub fn with_current_exe(mut self, exe: impl Into<PathBuf>) -> Self {
        self.current_exe = Some(exe.into());
        self
    }

    /// See [`crate::cargo_bin`].
    ///
    /// # Errors
    /// [`CargoBinError`] lists every place that was tried and why it did not do.
    pub fn cargo_bin(&self, name: &str) -> Result<PathBuf, CargoBinError> {
        let mut attempts = Attempts::default();
        self.find_bin(name, &mut attempts)
            .ok_or_else(|| CargoBinError { name: name.to_owned(), attempts: attempts.0 })
    }

    /// The absolute path of the file or directory that Bazel laid out, or lists, for `value`: what
    /// `$(rlocationpath)`, `$(rootpath)` or `$(execpath)` expands to.
    ///
    /// # Errors
    /// The attempts, in order; none if there is no sign of runfiles.
    pub fn runfile(&self, value: &Path) -> Result<PathBuf, Vec<Attempt>> {
        let mut attempts = Attempts::default();
        let tried = value.display().to_string();
        self.among_runfiles(value, attempt::existing, &tried, &mut attempts).ok_or(attempts.0)
    }

    fn among_runfiles(
        &self,
        value: &Path,
        check: fn(&Path) -> Result<PathBuf, Reason>,
        tried: &str,
        attempts: &mut Attempts,
    ) -> Option<PathBuf> {
        let runfiles = Runfiles::of(self)?;
        let keys = runfiles::keys(value, self.workspace());
        keys.iter().find_map(|key| runfiles.find(key, check, tried, attempts))
    }

    fn find_bin(&self, name: &str, attempts: &mut Attempts) -> Option<PathBuf> {
        // Such a name would be read as another file's path or as an option of cargo.
        if name.is_empty() || name.starts_with('-') || name.contains(['/', '\\', '\0']) {
            attempts.push(format!("{name:?}"), Reason::BadName);
            return None;
        }
        for variable in variables(name) {
            match self.var(&variable) {
                None => attempts.push(variable, Reason::NotSet),
                Some(value) => {
                    let found = self.place(&variable, Path::new(value), attempts);
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        match self.ask_assert_cmd(name) {
            Ok(path) => return Some(path),
            Err(reason) => attempts.push("assert_cmd, beside the current executable", reason),
        }
        let built = WorkspaceBuild::of(self).and_then(|build| build.run(name));
        built.map_err(|reason| attempts.push("cargo build", reason)).ok()
    }

    /// The file that the value of a variable stands for.
    fn place(&self, variable: &str, value: &Path, attempts: &mut Attempts) -> Option<PathBuf> {
        let tried = format!("{variable}={}", value.display());
        if value.is_absolute() {
            match attempt::file(value) {
                Ok(path) => return Some(path),
                Err(reason) => attempts.push(tried.clone(), reason),
            }
        }
        let found = self.among_runfiles(value, attempt::file, &tried, attempts);
        if found.is_some() || value.is_absolute() {
            return found;
        }
        for (label, base) in self.bases() {
            match base.and_then(|base| attempt::file(&base.join(value))) {
                Ok(path) => return Some(path),
                Err(reason) => attempts.push(format!("{tried}, {label}"), reason),
            }
        }
        None
    }

    /// What `assert_cmd` finds where no variable helps.
    ///
    /// Its lookup panics when it finds nothing and trusts the exact variable blindly, so it is
    /// asked only when its file is known to be there and that variable is absent.
    fn ask_assert_cmd(&self, name: &str) -> Result<PathBuf, Reason> {
        if !self.is_process {
            return Err(Reason::NotTried("it asks the process, not this lookup"));
        }
        let beside = beside(self.exe().ok_or(Reason::NoBase("the current executable"))?, name);
        let beside = attempt::file(&beside)?;
        if self.var(&format!("CARGO_BIN_EXE_{name}")).is_some() {
            return Ok(beside);
        }
        attempt::file(&assert_cmd::cargo::cargo_bin(name))
    }

    /// Where relative values may start: the project root, which stays, before the current
    /// directory, which a test may have changed.
    pub(crate) fn bases(&self) -> Vec<Base> {
        let mut bases = project_root::bases(self);
        let dir = self.dir().map(Path::to_path_buf);
        let dir = dir.ok_or(Reason::NoBase("the current directory"));
        bases.push(("under the current directory", dir));
        bases
    }

    /// The value of a variable that is set and not empty.
    pub(crate) fn var(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn dir(&self) -> Option<&Path> {
        self.current_dir.as_deref()
    }

    pub(crate) fn exe(&self) -> Option<&Path> {
        self.current_exe.as_deref()
    }

    pub(crate) fn is_process(&self) -> bool {
        self.is_process
    }

    /// The name of Bazel's main repository; it is `_main` since modules exist.
    pub(crate) fn workspace(&self) -> &str {
        self.var("TEST_WORKSPACE").and_then(OsStr::to_str).unwrap_or("_main")
    }
}

/// The variables that may name the binary, cargo's before nextest's, the exact spelling first.
///
/// A shell in between, as a target runner may be, drops variables with dashes in their names.
fn variables(name: &str) -> Vec<String> {
    let mut spellings = vec![name.to_owned()];
    for spelling in [name.replace('-', "_"), name.replace('_', "-")] {
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    ["CARGO_BIN_EXE_", "NEXTEST_BIN_EXE_"]
        .iter()
        .flat_map(|prefix| spellings.iter().map(move |spelling| format!("{prefix}{spelling}")))
        .collect()
}

/// Where cargo puts the binary `name` of the build that made the executable `exe`.
fn beside(exe: &Path, name: &str) -> PathBuf {
    let dir = exe.parent().unwrap_or(exe);
    let dir = if dir.ends_with("deps") { dir.parent().unwrap_or(dir) } else { dir };
    dir.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn both_spellings_of_both_runners() {
        assert_eq!(
            variables("my-odd_bin"),
            [
                "CARGO_BIN_EXE_my-odd_bin",
                "CARGO_BIN_EXE_my_odd_bin",
                "CARGO_BIN_EXE_my-odd-bin",
                "NEXTEST_BIN_EXE_my-odd_bin",
                "NEXTEST_BIN_EXE_my_odd_bin",
                "NEXTEST_BIN_EXE_my-odd-bin",
            ]
        );
        assert_eq!(variables("plain"), ["CARGO_BIN_EXE_plain", "NEXTEST_BIN_EXE_plain"]);
    }

    #[test]
    fn binaries_lie_beside_tests_and_above_deps() {
        let tool = format!("target/debug/tool{}", env::consts::EXE_SUFFIX);
        assert_eq!(beside(Path::new("target/debug/deps/it-0a1b"), "tool"), Path::new(&tool));
        assert_eq!(beside(Path::new("target/debug/other"), "tool"), Path::new(&tool));
    }
}
