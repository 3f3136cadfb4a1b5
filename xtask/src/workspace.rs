//! Where things are, and the commands that are run there.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Result;

/// The root of the workspace: of the one in which cargo or cargo-nextest runs this package, and otherwise of the one in which it
/// was compiled.
pub(crate) fn root() -> PathBuf {
    let runs = env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == env!("CARGO_PKG_NAME"));
    let own = runs.then(|| env::var_os("CARGO_MANIFEST_DIR")).flatten();
    let own = own.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().unwrap_or(&own).to_owned()
}

/// Where cargo builds: two folders above this program.
pub(crate) fn target() -> Result<PathBuf> {
    let own = env::current_exe()?;
    Ok(own.ancestors().nth(2).ok_or("this program is not where cargo builds")?.to_owned())
}

/// An empty folder below `target`.
pub(crate) fn fresh(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()).into())
}

/// Copies the sources. The times of the files are not kept: what was compiled last may be a changed one.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, kind) = (entry.path(), entry.file_type()?);
        let is_ours =
            from == root() && (entry.file_name() == "target" || entry.file_name() == ".git");
        let copied = to.join(entry.file_name());
        if kind.is_dir() && !is_ours {
            fs::create_dir(&copied)?;
            copy(&source, &copied)?;
        } else if kind.is_file() && !is_ours {
            fs::copy(&source, &copied)?;
        }
    }
    Ok(())
}

/// A command at the root of the workspace, which finds the tools that `scripts/bootstrap` installed.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).env("PATH", path(&[root().join("target/tools/bin")]));
    command
}

/// The search path with these folders before all others.
pub(crate) fn path(first: &[PathBuf]) -> OsString {
    let usual = env::var_os("PATH").unwrap_or_default();
    let all = first.iter().cloned().chain(env::split_paths(&usual));
    // A folder with a colon in its name cannot be in it.
    env::join_paths(all).unwrap_or(usual)
}

/// Cargo, at the root of the workspace.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(args);
    cargo
}

/// Runs a command that must end well.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| cannot_run(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", shown(command)).into()) }
}

/// Runs a command and returns its exit code; for one that a signal ended, what a shell would say.
pub(crate) fn code(command: &mut Command) -> Result<i32> {
    use std::os::unix::process::ExitStatusExt as _;
    let status = command.status().map_err(|error| cannot_run(command, &error))?;
    Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()))
}

/// What a command that must end well prints to stdout; its stderr goes to ours.
pub(crate) fn printed(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| cannot_run(command, &error))?;
    if !output.status.success() {
        return Err(format!("{}: {}", shown(command), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

fn cannot_run(command: &Command, error: &std::io::Error) -> String {
    format!("cannot run {}: {error}", shown(command))
}

/// A command as somebody would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Every Rust source below a folder, by path; what cargo builds is left out.
pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("target") {
                found.extend(rust_files(&path)?);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The `proctor` that `PROCTOR` names, or the one that cargo builds here in release.
pub(crate) fn proctor() -> Result<PathBuf> {
    if let Some(named) = named() {
        return Ok(named);
    }
    build(&["--release", "--package", "cli", "--bin", "proctor"])?;
    Ok(target()?.join("release/proctor"))
}

/// The same, built for debugging.
pub(crate) fn proctor_for_tests() -> Result<PathBuf> {
    if let Some(named) = named() {
        return Ok(named);
    }
    build(&["--package", "cli", "--bin", "proctor"])?;
    Ok(target()?.join("debug/proctor"))
}

fn named() -> Option<PathBuf> {
    let named = env::var_os("PROCTOR").filter(|named| !named.is_empty())?;
    let path = PathBuf::from(&named);
    // A bare name is looked for by whoever starts it.
    let is_bare = path.components().count() == 1;
    Some(if is_bare { path } else { std::path::absolute(&path).unwrap_or(path) })
}

/// Builds without a word.
pub(crate) fn build(args: &[&str]) -> Result<()> {
    run(cargo(&["build", "--quiet"]).args(args))
}
