//! The servers that are kept track of: `scripts/mcp-servers.txt`.

use std::fs;

use crate::failure::Result;
use crate::workspace::root;

/// How a server is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// From npm.
    Npm,
    /// From the Python Package Index.
    Pypi,
    /// From a folder of this repository.
    Folder,
    /// A release of Codex.
    Codex,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Packages with their versions, a folder, or a release.
    pub(super) what: String,
    /// The words that start it.
    pub(super) command: Vec<String>,
    /// Options for `proctor run`.
    pub(super) options: Vec<String>,
}

/// The servers with these names; without a name, all.
pub(super) fn named(names: &[String]) -> Result<Vec<Server>> {
    let path = root().join("scripts/mcp-servers.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let all = parse(&text)?;
    if names.is_empty() {
        return Ok(all);
    }
    let find = |name: &String| {
        let found = all.iter().find(|server| server.name == *name).cloned();
        found.ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|server| server.name.as_str()).collect();
            format!("no server is called `{name}`; there are {}", known.join(", ")).into()
        })
    };
    names.iter().map(find).collect()
}

fn parse(text: &str) -> Result<Vec<Server>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(one).collect()
}

fn one(line: &str) -> Result<Server> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let [name, kind, what, rest @ ..] = words.as_slice() else {
        return Err(format!("scripts/mcp-servers.txt: too few words in `{line}`").into());
    };
    let kind = match kind.as_str() {
        "npm" => Kind::Npm,
        "pypi" => Kind::Pypi,
        "folder" => Kind::Folder,
        "codex" => Kind::Codex,
        other => return Err(format!("scripts/mcp-servers.txt: no kind is called `{other}`").into()),
    };
    let mut parts = rest.splitn(2, |word| word == "--");
    let mut part = || parts.next().unwrap_or_default().to_vec();
    let (command, options) = (part(), part());
    if command.is_empty() {
        return Err(format!("scripts/mcp-servers.txt: no command in `{line}`").into());
    }
    Ok(Server { name: name.clone(), kind, what: what.clone(), command, options })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{Kind, named, parse};

    #[test]
    fn a_line_is_read() {
        let line = "# About.\n\nhello  pypi  a==1,b==2  serve {files} -- --call-tools\n";
        let servers = parse(line).unwrap();
        let [server] = servers.as_slice() else { panic!("{servers:?}") };
        assert_eq!((server.name.as_str(), server.kind), ("hello", Kind::Pypi));
        assert_eq!(server.what, "a==1,b==2");
        assert_eq!(server.command, ["serve", "{files}"]);
        assert_eq!(server.options, ["--call-tools"]);
        assert!(parse("hello npm a@1").is_err());
        assert!(parse("hello nix a@1 a").is_err());
    }

    #[test]
    fn the_list_is_whole_and_its_versions_are_exact() {
        let all = named(&[]).unwrap();
        assert!(all.len() >= 16, "{}", all.len());
        for server in &all {
            let exact = match server.kind {
                Kind::Npm => server.what.rfind('@').is_some_and(|at| at > 0),
                Kind::Pypi => server.what.split(',').all(|package| package.contains("==")),
                Kind::Folder | Kind::Codex => true,
            };
            assert!(exact, "{}: {}", server.name, server.what);
        }
        let said = named(&["nothing".to_owned()]).unwrap_err().to_string();
        assert!(
            said.starts_with("no server is called `nothing`; there are everything, "),
            "{said}"
        );
    }
}
