//! Reads a directory as `generate-json-schema --out DIR` writes it: a document for each list of
//! messages and for each result, each with the definitions that it uses.

mod results;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::document::Document;
use crate::lazy::Lazy;
use crate::set::{Kind, Set};
use crate::shape::{Object, Shape};

/// The documents that hold everything at once, and so the rest once more.
const BUNDLES: &str = "codex_app_server_protocol";

/// The documents that list messages, and the kind of each.
const LISTS: [(&str, Kind); 4] = [
    ("ClientRequest", Kind::Request),
    ("ClientNotification", Kind::ClientNotification),
    ("ServerNotification", Kind::Notification),
    ("ServerRequest", Kind::ServerRequest),
];

/// The reason why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoSchema {
    /// A file or directory cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// A file is not JSON.
    #[error("{} is not JSON: {error}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: serde_json::Error,
    },
    /// No list of messages is there.
    #[error("{} has no ServerNotification.json or ClientRequest.json, as `generate-json-schema --out DIR` writes them", .0.display())]
    NoLists(PathBuf),
}

/// Reads the shapes of a directory of JSON schemas.
///
/// # Errors
///
/// If a file cannot be read, or the lists of messages are missing.
pub fn read(directory: &Path) -> Result<Set, NoSchema> {
    let mut files = Vec::new();
    find(directory, &mut files)?;
    let mut documents = Vec::new();
    for path in files {
        let text =
            fs::read(&path).map_err(|error| NoSchema::Unreadable { path: path.clone(), error })?;
        let schema: Value = serde_json::from_slice(&text)
            .map_err(|error| NoSchema::NotJson { path: path.clone(), error })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        documents.push((name, Document::read(&schema)));
    }
    let names = Names::of(&documents);
    let mut set = Set::new(directory.display().to_string());
    for (number, (name, document)) in documents.iter().enumerate() {
        for (own, shape) in &document.definitions {
            set.define(
                names.unique(number, own),
                Lazy::of_shape(names.renamed(number, shape)).into(),
            );
        }
        set.define(
            names.unique(number, name),
            Lazy::of_shape(names.renamed(number, &document.root)).into(),
        );
        if let Some((_, kind)) = LISTS.iter().find(|(list, _)| list == name) {
            messages(&mut set, *kind, &names.renamed(number, &document.root));
        }
    }
    if set.methods(Kind::Notification).is_empty() && set.methods(Kind::Request).is_empty() {
        return Err(NoSchema::NoLists(directory.to_owned()));
    }
    results::name(&mut set);
    for (name, kind) in [("JSONRPCErrorError", Kind::Error), ("EventMsg", Kind::Event)] {
        if set.definition(name).is_some() {
            set.insert(kind, "", Shape::Named(name.to_owned()));
        }
    }
    set.prune();
    Ok(set)
}

/// The documents of a directory and of those in it, deeper ones first: where two say different
/// things of one name, those of the second dialect keep it.
fn find(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), NoSchema> {
    let unreadable = |error| NoSchema::Unreadable { path: directory.to_owned(), error };
    let entries = fs::read_dir(directory).map_err(unreadable)?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(unreadable)?;
    paths.sort_by(|a, b| (!a.is_dir()).cmp(&!b.is_dir()).then(b.cmp(a)));
    for path in paths {
        let is_bundle =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BUNDLES));
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "json") && !is_bundle {
            files.push(path);
        }
    }
    Ok(())
}

/// Adds the messages of a list: alternatives that the value of `method` selects.
fn messages(set: &mut Set, kind: Kind, list: &Shape) {
    let alternatives = match list {
        Shape::Either(alternatives) => alternatives.as_slice(),
        one => std::slice::from_ref(one),
    };
    for alternative in alternatives {
        let Shape::Object(object) = alternative else { continue };
        let Some(Shape::Words(methods)) = object.members.get("method").map(|member| &member.shape)
        else {
            continue;
        };
        let mut rest = Object { members: object.members.clone(), rest: None };
        for own in ["id", "method"] {
            rest.members.remove(own);
        }
        for method in methods.iter().filter_map(Value::as_str) {
            set.insert(kind, method, Shape::Object(rest.clone()));
        }
    }
}

/// The names of definitions. Documents may say different things of one name: each then has a name of
/// its own.
struct Names {
    unique: HashMap<(usize, String), String>,
}

impl Names {
    fn of(documents: &[(String, Document)]) -> Self {
        let mut nodes: Vec<(usize, &str, &Shape)> = Vec::new();
        for (number, (name, document)) in documents.iter().enumerate() {
            let own = document.definitions.iter().map(|(own, shape)| (own.as_str(), shape));
            nodes.extend(own.map(|(own, shape)| (number, own, shape)));
            if !document.definitions.contains_key(name) {
                nodes.push((number, name, &document.root));
            }
        }
        let index: HashMap<(usize, &str), usize> = nodes
            .iter()
            .enumerate()
            .map(|(at, (number, name, _))| ((*number, *name), at))
            .collect();
        let uses: Vec<Vec<usize>> = nodes
            .iter()
            .map(|(number, _, shape)| {
                let mut used = Vec::new();
                shape.names(&mut |name| used.extend(index.get(&(*number, name))));
                used
            })
            .collect();
        // Two are one if they say the same, and so does everything that they use.
        let mut classes =
            classes(nodes.iter().map(|(_, name, shape)| (*name, shape.compact().to_string())));
        loop {
            let known = classes.iter().max();
            let finer = self::classes(uses.iter().enumerate().map(|(at, uses)| {
                (classes[at], uses.iter().map(|used| classes[*used]).collect::<Vec<_>>())
            }));
            if finer.iter().max() == known {
                break;
            }
            classes = finer;
        }
        let mut taken: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut unique = HashMap::new();
        for ((number, name, _), class) in nodes.iter().zip(classes) {
            let taken = taken.entry(name).or_default();
            let at = taken.iter().position(|known| *known == class).unwrap_or_else(|| {
                taken.push(class);
                taken.len() - 1
            });
            let own = if at == 0 { (*name).to_owned() } else { format!("{name}~{}", at + 1) };
            unique.insert((*number, (*name).to_owned()), own);
        }
        Self { unique }
    }

    fn unique(&self, document: usize, name: &str) -> String {
        let known = self.unique.get(&(document, name.to_owned()));
        known.cloned().unwrap_or_else(|| name.to_owned())
    }

    fn renamed(&self, document: usize, shape: &Shape) -> Shape {
        shape.renamed(&|name| match self.unique.get(&(document, name.to_owned())) {
            Some(unique) => Shape::Named(unique.clone()),
            // A reference that leads nowhere says nothing.
            None => Shape::Any,
        })
    }
}

/// The number of each key, in the order in which they first come.
fn classes<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut known: BTreeMap<K, usize> = BTreeMap::new();
    keys.map(|key| {
        let next = known.len();
        *known.entry(key).or_insert(next)
    })
    .collect()
}
