//! Compares a message with its shape: in one set, or in several of which each might be the right one.
//!
//! Several sets are read as one that allows what any of them allows: a member is required if all
//! require it, and a value may have any of its types. So a server that is between two releases, or
//! has something of each, is accused only of what no release allows.

mod alternatives;
mod found;
mod kinds;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use crate::lazy::Lazy;
use crate::set::{Kind, Set};
use crate::shape::{Object, Shape};

use alternatives::Tags;
pub use found::{Flaw, Found, Rule};
use kinds::is_whole;

/// The members of every message that its list does not name.
const ENVELOPE: [&str; 4] = ["id", "jsonrpc", "method", "emittedAtMs"];

/// Judges messages by the shapes of one set or of several.
#[derive(Debug)]
pub struct Judge {
    sets: Vec<Set>,
    /// The releases of the sets, as numbers: sets of one release complete each other.
    releases: Vec<usize>,
    /// Whether a value that no set lists is a flaw.
    words: bool,
    /// Definitions that are the same in every set, with all that they use.
    same: HashSet<String>,
    /// The members that select, of the alternatives that were met.
    tags: Mutex<Tags>,
}

/// Something of a set: one of its shapes, or one of its objects.
type Of<'a, T> = (usize, &'a T);

impl Judge {
    /// A judge by these sets. Without `words`, a value that none of them lists is only mentioned.
    pub fn new(sets: Vec<Set>, words: bool) -> Self {
        let same = same(&sets);
        let mut known: Vec<&str> = Vec::new();
        let releases = sets.iter().map(|set| {
            let release = set.name.split('+').next().unwrap_or_default();
            known.iter().position(|name| *name == release).unwrap_or_else(|| {
                known.push(release);
                known.len() - 1
            })
        });
        let releases = releases.collect();
        Self { sets, releases, words, same, tags: Mutex::default() }
    }

    /// The names of its sets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sets.iter().map(|set| set.name.as_str())
    }

    /// Whether a set has any message of this kind.
    pub fn knows(&self, kind: Kind) -> bool {
        self.sets.iter().any(|set| !set.methods(kind).is_empty())
    }

    /// Whether a set has this message.
    pub fn has(&self, kind: Kind, method: &str) -> bool {
        self.sets.iter().any(|set| set.message(kind, method).is_some())
    }

    /// The results of a comparison of a whole message with its shape; nothing if no set has it.
    pub fn message(&self, kind: Kind, method: &str, message: &Value) -> Option<Found> {
        let mut found = self.value(kind, method, message, "")?;
        found.unnamed.retain(|path| !ENVELOPE.contains(&path.trim_start_matches('/')));
        Some(found)
    }

    /// The results of a comparison of a part of a message, which is at `pointer`, with its shape;
    /// nothing if no set has it.
    pub fn value(&self, kind: Kind, method: &str, value: &Value, pointer: &str) -> Option<Found> {
        let shapes = self.sets.iter().enumerate();
        let shapes = shapes.filter_map(|(at, set)| Some((at, set.message(kind, method)?)));
        let shapes: Vec<Of<'_, Shape>> = shapes.collect();
        if shapes.is_empty() {
            return None;
        }
        let mut found = Found::default();
        self.compare(&shapes, value, pointer, &mut found);
        Some(found)
    }

    /// Whether this text is among the values of the member `tag` that select an alternative of the
    /// message.
    pub fn has_alternative(&self, kind: Kind, method: &str, tag: &str, text: &str) -> bool {
        let shapes = self.sets.iter().enumerate();
        let shapes = shapes.filter_map(|(at, set)| Some((at, set.message(kind, method)?)));
        let kinds = self.kinds(&shapes.collect::<Vec<_>>());
        kinds.objects.iter().any(|(set, object)| {
            let words = object.members.get(tag).and_then(|tag| self.words_of(*set, &tag.shape));
            words.is_some_and(|words| words.iter().any(|word| word.as_str() == Some(text)))
        })
    }

    fn compare(&self, shapes: &[Of<'_, Shape>], value: &Value, at: &str, found: &mut Found) {
        let kinds = self.kinds(shapes);
        if kinds.any {
            return;
        }
        match value {
            Value::Null if kinds.null => {}
            Value::Bool(_) if kinds.flag => {}
            Value::String(_) if kinds.text => {}
            Value::Number(number) if kinds.number || kinds.least.is_some() && is_whole(number) => {
                let least = kinds.least.flatten().filter(|_| !kinds.number);
                let number = number.as_i64();
                if least.zip(number).is_some_and(|(least, number)| number < least) {
                    found.flaw(at, Rule::TooSmall, kinds.to_string(), value);
                }
            }
            Value::Array(items) if !kinds.lists.is_empty() => {
                for (number, item) in items.iter().enumerate() {
                    self.compare(&kinds.lists, item, &format!("{at}/{number}"), found);
                }
            }
            Value::Object(members) if !kinds.objects.is_empty() => {
                self.object(&kinds.objects, members, at, found);
            }
            _ if kinds.words.contains(&value) => {}
            _ if kinds.lists_values_like(value) => self.unlisted(&kinds.words, value, at, found),
            _ => found.flaw(at, Rule::WrongType, kinds.to_string(), value),
        }
    }

    /// A value that is none of those that are listed.
    fn unlisted(&self, words: &[&Value], value: &Value, at: &str, found: &mut Found) {
        match (self.words, value.as_str()) {
            (false, Some(text)) => found.mention(&format!("{at} {text:?}")),
            _ => found.flaw(at, Rule::UnknownValue, found::listed(words), value),
        }
    }

    fn object(
        &self,
        objects: &[Of<'_, Object>],
        value: &Map<String, Value>,
        at: &str,
        found: &mut Found,
    ) {
        let Some(selected) = self.select(objects, value, at, found) else { return };
        self.members(&selected, value, at, found);
    }

    /// Compares the members of an object with those of one alternative in each set.
    fn members(
        &self,
        objects: &[Of<'_, Object>],
        value: &Map<String, Value>,
        at: &str,
        found: &mut Found,
    ) {
        let Some((_, first)) = objects.first() else { return };
        for (name, _) in first.members.iter().filter(|(_, member)| member.required) {
            let required = |(_, object): &Of<'_, Object>| {
                object.members.get(name).is_some_and(|member| member.required)
            };
            if !value.contains_key(name) && objects.iter().all(required) {
                let shapes =
                    objects.iter().map(|(set, object)| (*set, &object.members[name].shape));
                let kinds = self.kinds(&shapes.collect::<Vec<_>>());
                found.missing(&inside(at, name), kinds.to_string());
            }
        }
        let all = self.releases_of(objects);
        for (name, member) in value {
            let naming = objects.iter().filter_map(|(set, object)| {
                let named = object.members.get(name).map(|member| &member.shape);
                Some((*set, named.or(object.rest.as_deref())?))
            });
            let shapes: Vec<Of<'_, Shape>> = naming.collect();
            let path = inside(at, name);
            if shapes.is_empty() {
                found.mention(&path);
                continue;
            }
            if self.releases_of(&shapes) == all {
                self.compare(&shapes, member, &path, found);
                continue;
            }
            // In a release that does not name the member, it may be anything.
            let mut doubtful = Found::default();
            self.compare(&shapes, member, &path, &mut doubtful);
            found.unnamed.append(&mut doubtful.unnamed);
            if !doubtful.flaws.is_empty() {
                found.mention(&path);
            }
        }
    }

    /// The releases of the sets that these are of, each once.
    fn releases_of<T>(&self, of: &[Of<'_, T>]) -> Vec<usize> {
        let mut releases: Vec<usize> = of.iter().map(|(set, _)| self.releases[*set]).collect();
        releases.sort_unstable();
        releases.dedup();
        releases
    }
}

/// The pointer to a member.
fn inside(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The definitions that say the same in every set, and so does everything that they use.
fn same(sets: &[Set]) -> HashSet<String> {
    let Some((first, others)) = sets.split_first() else { return HashSet::new() };
    let others: Vec<HashMap<&str, &Arc<Lazy>>> =
        others.iter().map(|set| set.all().collect()).collect();
    let alike = |name: &str, own: &Arc<Lazy>| {
        let is_alike = |other: &Arc<Lazy>| Arc::ptr_eq(own, other) || own.text() == other.text();
        others.iter().all(|set| set.get(name).is_some_and(|other| is_alike(other)))
    };
    let mut same: HashMap<&str, &Arc<Lazy>> = first.all().collect();
    same.retain(|name, own| alike(name, own));
    loop {
        let names: HashSet<&str> = same.keys().copied().collect();
        same.retain(|_, own| own.names().all(|name| names.contains(name)));
        if same.len() == names.len() {
            return names.into_iter().map(str::to_owned).collect();
        }
    }
}
