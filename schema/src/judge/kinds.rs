//! What a value may be, whichever definitions and sets say so.

use std::fmt;

use serde_json::{Number, Value};

use super::found::listed;
use super::{Judge, Of};
use crate::shape::{Object, Shape};

/// Everything that a value may be, by type.
#[derive(Debug, Default)]
pub(super) struct Kinds<'a> {
    pub(super) any: bool,
    pub(super) null: bool,
    pub(super) flag: bool,
    pub(super) text: bool,
    pub(super) number: bool,
    /// A whole number, and the smallest, if there is one.
    pub(super) least: Option<Option<i64>>,
    pub(super) words: Vec<&'a Value>,
    /// The shapes of the items of arrays.
    pub(super) lists: Vec<Of<'a, Shape>>,
    pub(super) objects: Vec<Of<'a, Object>>,
}

impl Kinds<'_> {
    /// Whether values of the type of this one are listed.
    pub(super) fn lists_values_like(&self, value: &Value) -> bool {
        let alike =
            |word: &&&Value| std::mem::discriminant(**word) == std::mem::discriminant(value);
        self.words.iter().any(|word| alike(&word))
    }
}

/// In words: `a text or null`.
impl fmt::Display for Kinds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = (!self.words.is_empty()).then(|| listed(&self.words));
        let whole = match self.least {
            Some(Some(least)) => Some(format!("a whole number from {least}")),
            Some(None) => Some("a whole number".to_owned()),
            None => None,
        };
        let named = |is: bool, name: &str| is.then(|| name.to_owned());
        let all: Vec<String> = [
            named(self.any, "any value"),
            named(!self.objects.is_empty(), "an object"),
            named(!self.lists.is_empty(), "an array"),
            named(self.text, "a text"),
            words,
            named(self.number, "a number"),
            whole,
            named(self.flag, "true or false"),
            named(self.null, "null"),
        ]
        .into_iter()
        .flatten()
        .collect();
        f.write_str(&all.join(", or "))
    }
}

impl Judge {
    /// What a value may be that fits any of these shapes.
    pub(super) fn kinds<'a>(&'a self, shapes: &[Of<'a, Shape>]) -> Kinds<'a> {
        let mut kinds = Kinds::default();
        let mut seen: Vec<(usize, &str)> = Vec::new();
        for (set, shape) in shapes {
            self.add(*set, shape, &mut kinds, &mut seen);
        }
        kinds
    }

    fn add<'a>(
        &'a self,
        set: usize,
        shape: &'a Shape,
        kinds: &mut Kinds<'a>,
        seen: &mut Vec<(usize, &'a str)>,
    ) {
        match shape {
            Shape::Any => kinds.any = true,
            Shape::Null => kinds.null = true,
            Shape::Flag => kinds.flag = true,
            Shape::Text => kinds.text = true,
            Shape::Number => kinds.number = true,
            Shape::Whole(least) => {
                kinds.least = Some(match kinds.least {
                    None => *least,
                    Some(known) => known.zip(*least).map(|(one, other)| one.min(other)),
                });
            }
            Shape::Words(words) => {
                for word in words {
                    if !kinds.words.contains(&word) {
                        kinds.words.push(word);
                    }
                }
            }
            Shape::List(each) => kinds.lists.push((set, each)),
            Shape::Object(object) => kinds.objects.push((set, object)),
            Shape::Either(shapes) => {
                shapes.iter().for_each(|shape| self.add(set, shape, kinds, seen));
            }
            Shape::Named(name) => {
                // What is the same in every set needs to be looked at once.
                let by = if self.same.contains(name) { usize::MAX } else { set };
                if !seen.contains(&(by, name)) {
                    seen.push((by, name));
                    match self.sets[set].definition(name) {
                        Some(shape) => self.add(set, shape, kinds, seen),
                        None => kinds.any = true,
                    }
                }
            }
        }
    }

    /// The values that a shape lists, if it is a list of values and nothing else.
    pub(super) fn words_of<'a>(&'a self, set: usize, shape: &'a Shape) -> Option<Vec<&'a Value>> {
        let kinds = match shape {
            Shape::Words(words) => return Some(words.iter().collect()),
            Shape::Named(_) | Shape::Either(_) => self.kinds(&[(set, shape)]),
            _ => return None,
        };
        let Kinds { any, null, flag, text, number, least, words, lists, objects } = kinds;
        let other = any || null || flag || text || number || least.is_some();
        (!other && lists.is_empty() && objects.is_empty()).then_some(words)
    }
}

/// Whether a number is whole, however it is written.
pub(super) fn is_whole(number: &Number) -> bool {
    number.is_i64()
        || number.is_u64()
        || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}
