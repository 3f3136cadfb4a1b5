//! Finds a file that belongs to a crate while its tests run.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::Lookup;
use crate::attempt::{self, Attempt, Attempts, Reason};
use crate::runfiles::{self, Runfiles};

/// A file or directory that belongs to a crate; [`crate::find_resource!`] fills it in.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    /// The path, relative to the crate.
    pub path: &'a Path,
    /// `CARGO_MANIFEST_DIR` when the crate was compiled.
    pub manifest_dir: Option<&'a Path>,
    /// `CARGO_PKG_NAME` when the crate was compiled.
    pub package: Option<&'a str>,
    /// `BAZEL_PACKAGE` when the crate was compiled; empty is the package at the root.
    pub bazel_package: Option<&'a str>,
}

/// The resource was not found.
#[derive(Debug, Error)]
#[error("no resource {}; tried:{}", .path.display(), attempt::listed(.attempts))]
pub struct ResourceError {
    /// The requested resource.
    pub path: PathBuf,
    /// What was tried, in order.
    pub attempts: Vec<Attempt>,
}

impl Lookup {
    /// The absolute path of a resource. See [`crate::find_resource!`].
    ///
    /// # Errors
    /// [`ResourceError`] lists every attempt and why it failed.
    pub fn resource(&self, resource: &Resource<'_>) -> Result<PathBuf, ResourceError> {
        let mut attempts = Attempts::default();
        let found = if resource.bazel_package.is_some() && runfiles::is_bazel(self) {
            // Only declared inputs count, even if the sources are accessible.
            self.in_runfiles(resource, &mut attempts)
        } else {
            attempts.push("the runfiles", Reason::NotTried("Bazel did not compile and run this"));
            self.in_package(resource, &mut attempts)
                .or_else(|| self.in_project(resource, &mut attempts))
        };
        found.ok_or_else(|| ResourceError {
            path: resource.path.to_path_buf(),
            attempts: attempts.0,
        })
    }

    fn in_runfiles(&self, resource: &Resource<'_>, attempts: &mut Attempts) -> Option<PathBuf> {
        let package = resource.bazel_package.unwrap_or_default();
        let tried = format!("BAZEL_PACKAGE={package}");
        let Some(runfiles) = Runfiles::of(self) else {
            attempts.push(tried, Reason::NoBase("the directory of the runfiles"));
            return None;
        };
        let path = resource.path.to_string_lossy();
        for path in [path.to_string(), path.replace('\\', "/")] {
            let key = format!("{}/{package}/{path}", self.workspace());
            match runfiles::normalised(&key) {
                None => attempts.push(tried.clone(), Reason::OutsideRunfiles(key)),
                Some(key) => {
                    let found = runfiles.find(&key, attempt::existing, &tried, attempts);
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        None
    }

    fn in_package(&self, resource: &Resource<'_>, attempts: &mut Attempts) -> Option<PathBuf> {
        let compiled = resource.manifest_dir.ok_or(Reason::NotSet);
        // Tests that were built elsewhere, as in an archive, get the new path at run time; it is
        // that of the package under test, which may be another one.
        let running = match (self.var("CARGO_PKG_NAME"), resource.package) {
            (Some(running), Some(own)) if running == own => {
                self.var("CARGO_MANIFEST_DIR").map(Path::new).ok_or(Reason::NotSet)
            }
            _ => Err(Reason::NotTried("another package runs")),
        };
        for (tried, dir) in [
            ("CARGO_MANIFEST_DIR at run time", running),
            ("CARGO_MANIFEST_DIR at compile time", compiled),
        ] {
            let found = dir.and_then(|dir| {
                let absolute = Some(dir).filter(|dir| dir.is_absolute());
                let dir = absolute.ok_or(Reason::NotTried("it is relative"))?;
                attempt::existing(&dir.join(resource.path))
            });
            match found {
                Ok(path) => return Some(path),
                Err(reason) => attempts.push(tried, reason),
            }
        }
        None
    }

    fn in_project(&self, resource: &Resource<'_>, attempts: &mut Attempts) -> Option<PathBuf> {
        let relative = resource.manifest_dir.filter(|dir| dir.is_relative());
        for (label, base) in crate::project_root::bases(self) {
            let base = match base {
                Ok(base) => base,
                Err(reason) => {
                    attempts.push(label, reason);
                    continue;
                }
            };
            let inner = relative.map(|dir| base.join(dir).join(resource.path));
            for path in inner.into_iter().chain([base.join(resource.path)]) {
                match attempt::existing(&path) {
                    Ok(path) => return Some(path),
                    Err(reason) => attempts.push(label, reason),
                }
            }
        }
        None
    }
}
