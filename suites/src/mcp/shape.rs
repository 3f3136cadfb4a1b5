//! Shapes of messages: which members each has, and of which types, in each revision.
//!
//! They are data: tables of members, made from the schema of each revision. All objects are open, so
//! members that no table names are legal.

mod content;
mod entries;
mod judge;
mod params;
mod results;

use harness::{Failure, Revision};
use serde_json::Value;

pub use content::{BLOCK, ROLE};
pub use entries::{PROMPT, RESOURCE, TASK, TEMPLATE, TOOL};
pub use judge::wrong;
pub use params::{LEVELS, Sendable, of_params, sendable};
pub use results::of_result;

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Is {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A number from 0 to 1.
    Fraction,
    /// True or false.
    Flag,
    /// A text or a whole number.
    Id,
    /// An object, whatever is in it.
    Object,
    /// An object with these members.
    A(&'static Shape),
    /// An array of these.
    List(&'static Is),
    /// An object whose members are all of this kind.
    Map(&'static Is),
    /// One of these texts.
    Word(&'static [&'static str]),
    /// This, or null.
    OrNull(&'static Is),
    /// Any of these, called so.
    Either(&'static str, &'static [Is]),
    /// An object of one of several kinds, told apart by this member.
    ByKind(&'static str, &'static [Case]),
}

/// One kind of object of several.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The value of the member that tells the kinds apart.
    pub name: &'static str,
    /// The first revision that has it.
    pub since: Revision,
    /// Its members.
    pub shape: &'static Shape,
}

/// The members of an object.
#[derive(Clone, Copy, Debug)]
pub struct Shape(pub &'static [Member]);

/// One member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub is: Is,
    /// Whether it may not be missing.
    pub needed: bool,
    /// The first revision that has it.
    pub since: Revision,
    /// The last one.
    pub until: Revision,
}

impl Member {
    /// The same member, which first came with this revision.
    pub const fn since(self, since: Revision) -> Self {
        Self { since, ..self }
    }

    /// The same member, which was last in this revision.
    pub const fn until(self, until: Revision) -> Self {
        Self { until, ..self }
    }
}

/// A member that may not be missing.
pub const fn must(name: &'static str, is: Is) -> Member {
    let (since, until) = (Revision::R20241105, Revision::R20260728);
    Member { name, is, needed: true, since, until }
}

/// A member that may be missing.
pub const fn may(name: &'static str, is: Is) -> Member {
    Member { needed: false, ..must(name, is) }
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where: `tools[0].name`; empty if it is the value itself.
    pub path: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub observed: String,
}

impl Wrong {
    /// The failure of the message that is called `what`.
    #[track_caller]
    pub fn failure(self, what: &str, revision: Revision) -> Failure {
        let subject = match self.path.as_str() {
            "" => what.to_owned(),
            path => format!("`{path}` in {what}"),
        };
        Failure::mismatch(subject, self.expected, self.observed)
            .note(format!("revision  {revision}"))
    }
}

/// What is wrong with the result of a request of the client, if anything is.
pub fn wrong_result(
    revision: Revision,
    method: &str,
    params: &Value,
    result: &Value,
) -> Option<Wrong> {
    let shape = if revision.is_modern() {
        match result.get("resultType") {
            Some(Value::String(kind)) if kind == "input_required" => Some(&results::INPUT_REQUIRED),
            // An extension's own.
            Some(Value::String(kind)) if kind != "complete" => Some(&results::OTHER),
            _ => of_result(revision, method),
        }
    } else if params.get("task").is_some() && result.get("task").is_some() {
        Some(&results::TASK_CREATED)
    } else {
        of_result(revision, method)
    };
    wrong(&Is::A(shape?), result, revision)
}

/// What is wrong with the parameters of a notification or a request of the server, if anything is.
pub fn wrong_params(revision: Revision, method: &str, params: Option<&Value>) -> Option<Wrong> {
    let shape = of_params(revision, method)?;
    match params {
        // Where no member is needed, the parameters may be missing.
        None if !shape.0.iter().any(|member| member.needed && member.applies(revision)) => None,
        None => wrong(&Is::A(shape), &Value::Object(serde_json::Map::new()), revision),
        Some(params) => wrong(&Is::A(shape), params, revision),
    }
}

#[cfg(test)]
mod tests;
