//! Which of several objects is meant: the one that the value of a member selects, such as `type`, or
//! else the one that fits best.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ptr;
use std::sync::PoisonError;

use serde_json::{Map, Value};

use super::found::{Found, Rule};
use super::{Judge, Of, inside};
use crate::shape::Object;

/// The member that selects among objects, by the sets and addresses of these.
pub(super) type Tags = HashMap<Vec<(usize, usize)>, Option<String>>;

impl Judge {
    /// The object in each set that is meant; nothing if that is a flaw by itself, or was compared
    /// already.
    pub(super) fn select<'a>(
        &'a self,
        objects: &[Of<'a, Object>],
        value: &Map<String, Value>,
        at: &str,
        found: &mut Found,
    ) -> Option<Vec<Of<'a, Object>>> {
        if is_one_each(objects) {
            return Some(objects.to_vec());
        }
        let selected = match self.tag(objects) {
            Some(tag) => self.by_tag(objects, &tag, value, at, found)?,
            None => objects.to_vec(),
        };
        if is_one_each(&selected) {
            return Some(selected);
        }
        self.best(&selected, value, at, found);
        None
    }

    /// The member that selects. It is looked for once: some messages have fifty alternatives in
    /// each set.
    fn tag(&self, objects: &[Of<'_, Object>]) -> Option<String> {
        let key = objects.iter().map(|(set, object)| (*set, ptr::from_ref(*object).addr()));
        let mut tags = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        let find = || self.find_tag(objects).map(str::to_owned);
        tags.entry(key.collect()).or_insert_with(find).clone()
    }

    /// The member that is required and has listed values in every object, and other values in each
    /// object of a set.
    fn find_tag<'a>(&'a self, objects: &[Of<'a, Object>]) -> Option<&'a str> {
        let (_, first) = objects.first()?;
        let names = first.members.iter().filter(|(_, member)| member.required);
        let selects = |name: &&String| {
            let mut seen: HashSet<(usize, String)> = HashSet::new();
            let mut apart = false;
            let listed = objects.iter().all(|(set, object)| {
                let member = object.members.get(*name).filter(|member| member.required);
                let Some(words) = member.and_then(|member| self.words_of(*set, &member.shape))
                else {
                    return false;
                };
                apart |= words.into_iter().any(|word| seen.insert((*set, word.to_string())));
                true
            });
            listed && apart
        };
        // The values of one that tells all apart are few in each object.
        let tags = names.map(|(name, _)| name).filter(selects);
        tags.max_by_key(|name| self.apart(objects, name)).map(String::as_str)
    }

    /// How many objects have a value of this member that no other of their set has.
    fn apart(&self, objects: &[Of<'_, Object>], name: &str) -> usize {
        let mut count: BTreeMap<(usize, String), usize> = BTreeMap::new();
        for (set, object) in objects {
            for word in self.words_of(*set, &object.members[name].shape).unwrap_or_default() {
                *count.entry((*set, word.to_string())).or_default() += 1;
            }
        }
        count.values().filter(|count| **count == 1).count()
    }

    fn by_tag<'a>(
        &'a self,
        objects: &[Of<'a, Object>],
        tag: &str,
        value: &Map<String, Value>,
        at: &str,
        found: &mut Found,
    ) -> Option<Vec<Of<'a, Object>>> {
        let selects = value.get(tag);
        let is_meant = |(set, object): &&Of<'a, Object>| {
            let words = self.words_of(*set, &object.members[tag].shape).unwrap_or_default();
            selects.is_some_and(|selects| words.contains(&selects))
        };
        let meant: Vec<_> = objects.iter().filter(is_meant).copied().collect();
        if !meant.is_empty() {
            return Some(meant);
        }
        let shapes = objects.iter().map(|(set, object)| (*set, &object.members[tag].shape));
        let kinds = self.kinds(&shapes.collect::<Vec<_>>());
        let path = inside(at, tag);
        let Some(selects) = selects else {
            found.missing(&path, kinds.to_string());
            return None;
        };
        if kinds.lists_values_like(selects) {
            self.unlisted(&kinds.words, selects, &path, found);
        } else {
            found.flaw(&path, Rule::WrongType, kinds.to_string(), selects);
        }
        None
    }

    /// Compares with each of the objects, and keeps what the best has to say.
    ///
    /// Objects that require the same members are the same alternative in several sets.
    fn best(
        &self,
        objects: &[Of<'_, Object>],
        value: &Map<String, Value>,
        at: &str,
        found: &mut Found,
    ) {
        let mut alternatives: BTreeMap<BTreeSet<&str>, Vec<Of<'_, Object>>> = BTreeMap::new();
        for (set, object) in objects {
            let required = object.members.iter().filter(|(_, member)| member.required);
            let required = required.map(|(name, _)| name.as_str()).collect();
            alternatives.entry(required).or_default().push((*set, object));
        }
        let mut best: Option<(usize, Found)> = None;
        for (required, objects) in &alternatives {
            let present = required.iter().filter(|name| value.contains_key(**name)).count();
            let groups = if is_one_each(objects) {
                vec![objects.clone()]
            } else {
                objects.iter().map(|one| vec![*one]).collect()
            };
            for group in groups {
                let mut tried = Found::default();
                self.members(&group, value, at, &mut tried);
                let worth = |present: usize, found: &Found| {
                    (
                        found.flaws.is_empty(),
                        present,
                        std::cmp::Reverse((found.flaws.len(), found.unnamed.len())),
                    )
                };
                let better = best
                    .as_ref()
                    .is_none_or(|(known, best)| worth(present, &tried) > worth(*known, best));
                if better {
                    best = Some((present, tried));
                }
            }
        }
        let Some((present, mut best)) = best else { return };
        if present == 0 && !best.flaws.is_empty() {
            let names: BTreeSet<&str> = alternatives.keys().flatten().copied().collect();
            let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
            let expected = format!("an object with one of the members {}", names.join(", "));
            if self.words {
                found.flaw(at, Rule::NoAlternative, expected, &Value::Object(value.clone()));
            } else {
                found.mention(at);
            }
            return;
        }
        found.flaws.append(&mut best.flaws);
        found.unnamed.append(&mut best.unnamed);
    }
}

/// Whether no set has more than one of these objects, which are in the order of the sets.
fn is_one_each(objects: &[Of<'_, Object>]) -> bool {
    objects.is_sorted_by(|(set, _), (next, _)| set < next)
}
