//! The answer of a subject to a method that no server has: what it says of one that it lacks, and which
//! methods it lists instead.

use crate::message::{Reply, RpcError};

/// The error with which a subject answers [`NoSuchMethod::NAME`].
#[derive(Clone, Debug)]
pub struct NoSuchMethod {
    error: RpcError,
}

impl NoSuchMethod {
    /// A method that no server has.
    pub const NAME: &'static str = "proctor/unknown";

    /// Keeps the error with which the subject answered [`NAME`](Self::NAME).
    pub fn new(error: RpcError) -> Self {
        Self { error }
    }

    /// Whether the answer to a request of this method is the same error, but for the name.
    pub fn is_said_of(&self, method: &str, reply: &Reply) -> bool {
        reply.error().is_ok_and(|error| self.is_like(method, &error))
    }

    fn is_like(&self, method: &str, error: &RpcError) -> bool {
        error.code == self.error.code
            && error.message == self.error.message.replace(Self::NAME, method)
    }

    /// The methods that the error lists, in its order; none if it lists none.
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        listed(&self.error.message)
    }

    /// The text of the error.
    pub(crate) fn message(&self) -> &str {
        &self.error.message
    }
}

/// The names in back quotes in the list of an error, as serde writes it.
pub(crate) fn listed(message: &str) -> impl Iterator<Item = &str> {
    const BEFORE: &str = "expected one of ";
    let list = message.split_once(BEFORE).map(|(_, list)| list).unwrap_or_default();
    list.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::NoSuchMethod;
    use crate::message::RpcError;

    fn error(message: &str) -> RpcError {
        RpcError { code: Some(-32600), message: message.to_owned(), data: None }
    }

    #[test]
    fn the_same_words_are_said_of_each_missing_method() {
        let none = NoSuchMethod::new(error("no method `proctor/unknown`; see `a/b/list`"));
        assert!(none.is_like("a/b", &error("no method `a/b`; see `a/b/list`")));
        assert!(!none.is_like("a/b", &error("no thread `a/b`")));
        assert_eq!(none.listed().next(), None);
    }

    #[test]
    fn only_what_is_expected_is_listed() {
        let none = NoSuchMethod::new(error("no `proctor/unknown`, expected one of `a`, `b/c`"));
        assert_eq!(none.listed().collect::<Vec<_>>(), ["a", "b/c"]);
    }
}
