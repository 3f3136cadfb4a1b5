//! The workspace that Bazel sees: a copy of the folder `bazel`, with the program in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::engine::Engine;
use crate::failure::Result;
use crate::workspace::{command, copy, fresh, printed, root, run as done, target};

/// The real release that two workers share.
pub(crate) const RELEASE: &str = "0.98.0";

/// What Debian's Bazel needs in addition, so that it downloads nothing.
const DEBIAN: &str = r#"
load("@proctor//:debian.bzl", "debian_repositories")

debian_repositories()
"#;

/// Copies the folder, puts the program where its BUILD file expects it, and returns the example in it.
pub(crate) fn lay_out(proctor: &Path, engine: Engine) -> Result<PathBuf> {
    // Always the same place, as Bazel keeps what it knows of a workspace by its path.
    let folder = target()?.join("bazel/proctor");
    fresh(&folder)?;
    copy(&root().join("bazel"), &folder)?;
    fs::create_dir(folder.join("built"))?;
    // Remote engines store it: without what only debuggers read it is a fifth.
    done(Command::new("strip").arg("-o").arg(folder.join("built/proctor")).arg(proctor))?;
    let example = folder.join("example");
    let file = example.join("WORKSPACE");
    let own = fs::read_to_string(&file)?;
    fs::write(file, own + DEBIAN)?;
    if engine == Engine::Workers {
        let codex = printed(command("scripts/fetch-codex").arg(RELEASE))?;
        fs::copy(codex, example.join("rows/codex"))?;
        let known = root().join(format!("docs/known-failures/{RELEASE}.txt"));
        fs::copy(known, example.join("rows/known-failures.txt"))?;
    }
    Ok(example)
}
