//! What a shape of one set may be, by type: names are followed, alternatives put together.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::set::Set;
use crate::shape::{Object, Shape};

/// A shape by type.
#[derive(Debug, Default)]
pub(super) struct Types<'a> {
    /// The types in words, but for listed values.
    pub(super) names: BTreeSet<&'static str>,
    /// The listed values, as JSON.
    pub(super) words: BTreeSet<String>,
    pub(super) lists: Vec<&'a Shape>,
    pub(super) objects: Vec<&'a Object>,
}

impl<'a> Types<'a> {
    pub(super) fn of(set: &'a Set, shape: &'a Shape) -> Self {
        let mut types = Self::default();
        types.add(set, shape, &mut BTreeSet::new());
        types
    }

    fn add(&mut self, set: &'a Set, shape: &'a Shape, seen: &mut BTreeSet<&'a str>) {
        let name = match shape {
            Shape::Any => "any value",
            Shape::Null => "null",
            Shape::Flag => "true or false",
            Shape::Text => "a text",
            Shape::Number => "a number",
            Shape::Whole(_) => "a whole number",
            Shape::Words(words) => {
                self.words.extend(words.iter().map(Value::to_string));
                "one of several values"
            }
            Shape::List(each) => {
                self.lists.push(each);
                "an array"
            }
            Shape::Object(object) => {
                self.objects.push(object);
                "an object"
            }
            Shape::Either(shapes) => {
                shapes.iter().for_each(|shape| self.add(set, shape, seen));
                return;
            }
            Shape::Named(name) => {
                if seen.insert(name)
                    && let Some(shape) = set.definition(name)
                {
                    self.add(set, shape, seen);
                }
                return;
            }
        };
        self.names.insert(name);
    }

    /// The types in words.
    pub(super) fn text(&self) -> String {
        self.names.iter().copied().collect::<Vec<_>>().join(" or ")
    }
}

/// Each object by what tells it from its alternatives: the values of the member `tag`, or else the
/// members that it requires.
pub(super) fn by_label<'a>(
    set: &'a Set,
    objects: &[&'a Object],
    tag: Option<&str>,
) -> Vec<(String, &'a Object)> {
    let labels = |object: &'a Object| -> Vec<String> {
        if let Some(tag) = tag {
            let member = object.members.get(tag);
            let words = member.map(|member| Types::of(set, &member.shape).words);
            return words.unwrap_or_default().into_iter().collect();
        }
        let required = object.members.iter().filter(|(_, member)| member.required);
        vec![required.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("+")]
    };
    let each =
        objects.iter().flat_map(|object| labels(object).into_iter().map(|label| (label, *object)));
    each.collect()
}

/// The member that tells alternatives apart: required and with one listed value in each of them.
pub(super) fn tag<'a>(set: &'a Set, objects: &[&'a Object]) -> Option<&'a str> {
    let (first, _) = objects.split_first()?;
    let mut names = first.members.keys();
    names.find(|name| objects.iter().all(|object| is_tag(set, object, name))).map(String::as_str)
}

/// Whether the member has one listed value, and is required.
pub(super) fn is_tag(set: &Set, object: &Object, name: &str) -> bool {
    let member = object.members.get(name).filter(|member| member.required);
    member.is_some_and(|member| {
        let types = Types::of(set, &member.shape);
        types.names.len() == 1 && types.words.len() == 1
    })
}
