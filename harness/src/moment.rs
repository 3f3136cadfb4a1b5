//! A moment in the course of something that a subject does, as data: what has come before it, and
//! how a person names it.

use std::fmt;
use std::time::Duration;

/// A moment at which a check acts, in the course of something that the subject does.
///
/// Each is an event that can be waited for; a place around an event that cannot be hit exactly is
/// approached by [`Moment::Past`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// In the same write as the request that begins the course, hence before its answer.
    WithTheRequest,
    /// As soon as the first message of this kind has come.
    After(String),
    /// While the subject waits for this, and can do nothing else.
    While(&'static str),
    /// Directly after the wait for this was over.
    Release(&'static str),
    /// At this time after the wait for this was over: it approaches a place that no event announces.
    Past(Duration, &'static str),
    /// After the last message of the course.
    Over,
}

impl Moment {
    /// Whether nothing but our own next step can make the course go on.
    pub fn is_still(&self) -> bool {
        matches!(self, Self::While(_) | Self::Over)
    }

    /// Whether the wait within the course is over at this moment.
    pub fn is_freed(&self) -> bool {
        matches!(self, Self::Release(_) | Self::Past(..) | Self::Over)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WithTheRequest => f.write_str("in the same write as the request"),
            Self::After(kind) => write!(f, "after `{kind}`"),
            Self::While(wait) => write!(f, "while {wait}"),
            Self::Release(wait) => write!(f, "directly after the wait while {wait}"),
            Self::Past(time, wait) => {
                let milliseconds = time.as_secs_f64() * 1000.0;
                write!(f, "{milliseconds:.1} ms after the wait while {wait}")
            }
            Self::Over => f.write_str("after its end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Moment;

    #[test]
    fn a_moment_has_a_name_in_plain_english() {
        let wait = "the model answers";
        for (moment, name) in [
            (Moment::WithTheRequest, "in the same write as the request"),
            (Moment::After("turn/started".to_owned()), "after `turn/started`"),
            (Moment::While(wait), "while the model answers"),
            (Moment::Release(wait), "directly after the wait while the model answers"),
            (
                Moment::Past(Duration::from_micros(4500), wait),
                "4.5 ms after the wait while the model answers",
            ),
            (Moment::Over, "after its end"),
        ] {
            assert_eq!(moment.to_string(), name);
        }
    }

    #[test]
    fn only_a_wait_holds_the_course() {
        assert!(Moment::While("it waits").is_still() && Moment::Over.is_still());
        assert!(!Moment::Release("it waits").is_still() && Moment::Release("it").is_freed());
    }
}
