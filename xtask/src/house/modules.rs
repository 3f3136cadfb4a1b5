//! Which module of a crate imports which.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::UseTree;

use super::sources::{Crate, File};
use super::tokens::{inside, is_block, is_punct, is_word};

type Module = Vec<String>;

/// Imports, by the name of the module that imports.
pub(crate) type Edges = BTreeMap<String, BTreeSet<String>>;

/// How many modules a crate has, and what each imports of the others.
///
/// An import is a `use`, or a path in code, that leads to another module of the crate: from `crate`, `self`, `super` or a module
/// below. It counts for the deepest module on its way; a name that is re-exported there is not followed. The line `mod child;` is
/// no import.
pub(crate) fn imports(member: &Crate) -> (usize, Edges) {
    let mut modules = BTreeSet::from([Vec::new()]);
    for file in &member.files {
        modules.insert(file.module.clone());
        inline(&file.module, &file.tokens, &mut modules);
    }
    let mut graph = Graph { modules: &modules, edges: Edges::new() };
    for file in &member.files {
        graph.read(&file.module, &file.tokens);
    }
    (modules.len(), graph.edges)
}

/// The modules that are written in braces.
fn inline(module: &Module, tokens: &[TokenTree], modules: &mut BTreeSet<Module>) {
    for at in 0..tokens.len() {
        if let Some((name, body)) = inline_module(&tokens[at..]) {
            let child = [module.clone(), vec![name]].concat();
            inline(&child, &body, modules);
            modules.insert(child);
        }
    }
}

fn inline_module(tokens: &[TokenTree]) -> Option<(String, Vec<TokenTree>)> {
    match tokens {
        [word, TokenTree::Ident(name), TokenTree::Group(body), ..]
            if is_word(word, "mod") && is_block(&tokens[2]) =>
        {
            Some((name.to_string(), inside(body)))
        }
        _ => None,
    }
}

struct Graph<'a> {
    modules: &'a BTreeSet<Module>,
    edges: Edges,
}

impl Graph<'_> {
    fn read(&mut self, module: &Module, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            if let Some((name, body)) = inline_module(rest) {
                self.read(&[module.clone(), vec![name]].concat(), &body);
                at += 3;
            } else if let Some((paths, length)) = imported(rest) {
                for path in paths {
                    self.add(module, &path);
                }
                at += length;
            } else if let TokenTree::Group(group) = &tokens[at] {
                self.read(module, &inside(group));
                at += 1;
            } else {
                let path = path(rest);
                // A path of one name, or what follows another path, leads nowhere.
                let follows = at > 0 && is_punct(&tokens[at - 1], ':');
                if path.len() > 1 && !follows {
                    self.add(module, &path);
                }
                at += (path.len() * 3).saturating_sub(2).max(1);
            }
        }
    }

    fn add(&mut self, from: &Module, path: &[String]) {
        if let Some(to) = self.resolve(from, path)
            && to != *from
        {
            self.edges.entry(name(from)).or_default().insert(name(&to));
        }
    }

    /// The deepest module on the way, if the path stays in this crate.
    fn resolve(&self, from: &Module, path: &[String]) -> Option<Module> {
        let mut module = from.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => module.clear(),
            "self" | "super" => {}
            child if self.modules.contains(&[from.clone(), vec![child.to_owned()]].concat()) => {}
            _ => return None,
        }
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => {
                    module.pop()?;
                }
                _ => {
                    module.push(first.clone());
                    if !self.modules.contains(&module) {
                        module.pop();
                        break;
                    }
                }
            }
            rest = others;
        }
        Some(module)
    }
}

fn name(module: &Module) -> String {
    if module.is_empty() { "crate".to_owned() } else { module.join("::") }
}

/// The path that begins here: names with `::` between them.
fn path(tokens: &[TokenTree]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Ident(name), after @ ..] = rest {
        names.push(name.to_string());
        match after {
            [one, two, next @ ..] if is_punct(one, ':') && is_punct(two, ':') => rest = next,
            _ => break,
        }
    }
    names
}

/// The paths of the `use` that begins here, and how many tokens it has.
fn imported(tokens: &[TokenTree]) -> Option<(Vec<Module>, usize)> {
    if !is_word(tokens.first()?, "use") {
        return None;
    }
    let end = tokens.iter().position(|token| is_punct(token, ';'))?;
    let line: TokenStream = tokens[..=end].iter().cloned().collect();
    // Something else, like the `use<'a>` of a type, is not an import.
    let parsed: syn::ItemUse = syn::parse2(line).ok()?;
    let mut paths = Vec::new();
    leaves(&parsed.tree, &mut Vec::new(), &mut paths);
    Some((paths, end + 1))
}

fn leaves(tree: &UseTree, prefix: &mut Module, paths: &mut Vec<Module>) {
    let mut leaf = |name: Option<String>| paths.push(prefix.iter().cloned().chain(name).collect());
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            leaves(&path.tree, prefix, paths);
            prefix.pop();
        }
        UseTree::Name(name) => leaf((name.ident != "self").then(|| name.ident.to_string())),
        UseTree::Rename(rename) => leaf((rename.ident != "self").then(|| rename.ident.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|item| leaves(item, prefix, paths)),
        _ => leaf(None),
    }
}

/// The public modules of a file, and the names that it re-exports.
pub(crate) fn public_names(file: &File) -> (Vec<String>, Vec<String>) {
    let (mut modules, mut names) = (Vec::new(), Vec::new());
    for (at, token) in file.tokens.iter().enumerate() {
        let rest = &file.tokens[at + 1..];
        match rest {
            [word, TokenTree::Ident(name), end, ..]
                if is_word(token, "pub") && is_word(word, "mod") && is_punct(end, ';') =>
            {
                modules.push(name.to_string());
            }
            _ if is_word(token, "pub") => {
                let paths = imported(rest).map(|(paths, _)| paths).unwrap_or_default();
                names.extend(paths.into_iter().filter_map(|path| path.last().cloned()));
            }
            _ => {}
        }
    }
    (modules, names)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use pretty_assertions::assert_eq;

    use super::imports;
    use crate::house::circles::circles;
    use crate::house::sources::{Crate, File};
    use crate::house::tokens;

    fn member(files: &[(&str, &str)]) -> Crate {
        let files = files.iter().map(|(module, text)| File {
            path: PathBuf::new(),
            text: (*text).to_owned(),
            tokens: tokens::of(text).unwrap(),
            module: module.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        });
        Crate {
            name: "play".to_owned(),
            manifest: toml::Table::new(),
            files: files.collect(),
            others: Vec::new(),
        }
    }

    fn edges(files: &[(&str, &str)]) -> Vec<String> {
        let (_, edges) = imports(&member(files));
        let pairs =
            edges.iter().flat_map(|(from, to)| to.iter().map(move |to| format!("{from} -> {to}")));
        pairs.collect()
    }

    #[test]
    fn an_import_leads_to_the_deepest_module() {
        let found = edges(&[
            ("", "mod a; mod b;"),
            ("a", "mod deep; use crate::b::{self, Thing as Other}; use std::b::X;"),
            ("a::deep", "use super::super::b; fn f() { x!(super::g()); vec.b::<u8>() }"),
            (
                "b",
                "fn f() { crate::a::deep::g(crate::Thing) } #[cfg(test)] mod t { use crate::a::X; }",
            ),
        ]);
        assert_eq!(found, ["a -> b", "a::deep -> a", "a::deep -> b", "b -> a::deep", "b -> crate"]);
    }

    #[test]
    fn a_child_is_imported_by_its_name() {
        let found =
            edges(&[("", "mod a; pub use a::Thing;"), ("a", "pub mod b { use super::Thing; }")]);
        assert_eq!(found, ["a::b -> a", "crate -> a"]);
    }

    #[test]
    fn modules_that_import_each_other_are_a_circle() {
        let play = member(&[
            ("", "mod a; mod b; mod c; mod d;"),
            ("a", "use crate::b::B;"),
            ("b", "use crate::c::C;"),
            ("c", "use crate::a::A; use crate::d::D;"),
            ("d", ""),
        ]);
        assert_eq!(circles(&imports(&play).1), [["a", "b", "c"]]);
    }
}
