//! The crates of a workspace and their source files.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;
use toml_edit::DocumentMut;

use super::tokens;
use crate::failure::Result;
use crate::workspace::rust_files;

/// A workspace.
pub(crate) struct Tree {
    /// Where it is.
    pub(crate) root: PathBuf,
    /// Its members, by name.
    pub(crate) crates: Vec<Crate>,
}

/// One member of the workspace.
pub(crate) struct Crate {
    /// The name of its folder.
    pub(crate) name: String,
    /// Its manifest.
    pub(crate) manifest: DocumentMut,
    /// What is below its `src`, by path.
    pub(crate) files: Vec<File>,
    /// All other Rust sources: tests, examples, benches, a build script.
    pub(crate) others: Vec<(PathBuf, String)>,
}

/// One file below `src`.
pub(crate) struct File {
    /// From the root of the workspace.
    pub(crate) path: PathBuf,
    /// As it stands there.
    pub(crate) text: String,
    /// Without comments and tests.
    pub(crate) tokens: Vec<TokenTree>,
    /// The module: empty for the root of the crate.
    pub(crate) module: Vec<String>,
}

impl Tree {
    /// Reads every member that the manifest of the workspace lists.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let root =
            fs::canonicalize(root).map_err(|error| format!("{}: {error}", root.display()))?;
        let manifest = table(&root.join("Cargo.toml"))?;
        let members = manifest.get("workspace").and_then(|workspace| workspace.get("members"));
        let members = members
            .and_then(|members| members.as_array())
            .ok_or("the manifest lists no members")?;
        let mut names: Vec<&str> = members.iter().filter_map(|member| member.as_str()).collect();
        names.sort_unstable();
        let crates = names.iter().map(|name| Crate::read(&root, name)).collect::<Result<_>>()?;
        Ok(Self { root, crates })
    }
}

impl Crate {
    fn read(root: &Path, name: &str) -> Result<Self> {
        let folder = root.join(name);
        let src = folder.join("src");
        let (mut files, mut others) = (Vec::new(), Vec::new());
        for path in rust_files(&folder)? {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let shown = path.strip_prefix(root).unwrap_or(&path).to_owned();
            if let Ok(inner) = path.strip_prefix(&src) {
                let tokens =
                    tokens::of(&text).map_err(|error| format!("{}: {error}", path.display()))?;
                files.push(File { path: shown, text, tokens, module: module(inner) });
            } else {
                others.push((shown, text));
            }
        }
        Ok(Self {
            name: name.to_owned(),
            manifest: table(&folder.join("Cargo.toml"))?,
            files,
            others,
        })
    }

    /// How many lines are below `src`.
    pub(crate) fn lines(&self) -> usize {
        self.files.iter().map(|file| file.text.lines().count()).sum()
    }

    /// `lib.rs`.
    pub(crate) fn root(&self) -> Option<&File> {
        self.files.iter().find(|file| file.path.ends_with("src/lib.rs"))
    }
}

/// The module of a file below `src`.
fn module(inner: &Path) -> Vec<String> {
    let path = inner.with_extension("");
    let mut names: Vec<String> =
        path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

fn table(path: &Path) -> Result<DocumentMut> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.parse().map_err(|error| format!("{}: {error}", path.display()).into())
}
