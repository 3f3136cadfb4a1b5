//! Fetches a server once, into a folder of its own below `target/mcp-servers`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::listed::{Kind, Server};
use crate::failure::Result;
use crate::real::examine::fetched as fetched_codex;
use crate::workspace::{self, cargo, fresh, root, target};

/// What says that a folder is complete, and of what.
const MARK: &str = "fetched.txt";

/// The words that start this server, fetched if need be.
pub(super) fn fetched(server: &Server) -> Result<Vec<String>> {
    if server.kind == Kind::Codex {
        let mut command = server.command.clone();
        command[0] = path_text(&fetched_codex(&server.what)?)?;
        return Ok(command);
    }
    let folder = target()?.join("mcp-servers").join(&server.name);
    let wanted = wanted(server)?;
    if fs::read_to_string(folder.join(MARK)).ok().as_deref() != Some(&wanted) {
        fresh(&folder)?;
        fetch(server, &folder)?;
        fs::write(folder.join(MARK), wanted)?;
    }
    located(server, &folder)
}

/// What the folder must hold: the packages, or the files that are copied.
fn wanted(server: &Server) -> Result<String> {
    let mut text = format!("{:?} {}\n", server.kind, server.what);
    if server.kind == Kind::Folder {
        for file in files(&root().join(&server.what))? {
            text.push_str(&fs::read_to_string(&file)?);
        }
    }
    Ok(text)
}

/// The files of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        } else if !path.ends_with("target") && !path.ends_with("node_modules") {
            files.extend(self::files(&path)?);
        }
    }
    files.sort();
    Ok(files)
}

fn fetch(server: &Server, folder: &Path) -> Result<()> {
    let packages: Vec<&str> = server.what.split(',').collect();
    match server.kind {
        Kind::Npm => npm(folder, &packages),
        Kind::Pypi => pip(folder, &packages),
        Kind::Codex => Ok(()),
        Kind::Folder => {
            workspace::copy(&root().join(&server.what), folder)?;
            if folder.join("package.json").is_file() {
                npm(folder, &[])
            } else if folder.join("requirements.txt").is_file() {
                pip(folder, &["--requirement", "requirements.txt"])
            } else {
                let mut build = cargo(&["build", "--quiet", "--target-dir", "target"]);
                workspace::run(build.current_dir(folder))
            }
        }
    }
}

fn npm(folder: &Path, packages: &[&str]) -> Result<()> {
    needed("npm", "npm servers")?;
    let mut install = Command::new("npm");
    install.args(["install", "--silent", "--no-audit", "--no-fund"]).args(packages);
    workspace::run(install.current_dir(folder).stdin(Stdio::null()))
}

fn pip(folder: &Path, packages: &[&str]) -> Result<()> {
    needed("python3", "Python servers")?;
    let mut venv = Command::new("python3");
    workspace::run(venv.args(["-m", "venv", "venv"]).current_dir(folder))?;
    let mut install = Command::new(folder.join("venv/bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check"]).args(packages);
    workspace::run(install.current_dir(folder).stdin(Stdio::null()))
}

/// Fails if a program is not here.
pub(super) fn needed(program: &str, what: &str) -> Result<()> {
    let path = env::var_os("PATH").unwrap_or_default();
    if env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
        return Ok(());
    }
    Err(format!("`{program}` is not installed, and {what} are fetched with it").into())
}

/// The command with the paths of the program and of the files that were fetched.
fn located(server: &Server, folder: &Path) -> Result<Vec<String>> {
    let place = |word: &String| {
        let folders = ["node_modules/.bin", "venv/bin", "target/debug", "."];
        let mut found = folders.iter().map(|place| folder.join(place).join(word));
        found.find(|path| path.is_file()).map_or_else(|| Ok(word.clone()), |path| path_text(&path))
    };
    server.command.iter().map(place).collect()
}

/// A path as a word of a command.
pub(super) fn path_text(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or_else(|| format!("{} is not text", path.display()))?;
    Ok(text.to_owned())
}
