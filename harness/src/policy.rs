//! The automatic answers to requests of the subject.

use serde_json::{Value, json};

use crate::message::code;

/// How a request of the subject is handled.
#[derive(Clone, Debug, PartialEq)]
pub enum Policy {
    /// It is kept until the check takes and answers it.
    Hold,
    /// It is answered at once with this result.
    Result(Value),
    /// It is answered at once with this error object.
    Error(Value),
}

impl Policy {
    /// The answer to an unexpected request.
    pub fn refuse(method: &str) -> Self {
        Self::Error(json!({
            "code": code::METHOD_NOT_FOUND,
            "message": format!("this client does not serve `{method}`"),
        }))
    }
}

/// The policies in force: by method, and one for all others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policies {
    by_method: Vec<(String, Policy)>,
    others: Option<Policy>,
}

impl Policies {
    /// Sets the policy for one method, replacing an earlier one.
    pub(crate) fn set(&mut self, method: impl Into<String>, policy: Policy) {
        let method = method.into();
        self.by_method.retain(|(other, _)| *other != method);
        self.by_method.push((method, policy));
    }

    /// Sets the policy for every method without one of its own.
    pub(crate) fn set_others(&mut self, policy: Policy) {
        self.others = Some(policy);
    }

    /// The policy for a method, and whether one was set for it.
    pub(crate) fn of(&self, method: &str) -> (Policy, bool) {
        let named = self.by_method.iter().find(|(name, _)| name == method);
        match (named, &self.others) {
            (Some((_, policy)), _) | (None, Some(policy)) => (policy.clone(), true),
            (None, None) => (Policy::refuse(method), false),
        }
    }
}
