//! The shape of a value: the members that it must have, each with the kind of its value.
//!
//! Members, words and types that a shape does not name are legal: each release adds some. A member
//! that may be null may also be missing, since releases differ in which of the two they send.

mod flaw;

use harness::Release;
use serde_json::Value;

pub use flaw::Flaw;

/// What a value has to be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything, null too.
    Any,
    /// A text.
    Text,
    /// A number without a fraction.
    Whole,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A list of values of one shape.
    List(&'static Shape),
    /// An object with any names, and values of one shape.
    Map(&'static Shape),
    /// An object with these members.
    Object(&'static [Member]),
    /// An object whose other members depend on the word in this member: a row for each known word.
    Tagged(&'static str, &'static [Row]),
    /// A value of one of these shapes.
    Either(&'static [Shape]),
}

/// An object, whatever is in it.
pub const OBJECT: Shape = Shape::Object(&[]);

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub shape: Shape,
    /// Whether it has to be there. Otherwise it may be missing or null.
    pub required: bool,
    /// The first release of which this is claimed.
    pub since: Option<Release>,
}

/// What has a name and a shape: a message by its method, an event or an item by its type.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The method or the type.
    pub name: &'static str,
    /// The result of the method, its parameters, or the object of the type.
    pub shape: Shape,
    /// The first release of which this is claimed.
    pub since: Option<Release>,
}

/// A member that has to be there, and is not null.
pub(super) const fn has(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: true, since: None }
}

/// A member that may be missing or null, and otherwise has this shape.
pub(super) const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: false, since: None }
}

/// A message or an event that is an object with these members.
pub(super) const fn row(name: &'static str, members: &'static [Member]) -> Row {
    shaped(name, Shape::Object(members))
}

/// A message of this shape.
pub(super) const fn shaped(name: &'static str, shape: Shape) -> Row {
    Row { name, shape, since: None }
}

/// The members of an object of this type, in [`Shape::Tagged`].
pub(super) const fn case(name: &'static str, members: &'static [Member]) -> Row {
    row(name, members)
}

impl Member {
    /// Claims the member only of this release and later ones, as in the attribute of a check.
    pub(super) const fn since(self, release: &str) -> Self {
        Self { since: Some(minor(release)), ..self }
    }
}

impl Row {
    /// Claims the row only of this release and later ones, as in the attribute of a check.
    pub(super) const fn since(self, release: &str) -> Self {
        Self { since: Some(minor(release)), ..self }
    }

    /// What is wrong with a value of this row, sent by a subject that claims this release.
    pub fn flaws(&self, value: &Value, claimed: Option<Release>) -> Vec<Flaw> {
        let mut found = Vec::new();
        if is_claimed(self.since, claimed) {
            let mut look = Look { claimed, path: Vec::new(), found: &mut found };
            look.at(self.shape, value);
        }
        found
    }
}

/// The row of this name in one of the tables.
pub(super) fn find(tables: &[&'static [Row]], name: &str) -> Option<&'static Row> {
    tables.iter().copied().flatten().find(|row| row.name == name)
}

/// The release that a text such as `0.66` names, while the table is compiled.
const fn minor(text: &str) -> Release {
    let bytes = text.as_bytes();
    assert!(bytes.len() > 2 && bytes[0] == b'0' && bytes[1] == b'.', "a release such as 0.66");
    let (mut at, mut minor) = (2, 0);
    while at < bytes.len() {
        assert!(bytes[at].is_ascii_digit(), "a release such as 0.66");
        minor = minor * 10 + (bytes[at] - b'0') as u32;
        at += 1;
    }
    Release::new(0, minor, 0)
}

/// Whether something holds of a subject that claims this release; one that claims none is held to
/// the newest.
fn is_claimed(since: Option<Release>, claimed: Option<Release>) -> bool {
    since.is_none_or(|since| claimed.is_none_or(|claimed| since <= claimed))
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    /// To the member of this name.
    Member(&'a str),
    /// To the value with this number.
    Value(usize),
}

/// A look at a value, and what was found so far.
struct Look<'a> {
    claimed: Option<Release>,
    path: Vec<Step<'a>>,
    found: &'a mut Vec<Flaw>,
}

impl<'a> Look<'a> {
    fn at(&mut self, shape: Shape, value: &'a Value) {
        match (shape, value) {
            (Shape::List(each), Value::Array(values)) => {
                for (number, value) in values.iter().enumerate() {
                    self.into(Step::Value(number), *each, value);
                }
            }
            (Shape::Map(each), Value::Object(values)) => {
                for (name, value) in values {
                    self.into(Step::Member(name), *each, value);
                }
            }
            (Shape::Object(members), Value::Object(_)) => self.members(members, value),
            (Shape::Tagged(tag, cases), Value::Object(_)) => {
                self.members(&[has(tag, Shape::Text)], value);
                let word = value.get(tag).and_then(Value::as_str);
                let case = cases.iter().find(|case| Some(case.name) == word);
                if let Some(Row { shape, .. }) =
                    case.filter(|case| is_claimed(case.since, self.claimed))
                {
                    self.at(*shape, value);
                }
            }
            (Shape::Either(shapes), _) if shapes.iter().any(|shape| shape.admits(value)) => {}
            (shape, value) if shape.admits(value) => {}
            _ => self.found.push(Flaw::other_kind(&self.path, shape, value)),
        }
    }

    fn members(&mut self, members: &[Member], value: &'a Value) {
        let claimed = self.claimed;
        for member in members.iter().filter(|member| is_claimed(member.since, claimed)) {
            match value.get(member.name) {
                None if member.required => {
                    self.found.push(Flaw::missing(&self.path, member, value));
                }
                None => {}
                Some(Value::Null) if !member.required => {}
                Some(inner) => self.into(Step::Member(member.name), member.shape, inner),
            }
        }
    }

    fn into(&mut self, step: Step<'a>, shape: Shape, value: &'a Value) {
        self.path.push(step);
        self.at(shape, value);
        self.path.pop();
    }
}

impl Shape {
    /// Whether a value is of the kind of this shape, whatever is in it.
    fn admits(&self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Text => value.is_string(),
            Self::Whole => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Flag => value.is_boolean(),
            Self::List(_) => value.is_array(),
            Self::Map(_) | Self::Object(_) | Self::Tagged(..) => value.is_object(),
            Self::Either(shapes) => shapes.iter().any(|shape| shape.admits(value)),
        }
    }
}
