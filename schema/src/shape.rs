//! What a value of the protocol may be, and the compact form in which that is stored.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything.
    Any,
    /// Null.
    Null,
    /// True or false.
    Flag,
    /// A text.
    Text,
    /// A number.
    Number,
    /// A whole number, not below the one that is given.
    Whole(Option<i64>),
    /// One of these values.
    Words(Vec<Value>),
    /// Whatever the definition of this name says.
    Named(String),
    /// An array of these.
    List(Box<Shape>),
    /// An object.
    Object(Object),
    /// Any of these.
    Either(Vec<Shape>),
}

/// The members of an object. Every object is open: it may have more members than these.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// The members that are named.
    pub members: BTreeMap<String, Member>,
    /// What any other member is; if nothing is said about them, no other member is expected.
    pub rest: Option<Box<Shape>>,
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// What it is.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
}

/// A text that is not the compact form of a shape.
#[derive(Debug, thiserror::Error)]
#[error("not a shape: {0}")]
pub struct NotAShape(pub(crate) String);

impl Shape {
    /// Any of these; alternatives of alternatives count as their own.
    pub fn either(shapes: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for shape in shapes {
            match shape {
                Self::Either(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            1 => flat.swap_remove(0),
            _ => Self::Either(flat),
        }
    }

    /// The compact form.
    pub fn compact(&self) -> Value {
        let list = |mark: &str, rest: Vec<Value>| {
            let mut all = vec![Value::from(mark)];
            all.extend(rest);
            Value::Array(all)
        };
        match self {
            Self::Any => "*".into(),
            Self::Null => "z".into(),
            Self::Flag => "b".into(),
            Self::Text => "s".into(),
            Self::Number => "n".into(),
            Self::Whole(None) => "i".into(),
            Self::Whole(Some(least)) => format!("i{least}").into(),
            Self::Named(name) => format!("@{name}").into(),
            Self::Words(words) => list("=", words.clone()),
            Self::List(each) => list("l", vec![each.compact()]),
            Self::Either(shapes) => list("|", shapes.iter().map(Self::compact).collect()),
            Self::Object(object) => {
                let mut compact = Map::new();
                for (name, member) in &object.members {
                    let mark = if member.required { "!" } else { "" };
                    compact.insert(format!("{name}{mark}"), member.shape.compact());
                }
                if let Some(rest) = &object.rest {
                    compact.insert(String::new(), rest.compact());
                }
                Value::Object(compact)
            }
        }
    }

    /// Reads the compact form.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn of_compact(value: &Value) -> Result<Self, NotAShape> {
        let wrong = || NotAShape(value.to_string());
        match value {
            Value::String(text) => match text.as_str() {
                "*" => Ok(Self::Any),
                "z" => Ok(Self::Null),
                "b" => Ok(Self::Flag),
                "s" => Ok(Self::Text),
                "n" => Ok(Self::Number),
                "i" => Ok(Self::Whole(None)),
                text => match (text.strip_prefix('@'), text.strip_prefix('i')) {
                    (Some(name), _) => Ok(Self::Named(name.to_owned())),
                    (None, Some(least)) => {
                        least.parse().map(|least| Self::Whole(Some(least))).map_err(|_| wrong())
                    }
                    (None, None) => Err(wrong()),
                },
            },
            Value::Array(parts) => {
                let (mark, parts) = parts.split_first().ok_or_else(wrong)?;
                match (mark.as_str(), parts) {
                    (Some("="), words) => Ok(Self::Words(words.to_vec())),
                    (Some("l"), [each]) => Ok(Self::List(Box::new(Self::of_compact(each)?))),
                    (Some("|"), shapes) => {
                        let shapes = shapes.iter().map(Self::of_compact);
                        shapes.collect::<Result<_, _>>().map(Self::Either)
                    }
                    _ => Err(wrong()),
                }
            }
            Value::Object(members) => Object::of_compact(members).map(Self::Object),
            _ => Err(wrong()),
        }
    }

    /// Calls `each` with every name that the shape mentions.
    pub fn names<'s>(&'s self, each: &mut dyn FnMut(&'s str)) {
        match self {
            Self::Named(name) => each(name),
            Self::List(item) => item.names(each),
            Self::Either(shapes) => shapes.iter().for_each(|shape| shape.names(each)),
            Self::Object(object) => {
                object.members.values().for_each(|member| member.shape.names(each));
                object.rest.iter().for_each(|rest| rest.names(each));
            }
            _ => {}
        }
    }

    /// The shape with every name replaced.
    #[must_use]
    pub fn renamed(&self, new: &dyn Fn(&str) -> Self) -> Self {
        match self {
            Self::Named(name) => new(name),
            Self::List(item) => Self::List(Box::new(item.renamed(new))),
            Self::Either(shapes) => {
                Self::Either(shapes.iter().map(|one| one.renamed(new)).collect())
            }
            Self::Object(Object { members, rest }) => {
                let member = |(name, member): (&String, &Member)| {
                    let shape = member.shape.renamed(new);
                    (name.clone(), Member { shape, required: member.required })
                };
                Self::Object(Object {
                    members: members.iter().map(member).collect(),
                    rest: rest.as_ref().map(|rest| Box::new(rest.renamed(new))),
                })
            }
            other => other.clone(),
        }
    }
}

impl Object {
    fn of_compact(compact: &Map<String, Value>) -> Result<Self, NotAShape> {
        let mut object = Self::default();
        for (name, shape) in compact {
            let shape = Shape::of_compact(shape)?;
            match (name.as_str(), name.strip_suffix('!')) {
                ("", _) => object.rest = Some(Box::new(shape)),
                (_, Some(name)) => {
                    object.members.insert(name.to_owned(), Member { shape, required: true });
                }
                (name, None) => {
                    object.members.insert(name.to_owned(), Member { shape, required: false });
                }
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Shape;

    #[test]
    fn the_compact_form_is_read_back() {
        for compact in [
            json!("*"),
            json!("i"),
            json!("i-1"),
            json!("@Thread"),
            json!(["=", "a", 1]),
            json!(["l", ["|", "s", "z", "b", "n"]]),
            json!({ "id!": "s", "name": ["|", "s", "z"], "": "*" }),
        ] {
            assert_eq!(Shape::of_compact(&compact).unwrap().compact(), compact);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["1", "null", "[]", "[\"x\"]", "\"ix\"", "\"\"", "{\"a\":2}", "[\"l\"]"] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert!(Shape::of_compact(&value).is_err(), "{text}");
        }
    }
}
