//! The order of messages as a partial order: which comes before which, never an exact sequence.

use crate::failure::{Failure, Result};
use crate::message::Call;

/// The subject's calls, in order of arrival.
pub struct Order<'a>(&'a [Call]);

impl<'a> Order<'a> {
    /// Checks the order of these calls.
    pub fn of(calls: &'a [Call]) -> Self {
        Self(calls)
    }

    /// The only call of this method, or a failure with their number.
    #[track_caller]
    pub fn once(&self, method: &str) -> Result<&'a Call> {
        let mut found = self.0.iter().filter(|call| call.method == method);
        match (found.next(), found.count()) {
            (Some(call), 0) => Ok(call),
            (first, more) => {
                let count = usize::from(first.is_some()) + more;
                Err(self.fail(&format!("how often `{method}` comes"), "once", &times(count)))
            }
        }
    }

    /// Every `earlier` comes before every `later`; there must be at least one of each.
    #[track_caller]
    pub fn before(&self, earlier: &str, later: &str) -> Result {
        let last = self.0.iter().rposition(|call| call.method == earlier);
        let first = self.0.iter().position(|call| call.method == later);
        let what = format!("order of `{earlier}` and `{later}`");
        match (last, first) {
            (Some(last), Some(first)) if last < first => Ok(()),
            (Some(_), Some(_)) => Err(self.fail(
                &what,
                &format!("every `{earlier}` before `{later}`"),
                &format!("one `{earlier}` comes after `{later}`"),
            )),
            (None, _) => Err(self.fail(&what, "that both come", &format!("no `{earlier}`"))),
            (_, None) => Err(self.fail(&what, "that both come", &format!("no `{later}`"))),
        }
    }

    /// There is no call of this method.
    #[track_caller]
    pub fn never(&self, method: &str) -> Result {
        match self.0.iter().find(|call| call.method == method) {
            None => Ok(()),
            Some(call) => Err(self.fail(
                &format!("messages with the method `{method}`"),
                "none",
                &format!("one with {}", crate::ensure::show(&call.params)),
            )),
        }
    }

    #[track_caller]
    fn fail(&self, what: &str, expected: &str, observed: &str) -> Failure {
        let methods: Vec<_> = self.0.iter().map(|call| call.method.as_str()).collect();
        Failure::mismatch(what, expected, observed)
            .note(format!("sequence  {}", methods.join(", ")))
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Order;
    use crate::message::Call;

    fn calls(methods: &[&str]) -> Vec<Call> {
        let call = |(seq, method): (usize, &&str)| Call {
            method: (*method).to_owned(),
            id: None,
            params: Value::Null,
            seq,
        };
        methods.iter().enumerate().map(call).collect()
    }

    #[test]
    fn every_earlier_before_every_later() {
        let good = calls(&["a", "a", "b", "c", "b"]);
        let order = Order::of(&good);
        assert!(order.before("a", "b").is_ok());
        assert!(order.before("b", "c").is_err());
        assert!(order.before("a", "x").unwrap_err().parts().observed.contains("no `x`"));
    }

    #[test]
    fn once_counts() {
        let twice = calls(&["a", "a", "b"]);
        assert_eq!(Order::of(&twice).once("a").unwrap_err().parts().observed, "twice");
        assert_eq!(Order::of(&twice).once("x").unwrap_err().parts().observed, "never");
        assert!(Order::of(&twice).once("b").is_ok());
        assert!(Order::of(&twice).never("x").is_ok());
    }
}
