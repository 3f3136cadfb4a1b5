//! Compares shapes of two sets: every definition once, wherever it is used.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{Types, by_label, is_tag, tag};
use super::{Breaks, Change, Uses, uses};
use crate::set::Set;
use crate::shape::{Member, Object, Shape};

/// How many names that differ are followed within each other.
const DEEP: usize = 12;

/// In which direction something goes.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// Servers send it.
    sent: bool,
    /// Servers receive it.
    received: bool,
}

impl Way {
    /// Whom it breaks if more is allowed than before: who receives it.
    fn wider(self) -> Breaks {
        Breaks { clients: self.sent, servers: self.received }
    }

    /// Whom it breaks if less is allowed than before: who sends it.
    fn narrower(self) -> Breaks {
        Breaks { clients: self.received, servers: self.sent }
    }
}

/// The comparison of two sets.
pub(super) struct Differ<'a> {
    old: &'a Set,
    new: &'a Set,
    uses: BTreeMap<String, Uses>,
    changes: Vec<Change>,
}

impl<'a> Differ<'a> {
    pub(super) fn new(old: &'a Set, new: &'a Set) -> Self {
        Self { old, new, uses: uses(old, new), changes: Vec::new() }
    }

    /// Compares the shapes of a message; the definitions that both name alike are compared apart.
    pub(super) fn compare(&mut self, place: &str, sent: bool, old: &'a Shape, new: &'a Shape) {
        self.shapes(place, "", Way { sent, received: !sent }, old, new, 0);
    }

    /// Compares every definition that both sets have, and returns all changes.
    pub(super) fn finish(mut self) -> Vec<Change> {
        let uses = std::mem::take(&mut self.uses);
        for (name, used) in &uses {
            let Some((old, new)) = self.old.definition(name).zip(self.new.definition(name)) else {
                continue;
            };
            if old == new {
                continue;
            }
            let place = match used.direct.iter().next() {
                Some(message) if used.direct.len() == 1 => message.clone(),
                _ => format!("`{}`", name.split('~').next().unwrap_or(name)),
            };
            let way = Way { sent: used.sent, received: used.received };
            self.shapes(&place, "", way, old, new, 0);
        }
        self.changes
    }

    fn change(&mut self, place: &str, what: String, breaks: Breaks) {
        self.changes.push(Change { place: place.to_owned(), what, breaks, experimental: false });
    }

    /// Compares what is at `path` in a place.
    fn shapes(
        &mut self,
        place: &str,
        path: &str,
        way: Way,
        old: &'a Shape,
        new: &'a Shape,
        depth: usize,
    ) {
        let same_name =
            matches!((old, new), (Shape::Named(one), Shape::Named(other)) if one == other);
        if old == new || same_name || depth > DEEP {
            return;
        }
        let (old_set, new_set) = (self.old, self.new);
        let (was, is) = (Types::of(old_set, old), Types::of(new_set, new));
        let at = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
        if was.names != is.names {
            let breaks = match (was.names.contains("any value"), is.names.contains("any value")) {
                (true, _) => way.narrower(),
                (_, true) => way.wider(),
                _ => {
                    let wider = is.names.difference(&was.names).next().map(|_| way.wider());
                    let narrower = was.names.difference(&is.names).next().map(|_| way.narrower());
                    wider.unwrap_or_default().and(narrower.unwrap_or_default())
                }
            };
            self.change(
                place,
                format!("{at}the type was {}, is {}", was.text(), is.text()),
                breaks,
            );
        }
        if !was.words.is_empty() && !is.words.is_empty() {
            self.words(place, &at, way, &was.words, &is.words);
        }
        // Alternatives that are told apart by their names are those of one list.
        if let ([old], [new]) = (was.lists.as_slice(), is.lists.as_slice()) {
            self.shapes(place, &format!("{path}[]"), way, old, new, depth + 1);
        }
        match (was.objects.as_slice(), is.objects.as_slice()) {
            ([], _) | (_, []) => {}
            ([old], [new]) => self.members(place, path, way, (old, new), depth),
            (old, new) => self.alternatives(place, path, way, (old, new), depth),
        }
    }

    fn words(
        &mut self,
        place: &str,
        at: &str,
        way: Way,
        old: &BTreeSet<String>,
        new: &BTreeSet<String>,
    ) {
        for word in new.difference(old) {
            self.change(place, format!("{at}value {word} added"), way.wider());
        }
        for word in old.difference(new) {
            self.change(place, format!("{at}value {word} removed"), way.narrower());
        }
    }

    /// Compares objects that are told apart by a tag, or else by what they require.
    fn alternatives(
        &mut self,
        place: &str,
        path: &str,
        way: Way,
        (old, new): (&[&'a Object], &[&'a Object]),
        depth: usize,
    ) {
        let is_of_both = |name: &&str| {
            let sides = [(self.old, old), (self.new, new)];
            sides
                .iter()
                .all(|(set, objects)| objects.iter().all(|object| is_tag(set, object, name)))
        };
        let by = tag(self.old, old).or(tag(self.new, new)).filter(is_of_both).map(str::to_owned);
        let was = by_label(self.old, old, by.as_deref());
        let is = by_label(self.new, new, by.as_deref());
        let at = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
        let name = by.as_deref().unwrap_or("alternative");
        let missing = |label: &String, from: &[(String, &Object)]| {
            !from.iter().any(|(known, _)| known == label)
        };
        for (label, _) in is.iter().filter(|(label, _)| missing(label, &was)) {
            self.change(place, format!("{at}{name} {label} added"), way.wider());
        }
        for (label, before) in &was {
            let Some((_, after)) = is.iter().find(|(known, _)| known == label) else {
                self.change(place, format!("{at}{name} {label} removed"), way.narrower());
                continue;
            };
            let label = label.trim_matches('"');
            self.members(place, &format!("{path}({label})"), way, (before, after), depth);
        }
    }

    fn members(
        &mut self,
        place: &str,
        path: &str,
        way: Way,
        (old, new): (&'a Object, &'a Object),
        depth: usize,
    ) {
        let names: BTreeSet<&String> = old.members.keys().chain(new.members.keys()).collect();
        for name in names {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match (old.members.get(name), new.members.get(name)) {
                (Some(was), None) => {
                    self.member(place, &path, was, "removed", way.wider());
                }
                (None, Some(is)) => {
                    self.member(place, &path, is, "added", way.narrower());
                }
                (Some(was), Some(is)) => {
                    self.required(place, &path, way, (was, is));
                    self.shapes(place, &path, way, &was.shape, &is.shape, depth + 1);
                }
                (None, None) => {}
            }
        }
        if let (Some(was), Some(is)) = (&old.rest, &new.rest) {
            self.shapes(place, &format!("{path}.*"), way, was, is, depth + 1);
        }
    }

    /// A member that came or went: whom that breaks if it is required.
    fn member(&mut self, place: &str, path: &str, member: &Member, went: &str, breaks: Breaks) {
        if member.required {
            self.change(place, format!("required member `{path}` {went}"), breaks);
        } else {
            self.change(place, format!("optional member `{path}` {went}"), Breaks::NOTHING);
        }
    }

    fn required(&mut self, place: &str, path: &str, way: Way, (was, is): (&Member, &Member)) {
        if was.required && !is.required {
            self.change(place, format!("member `{path}` is optional now"), way.wider());
        }
        if !was.required && is.required {
            self.change(place, format!("member `{path}` is required now"), way.narrower());
        }
    }
}
