//! The REPLs of this machine. A missing one fails the tests that need it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use terminal::repl::{Profile, Python, Repl};

/// Far longer than any start takes; it only ends tests that hang.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// The Pythons of this machine: one with the editor of 3.13, and an older one.
pub(crate) fn pythons() -> Vec<Python> {
    let pythons = Python::among(folders("python"));
    let newer = pythons.iter().any(|python| python.minor >= 13);
    assert!(newer, "no Python 3.13 or newer: run scripts/bootstrap; found {pythons:?}");
    let older = pythons.iter().any(|python| python.minor < 13);
    assert!(older, "no Python from 3.9 to 3.12 on PATH; found {pythons:?}");
    pythons
}

/// Another REPL of this machine, by the name of its program.
pub(crate) fn other(program: &Path) -> Option<PathBuf> {
    folders("repls").map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Where REPLs are: those that `scripts/bootstrap` fetched into this folder, and those on `PATH`.
fn folders(fetched: &str) -> impl Iterator<Item = PathBuf> {
    let tools = utils_cargo_bin::find_resource!("../target/tools").ok();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let tools = tools.map(|tools| tools.join(fetched).join("bin"));
    tools.into_iter().chain(on_path)
}

/// Every REPL with a profile: each flavour of the oldest and the newest Python, and the shells.
pub(crate) fn profiles() -> Vec<Profile> {
    let pythons = pythons();
    let ends = [pythons.first(), pythons.last()];
    let pythons = ends.into_iter().flatten().flat_map(Python::profiles);
    [Profile::sh(), Profile::bash(), Profile::node()].into_iter().chain(pythons).collect()
}

/// Starts a REPL, which must become ready.
pub(crate) async fn start(profile: &Profile) -> Repl {
    let started = Repl::start(profile, LONG).await;
    let mut repl = started.unwrap_or_else(|error| panic!("{error}"));
    repl.set_deadline(LONG);
    repl
}

/// Ends it; it must leave nothing behind.
pub(crate) async fn end(repl: Repl) -> terminal::pty::Finished {
    repl.end().await.clean().unwrap_or_else(|left| panic!("{left}"))
}

/// The language of a REPL, by the name of its profile.
pub(crate) fn language(profile: &Profile) -> &'static str {
    match profile.name.as_str() {
        "sh" | "bash" => "shell",
        "node" => "node",
        _ => "python",
    }
}
