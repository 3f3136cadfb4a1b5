//! The last resort: `cargo build`, in the workspace and profile of this process.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use escargot::format::Message;
use escargot::format::diagnostic::DiagnosticLevel;
use escargot::{CargoBuild, CommandMessages};

use crate::Lookup;
use crate::attempt::{self, Reason};
use crate::{project_root, runfiles};

/// How to build a binary in the way that the running one was built.
///
/// The features are unknown: a binary that needs more than its default features is built wrongly.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WorkspaceBuild {
    /// The directory of a `Cargo.toml` anywhere in the workspace.
    package_dir: PathBuf,
    layout: Option<Layout>,
}

/// The properties of a build that the path of an executable shows.
#[derive(Debug, PartialEq, Eq)]
struct Layout {
    target_dir: PathBuf,
    /// The target triple, if one was chosen.
    triple: Option<String>,
    profile: String,
}

impl WorkspaceBuild {
    /// The build that the process of `lookup` belongs to.
    pub(crate) fn of(lookup: &Lookup) -> Result<Self, Reason> {
        if runfiles::is_bazel(lookup) || project_root::is_buck2(lookup) {
            return Err(Reason::NotTried("Bazel or Buck2 runs this, cargo builds something else"));
        }
        if !lookup.is_process() {
            return Err(Reason::NotTried("it needs the process, not this lookup"));
        }
        Self::plan(lookup)
    }

    fn plan(lookup: &Lookup) -> Result<Self, Reason> {
        let layout = lookup.exe().and_then(Layout::of);
        // Set by the test runner, whatever the current directory is.
        let declared = ["CARGO_MANIFEST_DIR", "NEXTEST_WORKSPACE_ROOT"]
            .iter()
            .filter_map(|name| lookup.var(name).map(Path::new))
            .find(|dir| is_package(dir));
        if let Some(dir) = declared {
            return Ok(Self { package_dir: dir.to_path_buf(), layout });
        }
        let starts = [layout.as_ref().map(|layout| layout.target_dir.as_path()), lookup.dir()];
        let above = starts.into_iter().flatten().flat_map(Path::ancestors);
        let nearest = above.filter(|dir| is_package(dir)).map(Path::to_path_buf).next();
        if let Some(dir) = nearest {
            // An executable of another workspace must not fill its target directory with our
            // artefacts.
            let layout = layout.filter(|layout| layout.target_dir.starts_with(&dir));
            return Ok(Self { package_dir: dir, layout });
        }
        Err(Reason::NoBase("a directory with a Cargo.toml"))
    }

    /// Builds the binary `name`, without the network.
    pub(crate) fn run(&self, name: &str) -> Result<PathBuf, Reason> {
        let mut command = self.command(name).into_command();
        // Cargo looks for its configuration from the current directory, not from the manifest.
        command.current_dir(&self.package_dir).stdin(Stdio::null());
        let failed = |error: escargot::error::CargoError| Reason::Build(error.to_string());
        let mut built = None;
        let mut diagnostics = String::new();
        for message in CommandMessages::with_command(command).map_err(failed)? {
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    let said = format!("{}\n{diagnostics}", error.to_string().trim());
                    return Err(Reason::Build(said.trim().to_owned()));
                }
            };
            match message.decode().map_err(failed)? {
                Message::CompilerArtifact(artifact)
                    if artifact.target.name == name && artifact.target.kind == ["bin"] =>
                {
                    built = artifact.executable.map(|path| path.into_owned()).or(built);
                }
                Message::CompilerMessage(compiler)
                    if compiler.message.level == DiagnosticLevel::Error =>
                {
                    diagnostics.push_str(&compiler.message.rendered.unwrap_or_default());
                }
                _ => {}
            }
        }
        let built = built.ok_or_else(|| Reason::Build(format!("made no binary {name}")))?;
        attempt::file(&std::path::absolute(&built).map_err(|source| unreadable(&built, source))?)
    }

    fn command(&self, name: &str) -> CargoBuild {
        // The whole workspace, because otherwise only the package of the manifest would be
        // searched; quietly, because nobody sees cargo's progress while its messages are read.
        let mut build = CargoBuild::new()
            .args(["--workspace", "--offline", "--quiet"])
            .manifest_path(self.package_dir.join("Cargo.toml"))
            .bin(name);
        match &self.layout {
            None => build.current_release(),
            Some(layout) => {
                build = build.profile(&layout.profile).target_dir(&layout.target_dir);
                match &layout.triple {
                    Some(triple) => build.target(triple),
                    None => build,
                }
            }
        }
    }
}

impl Layout {
    /// Reads `<target dir>[/<triple>]/<profile dir>[/deps]/<executable>`.
    fn of(exe: &Path) -> Option<Self> {
        // Cargo writes this file only at the root of a target directory.
        let root = exe.ancestors().find(|dir| dir.join(".rustc_info.json").is_file())?;
        let mut dir = exe.strip_prefix(root).ok()?.parent()?;
        if dir.ends_with("deps") || dir.ends_with("examples") {
            dir = dir.parent()?;
        }
        let parts: Option<Vec<&str>> = dir.iter().map(|part| part.to_str()).collect();
        let (triple, profile) = match parts?.as_slice() {
            [profile] => (None, (*profile).to_owned()),
            [triple, profile] => (Some((*triple).to_owned()), (*profile).to_owned()),
            _ => return None,
        };
        // The only profile whose directory has another name.
        let profile = if profile == "debug" { "dev".to_owned() } else { profile };
        Some(Self { target_dir: root.to_path_buf(), triple, profile })
    }
}

fn is_package(dir: &Path) -> bool {
    dir.join("Cargo.toml").is_file()
}

fn unreadable(path: &Path, source: io::Error) -> Reason {
    Reason::Unreadable { path: path.to_path_buf(), source }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pretty_assertions::assert_eq;

    use super::*;

    fn layout(target_dir: &Path, triple: Option<&str>, profile: &str) -> Option<Layout> {
        let (triple, profile) = (triple.map(str::to_owned), profile.to_owned());
        Some(Layout { target_dir: target_dir.to_path_buf(), triple, profile })
    }

    #[test]
    fn layout_of_executables() {
        let temp = tempfile::tempdir().unwrap();
        let target = temp.path().join("target");
        fs::create_dir(&target).unwrap();
        let of = |exe: &str| Layout::of(&target.join(exe));
        assert_eq!(of("debug/tool"), None, "without cargo's mark");
        fs::write(target.join(".rustc_info.json"), "{}").unwrap();
        assert_eq!(of("debug/tool"), layout(&target, None, "dev"));
        assert_eq!(of("debug/deps/it-0a1b"), layout(&target, None, "dev"));
        assert_eq!(of("release/examples/e"), layout(&target, None, "release"));
        let triple = "aarch64-unknown-linux-gnu";
        let cross = format!("{triple}/profiling/deps/it-0a1b");
        assert_eq!(of(&cross), layout(&target, Some(triple), "profiling"));
        assert_eq!(of("build/pkg/0a1b/out/it"), None, "a layout that is not known");
    }

    #[test]
    fn workspace_of_a_process() {
        let temp = tempfile::tempdir().unwrap();
        let (root, other) = (temp.path().join("root"), temp.path().join("other"));
        for dir in [&root, &other] {
            fs::create_dir_all(dir.join("src/deeper")).unwrap();
            fs::write(dir.join("Cargo.toml"), "").unwrap();
        }
        fs::create_dir(root.join("target")).unwrap();
        fs::write(root.join("target/.rustc_info.json"), "{}").unwrap();
        let plan = |lookup: &Lookup, exe: PathBuf| {
            let plan = WorkspaceBuild::plan(&lookup.clone().with_current_exe(exe)).unwrap();
            (plan.package_dir, plan.layout.is_some())
        };
        let (built, alien) = (root.join("target/debug/deps/it"), temp.path().join("bin/it"));

        let inside = Lookup::new().with_current_dir(other.join("src/deeper"));
        assert_eq!(plan(&inside, built.clone()), (root.clone(), true), "from the executable");
        assert_eq!(plan(&inside, alien.clone()), (other, false), "from the current directory");
        let told = inside.clone().with_var("CARGO_MANIFEST_DIR", &root);
        assert_eq!(plan(&told, alien), (root.clone(), false), "from the variable");
        let stale = inside.with_var("CARGO_MANIFEST_DIR", temp.path().join("gone"));
        assert_eq!(plan(&stale, built), (root, true), "from the executable after all");
        let nowhere = WorkspaceBuild::plan(&Lookup::new().with_current_dir(temp.path()));
        assert!(matches!(nowhere, Err(Reason::NoBase(_))), "{nowhere:?}");
    }
}
