//! Finds the file of a program, and says why a process could not be started.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use super::system::is_executable;

/// Why a process could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// There is no tokio runtime on this thread; the pipes need one.
    #[error("no runtime to start {} in", program.display())]
    NoRuntime {
        /// The program.
        program: PathBuf,
    },
    /// The working directory does not exist, or is not a directory.
    #[error("no working directory {}", path.display())]
    NoDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// No file of this name can be executed.
    #[error("no executable {} in `{search}`", program.display())]
    NotFound {
        /// The name.
        program: PathBuf,
        /// The `PATH` of the launch, which was searched.
        search: String,
    },
    /// The system refused.
    #[error("cannot start {}: {source}", program.display())]
    Refused {
        /// The program.
        program: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The pipe for stderr, or the thread that reads it, could not be made.
    #[error("cannot make a pipe for the stderr of {}: {source}", program.display())]
    Stderr {
        /// The program.
        program: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

/// The file of a program: as a shell would find it in the environment of the new process.
///
/// An absolute path also lets the process be started without a copy of this one (`posix_spawn`);
/// for a bare name and a `PATH` of its own, the standard library forks.
pub fn resolve(program: &Path, env: &BTreeMap<OsString, OsString>) -> Result<PathBuf, SpawnError> {
    if program.components().count() > 1 || program.is_absolute() {
        return std::path::absolute(program)
            .map_err(|source| SpawnError::Refused { program: program.to_owned(), source });
    }
    let search = env.get(OsStr::new("PATH")).map(OsString::as_os_str).unwrap_or_default();
    let found = std::env::split_paths(search)
        .map(|folder| folder.join(program))
        .find(|path| is_executable(path));
    found.ok_or_else(|| SpawnError::NotFound {
        program: program.to_owned(),
        search: search.to_string_lossy().into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::path::Path;

    use super::{SpawnError, resolve};

    fn path(value: &str) -> BTreeMap<OsString, OsString> {
        BTreeMap::from([("PATH".into(), value.into())])
    }

    #[test]
    fn bare_name_is_looked_up_in_the_path_of_the_launch() {
        let found = resolve(Path::new("sh"), &path("/nowhere:/bin")).unwrap();
        assert_eq!(found, Path::new("/bin/sh"));
        let error = resolve(Path::new("sh"), &path("/nowhere")).unwrap_err();
        assert_eq!(error.to_string(), "no executable sh in `/nowhere`");
        assert!(matches!(
            resolve(Path::new("sh"), &BTreeMap::new()),
            Err(SpawnError::NotFound { .. })
        ));
    }

    #[test]
    fn path_is_taken_as_it_is() {
        let found = resolve(Path::new("/nowhere/server"), &path("/bin")).unwrap();
        assert_eq!(found, Path::new("/nowhere/server"));
        let found = resolve(Path::new("./server"), &path("/bin")).unwrap();
        assert!(found.is_absolute(), "{found:?}");
    }
}
