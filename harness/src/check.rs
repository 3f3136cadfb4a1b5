//! A check: one requirement, where it applies, and the code that tests it.

use std::future::Future;
use std::pin::Pin;

use linkme::distributed_slice;
use report::{Dialect, Level, Transport};

use crate::applies::{Applies, FixedIn, Release};
use crate::context::Context;
use crate::conversation::Conversation;
use crate::course::Course;
use crate::failure::Result;

/// All checks that are linked in, in no particular order; use [`all`].
#[distributed_slice]
pub static CHECKS: [Check];

/// The conversation that an observer watches when it runs on its own; one per program.
#[distributed_slice]
pub static TOUR: [Converse];

/// The conversation that a law watches when it runs on its own; one per program.
#[distributed_slice]
pub static TOUR_OF_LAWS: [Converse];

/// The conversation that an observer of the Model Context Protocol watches when it runs on its own;
/// one per program.
#[distributed_slice]
pub static TOUR_OF_MCP: [Converse];

/// What is asked at the end of a conversation, so that laws can compare it with what was sent
/// before; one per program.
#[distributed_slice]
pub static INQUIRY: [Converse];

/// The body of a check that talks to the subject.
pub type Converse = for<'cx> fn(&'cx mut Context) -> Pin<Box<dyn Future<Output = Result> + 'cx>>;

/// The body of an observer: judges a whole conversation of some check.
pub(crate) type Observe = fn(&Conversation<'_>) -> Result;

/// The body of a law: judges everything that a home saw during some check.
pub(crate) type Judge = fn(&Course<'_>) -> Result;

/// How a check tests the subject.
#[derive(Clone, Copy)]
pub enum Body {
    /// Talks to a subject of its own.
    Converse(Converse),
    /// Judges every conversation of the run: an observer.
    Observe(Observe),
    /// Judges everything that each home of the run saw: a law.
    Judge(Judge),
}

/// One requirement and the code that tests it. Made by `#[check]`, `#[observer]` and `#[law]`.
pub struct Check {
    /// The module path of the function, with the crate's name.
    pub module: &'static str,
    /// The function's name.
    pub name: &'static str,
    /// The sentence with one RFC 2119 keyword.
    pub requirement: &'static str,
    /// The keyword.
    pub level: Level,
    /// The dialects and releases that it applies to.
    pub applies: &'static [Applies],
    /// Where the requirement is written.
    pub source: &'static str,
    /// What a pass of this check proves to work, so that other checks may rely on it: a method, or
    /// a feature with a name of its own.
    pub grants: &'static [&'static str],
    /// The capabilities that a server must declare to be held to the check: `resources.subscribe`.
    pub declares: &'static [&'static str],
    /// The name of the conversation that the check shares with others.
    pub shared: Option<&'static str>,
    /// Whether it ends the conversation that it shares.
    pub last: bool,
    /// The names of the faults that the check must find.
    pub faults: &'static [&'static str],
    /// Whether it may run in one process with the other such checks of its module.
    pub company: bool,
    /// Why it applies over stdio alone, if it does.
    pub stdio: Option<&'static str>,
    /// The file of the function, from the workspace root.
    pub file: &'static str,
    /// The line of the attribute.
    pub line: u32,
    /// The code.
    pub body: Body,
}

impl Check {
    /// The stable name: module path without the crate, then the function.
    pub fn id(&self) -> String {
        match self.module.split_once("::") {
            Some((_, module)) => format!("{module}::{}", self.name),
            None => self.name.to_owned(),
        }
    }

    /// The chapter that the check belongs to: the first part of its id.
    pub fn suite(&self) -> &'static str {
        let module = self.module.split_once("::").map_or("", |(_, module)| module);
        module.split("::").next().unwrap_or(module)
    }

    /// How the check applies in `dialect`, if it does.
    pub fn applies_in(&self, dialect: Dialect) -> Option<&'static Applies> {
        self.applies.iter().find(|applies| applies.dialect == dialect)
    }

    /// The reason why the check does not apply to a subject that claims `release` and speaks
    /// `dialect`; `None` if it applies.
    pub fn exempts(&self, dialect: Dialect, release: Option<Release>) -> Option<String> {
        // A dialect may be listed more than once, with ranges that leave a gap.
        let mut ranges = self.applies.iter().filter(|applies| applies.dialect == dialect);
        if ranges.clone().any(|applies| applies.covers(release)) {
            return None;
        }
        let listed = ranges.by_ref().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let claim = release.map_or("the newest release".to_owned(), |release| release.to_string());
        Some(format!("applies to {listed}; the subject is tested as {claim}"))
    }

    /// The reason why the check does not apply over this transport; `None` if it applies.
    pub fn exempts_over(&self, transport: Transport) -> Option<String> {
        let why = self.stdio.filter(|_| transport.listens())?;
        Some(format!("applies over stdio only, not over {transport}: {why}"))
    }

    /// The known defect of a subject that claims `release`: the check runs, and its failure is
    /// expected.
    pub fn known_defect(&self, dialect: Dialect, release: Option<Release>) -> Option<FixedIn> {
        let held = |applies: &&Applies| applies.dialect == dialect && applies.covers(release);
        self.applies.iter().filter(held).find_map(|applies| applies.known_defect(release))
    }

    /// Whether it judges the conversations of all checks and has none of its own: an observer or a
    /// law.
    pub fn observes(&self) -> bool {
        !matches!(self.body, Body::Converse(_))
    }

    /// Whether it is a law.
    pub fn is_law(&self) -> bool {
        matches!(self.body, Body::Judge(_))
    }
}

/// All checks that are linked in, ordered by id.
pub fn all() -> Vec<&'static Check> {
    let mut checks: Vec<_> = CHECKS.iter().collect();
    checks.sort_by_key(|check| check.id());
    checks
}
