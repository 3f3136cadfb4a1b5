//! The statuses that nextest reports for tests, and the grammar of those lines.

use std::sync::LazyLock;

use regex::Regex;

use super::text::regex;

/// The status of a test that did not simply pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// `LEAK`: passed, but its output was held open longer than the leak-timeout.
    Leak,
    /// `LEAK-FAIL`: the same, where the profile makes it a failure.
    LeakFail,
    /// `FAIL + LEAK`: failed, and its output was held open.
    FailLeak,
    /// `TRY n PASS`, `FLAKY n/m`: passed after it had failed.
    Flaky,
    /// `FLKY-FL n/m`: the same, where the profile makes it a failure.
    FlakyFail,
    /// `FAIL`: ended with an exit code other than 0.
    Fail,
    /// `TIMEOUT`: took too long and was ended.
    Timeout,
    /// `XFAIL`: could not be started.
    ExecFail,
    /// `ABORT`: ended by Windows, or by a signal without a name, like `ABORT SIG 35`.
    Abort,
    /// `SIGSEGV` and the like: ended by the signal.
    Signal(String),
}

impl Status {
    /// Leaks come first; a pass at last comes last.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::LeakFail | Self::Leak => 0,
            Self::FailLeak => 1,
            Self::Signal(_) | Self::Abort => 2,
            Self::Timeout => 3,
            Self::Fail => 4,
            Self::ExecFail => 5,
            Self::FlakyFail | Self::Flaky => 6,
        }
    }

    /// Whether a process outlived the test.
    #[must_use]
    pub fn is_leak(&self) -> bool {
        matches!(self, Self::Leak | Self::LeakFail | Self::FailLeak)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Leak => "LEAK",
            Self::LeakFail => "LEAK-FAIL",
            Self::FailLeak => "FAIL + LEAK",
            Self::Flaky => "FLAKY",
            Self::FlakyFail => "FLAKY (a failure here)",
            Self::Fail => "FAIL",
            Self::Timeout => "TIMEOUT",
            Self::ExecFail => "XFAIL (could not be started)",
            Self::Abort => "ABORT",
            Self::Signal(name) => name,
        })
    }
}

/// The meaning of the word at the start of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The result of an attempt, or of all of them.
    Result(Status),
    Passed,
    Started,
    /// Not a result: slow, terminating, skipped, to be retried.
    Progress,
}

/// Where a word of nextest stands in its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The text before the word, without the spaces.
    pub(super) decoration: String,
    /// The number of spaces before the word.
    pub(super) spaces: usize,
    /// The column after the word, counted from the first of those spaces; 12 in nextest's lines.
    pub(super) end: usize,
}

/// A line in nextest's form for a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatusLine {
    /// Where its status stands.
    pub(super) at: Place,
    pub(super) word: Word,
    pub(super) attempt: Option<u32>,
    pub(super) stress: Option<u32>,
    /// The counter in parentheses, and the total if it is not blank.
    pub(super) counter: Option<Option<u32>>,
    /// The binary and the test; empty where the line is cut off.
    pub(super) binary_id: String,
    pub(super) test: String,
}

impl StatusLine {
    /// Whether it has the form of the result of a named test, wherever it stands.
    pub(super) fn is_result(&self) -> bool {
        matches!(self.word, Word::Result(_) | Word::Passed) && !self.test.is_empty()
    }
}

/// Every word that nextest has written in the first column since its first release, then a duration
/// in brackets.
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x) ^ (?P<decoration>.*?) (?P<spaces>\x20*)
        (?P<status>
            (?: TRY\x20(?P<attempt>\d+)\x20 )?
            (?: (?P<word>
                SLOW\x20\+\x20LEAK | SLOW\+TMPASS | SLOW | FAIL\x20\+\x20LEAK | FL\+LK | LEAK-FAIL | LKFAIL | LEAK
              | TIMEOUT-PASS | TMPASS | TIMEOUT | TMT | XFAIL | FAIL | PASS | START | SKIP | TERMINATING | TRMNTG
              | ABORT\x20SIG\x20\d+ | ABORT | SIG\x20\d+ | SIG[A-Z0-9]{2,8}
              | ABRT | ALRM | BUS | FPE | HUP | ILL | INT | IO | KILL | PIPE | PROF | PWR | QUIT | SEGV | STKFLT | STOP | SYS | TERM
              | TRAP | TSTP | TTIN | TTOU | URG | USR1 | USR2 | VTALRM | WINCH | XCPU | XFSZ )
          | (?P<flaky> FLAKY | FLKY-FL ) \x20 (?P<of>\d+)/\d+
          | (?: RETRY | DELAY ) \x20 \d+/\d+ | \d+/\d+ \x20 RETRY ) )
        \x20 \x20? \[ (?P<time> [>\x20]* (?:\d+\.\d+s)? \x20* ) \]
        (?P<rest> (?:\x20.*)? ) $",
    )
});
/// The text after the duration.
static INSTANCE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x) ^ \x20*
        (?: \[ (?P<stress>\d+) (?:/\d+)? \] \x20+ )?
        (?P<counter> \( (?: \x20* \d+ / (?P<total>\d+) | [^)\w\x20]+ | [^)]* [^)\x00-\x7f] [^)]* ) \) \x20+ )?
        (?P<binary> \S+? ) (?: @stress-(?P<index>\d+) )?
        (?: \x20+ (?P<test> \S .*? ) )? \x20* $",
    )
});

/// Reads a line; `None` if it does not have the form.
pub(super) fn status_line(text: &str) -> Option<StatusLine> {
    // Most lines of a log are quite different: this saves running the expression on them.
    if !text.contains('[') {
        return None;
    }
    let line = STATUS.captures(text)?;
    let spaces = line["spaces"].len();
    let attempt =
        line.name("attempt").or_else(|| line.name("of")).and_then(|n| n.as_str().parse().ok());
    let mut status_line = StatusLine {
        at: Place {
            decoration: line["decoration"].to_owned(),
            spaces,
            end: spaces + line["status"].chars().count(),
        },
        word: word(
            line.name("word").map(|word| word.as_str()),
            line.name("flaky").map(|f| f.as_str()),
            attempt,
        ),
        attempt,
        stress: None,
        counter: None,
        binary_id: String::new(),
        test: String::new(),
    };
    if let Some(instance) = INSTANCE.captures(&line["rest"]) {
        let number = |name| instance.name(name).and_then(|n| n.as_str().parse::<u32>().ok());
        status_line.stress = number("stress").or_else(|| number("index").map(|index| index + 1));
        status_line.counter = instance.name("counter").map(|_| number("total"));
        status_line.binary_id = instance["binary"].to_owned();
        status_line.test =
            instance.name("test").map_or_else(String::new, |test| test.as_str().to_owned());
    }
    Some(status_line)
}

fn word(word: Option<&str>, flaky: Option<&str>, attempt: Option<u32>) -> Word {
    match (word, flaky) {
        (_, Some("FLAKY")) => Word::Result(Status::Flaky),
        (_, Some(_)) => Word::Result(Status::FlakyFail),
        // A later attempt that passes makes a test flaky.
        (Some("PASS"), None) if attempt > Some(1) => Word::Result(Status::Flaky),
        (Some("PASS" | "TIMEOUT-PASS" | "TMPASS" | "SLOW+TMPASS"), None) => Word::Passed,
        (Some("START"), None) => Word::Started,
        (None | Some("SKIP" | "SLOW" | "TERMINATING" | "TRMNTG"), None) => Word::Progress,
        (Some("LEAK" | "SLOW + LEAK"), None) => Word::Result(Status::Leak),
        (Some("LEAK-FAIL" | "LKFAIL"), None) => Word::Result(Status::LeakFail),
        (Some("FAIL + LEAK" | "FL+LK"), None) => Word::Result(Status::FailLeak),
        (Some("FAIL"), None) => Word::Result(Status::Fail),
        (Some("TIMEOUT" | "TMT"), None) => Word::Result(Status::Timeout),
        (Some("XFAIL"), None) => Word::Result(Status::ExecFail),
        (Some(name), None) if name.starts_with("ABORT") || name.starts_with("SIG ") => {
            Word::Result(Status::Abort)
        }
        (Some(name), None) if name.starts_with("SIG") => {
            Word::Result(Status::Signal(name.to_owned()))
        }
        (Some(name), None) => Word::Result(Status::Signal(format!("SIG{name}"))),
    }
}
