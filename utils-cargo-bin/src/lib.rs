//! Where a built binary or a test resource is, under cargo, nextest, Bazel and Buck2.
//!
//! A binary is looked for, in this order:
//! 1. `CARGO_BIN_EXE_<name>`, then `NEXTEST_BIN_EXE_<name>`, each in the spelling asked for, with
//!    underscores and with dashes. A value that is not an absolute path of a file is taken as a
//!    Bazel runfiles key (see [`Lookup`]), then as relative to the Buck2 project root, then as
//!    relative to the current directory.
//! 2. The directory of the running test executable, as `assert_cmd` does.
//! 3. `cargo build`, through `escargot`, unless Bazel or Buck2 runs this process.
//!
//! Bazel was tried for real, in its sandbox and on remote workers, with and without a tree of
//! runfiles. Buck2 was not: what is written here of it holds for the layout that it documents.
//!
//! What is found is absolute and exists; otherwise the error lists every thing that was tried and
//! why it did not do. Paths are never canonicalised: a farm of symbolic links stays one.

use std::path::PathBuf;

mod attempt;
mod lookup;
mod project_root;
mod resource;
mod runfiles;
mod workspace_build;

pub use attempt::{Attempt, Reason};
pub use lookup::{CargoBinError, Lookup};
pub use resource::{Resource, ResourceError};

/// The absolute path of the built binary `name`, as named by its `[[bin]]` target (no `.exe`).
///
/// As the last resort this runs `cargo build`, which may take as long as a build takes.
///
/// # Errors
/// [`CargoBinError`] lists every place that was tried and why it did not do.
pub fn cargo_bin(name: &str) -> Result<PathBuf, CargoBinError> {
    Lookup::from_process().cargo_bin(name)
}

/// The absolute path of a file or directory that belongs to the calling crate:
/// `find_resource!("tests/data/one.json")`, a `Result<PathBuf, ResourceError>`.
///
/// Under cargo the path is joined to the caller's `CARGO_MANIFEST_DIR`, the one at run time first, as
/// cargo-nextest sets it for the tests of an archive; under Bazel it is the
/// runfile `<TEST_WORKSPACE or _main>/<BAZEL_PACKAGE>/<path>`, where `BAZEL_PACKAGE` was set when
/// the caller was compiled; under Buck2 it is joined to the project root.
#[macro_export]
macro_rules! find_resource {
    ($path:expr) => {
        $crate::Lookup::from_process().resource(&$crate::Resource {
            path: ::std::path::Path::new($path),
            // Read here, where the macro is expanded: they are the caller's.
            manifest_dir: ::std::option_env!("CARGO_MANIFEST_DIR").map(::std::path::Path::new),
            package: ::std::option_env!("CARGO_PKG_NAME"),
            bazel_package: ::std::option_env!("BAZEL_PACKAGE"),
        })
    };
}
