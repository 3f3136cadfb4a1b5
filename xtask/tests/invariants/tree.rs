//! The workspace as text: its members, their manifests, their sources, its documents.

use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use toml::Table;

/// One member of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) manifest: Table,
}

/// One Rust file.
pub(crate) struct Source {
    /// From the root of the workspace.
    pub(crate) path: String,
    pub(crate) text: String,
    tokens: OnceCell<Vec<String>>,
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let document = utils_cargo_bin::find_resource!("../ARCHITECTURE.md");
    let document = document.unwrap_or_else(|error| panic!("the sources must be here: {error}"));
    document.canonicalize().unwrap().parent().unwrap().to_owned()
}

/// A file of the workspace.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every member that the manifest of the workspace lists.
pub(crate) fn members() -> Vec<Member> {
    let workspace: Table = read("Cargo.toml").parse().unwrap();
    let names = workspace["workspace"]["members"].as_array().unwrap();
    let member = |name: &str| Member {
        name: name.to_owned(),
        manifest: read(&format!("{name}/Cargo.toml")).parse().unwrap(),
    };
    names.iter().map(|name| member(name.as_str().unwrap())).collect()
}

/// Every file below a folder whose name has this ending, from the root of the workspace.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.extend((name != "target" && !name.starts_with('.')).then_some(path));
            } else if name.ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    found
}

/// Every Rust file below these folders, such as `suites/src`.
pub(crate) fn sources<'a>(folders: impl IntoIterator<Item = &'a str>) -> Vec<Source> {
    let paths = folders.into_iter().flat_map(|folder| files(folder, ".rs"));
    paths.map(|path| Source::new(read(&path), path)).collect()
}

impl Source {
    fn new(text: String, path: String) -> Self {
        Self { path, text, tokens: OnceCell::new() }
    }

    /// Its tokens in a row, without comments and without what is compiled only for tests.
    pub(crate) fn tokens(&self) -> &[String] {
        self.tokens.get_or_init(|| {
            let stream: TokenStream =
                self.text.parse().unwrap_or_else(|error| panic!("{}: {error}", self.path));
            let mut tokens = Vec::new();
            flatten(stream, &mut tokens);
            tokens
        })
    }

    /// Its string literals, without their quotes.
    pub(crate) fn strings(&self) -> Vec<String> {
        let literal =
            |token: &String| Some(token.split_once('"')?.1.rsplit_once('"')?.0.to_owned());
        self.tokens().iter().filter_map(literal).collect()
    }

    /// Whether these tokens stand in it one after the other.
    pub(crate) fn has(&self, code: &str) -> bool {
        let mut sought = Vec::new();
        flatten(code.parse().unwrap(), &mut sought);
        self.tokens().windows(sought.len()).any(|window| window == sought)
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<String>) {
    let mut rest = stream.into_iter().peekable();
    while let Some(token) = rest.next() {
        let attribute = match (&token, rest.peek()) {
            (TokenTree::Punct(mark), Some(TokenTree::Group(group)))
                if mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                group.stream().to_string()
            }
            _ => String::new(),
        };
        if attribute.starts_with("doc") {
            rest.next();
        } else if attribute.replace(' ', "") == "cfg(test)" {
            // The item ends with its block, or with a semicolon.
            let last = |token: &TokenTree| match token {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                TokenTree::Punct(mark) => mark.as_char() == ';',
                TokenTree::Ident(_) | TokenTree::Literal(_) => false,
            };
            rest.by_ref().find(last);
        } else if let TokenTree::Group(group) = token {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            };
            tokens.push(open.to_owned());
            flatten(group.stream(), tokens);
            tokens.push(close.to_owned());
        } else {
            tokens.push(token.to_string());
        }
    }
}

#[test]
fn comments_and_tests_are_no_code() {
    let text = r##"
        /// A "doc" comment.
        #[test]
        fn one() { call("code"); } // "comment"
        #[cfg(test)]
        mod tests { const A: &str = "test"; }
        #[cfg(test)]
        mod other;
        const B: &str = r#"more"#;
    "##;
    let source = Source::new(text.to_owned(), "text".to_owned());
    assert_eq!(source.strings(), ["code", "more"]);
    assert!(source.has(r#"fn one() { call("code"); }"#) && source.has("const B"));
    assert!(!source.has("mod tests") && !source.has("mod other"), "{:?}", source.tokens());
}
