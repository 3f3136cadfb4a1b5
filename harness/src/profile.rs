//! What a subject offers: asked once, before the checks, and kept, so that nothing has to be guessed later.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use report::Dialect;
use serde::{Deserialize, Serialize};

use crate::applies::{NoRelease, Release};
use crate::failure::Failure;

/// The need of a check that gives the model something to say: that the subject asks the model service of the check.
pub const MODEL: &str = "the model service of the check";

/// The name of the form of a written profile.
pub const SCHEMA: &str = "proctor.profile/1";

/// A method that the checks use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// The dialect that it belongs to.
    pub dialect: Dialect,
    /// Its name.
    pub name: &'static str,
    /// Whether a request without parameters is harmless, so that the subject can be asked whether it has the method.
    pub asked: bool,
}

/// The form of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handshake {
    /// `initialize` with `clientInfo`, then `initialized`.
    AppServer,
    /// The Model Context Protocol's; the first releases spoke `v1` over it.
    Mcp,
}

/// What a subject said of itself, and what it was seen to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// How it wants to be greeted.
    pub handshake: Handshake,
    /// Whether it answers only messages with `"jsonrpc": "2.0"`.
    pub jsonrpc: bool,
    /// What it calls itself.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The version in the user agent or server info, as it says it.
    #[serde(default)]
    pub version: Option<String>,
    /// The Codex release that it claims; the newest expectation holds without one.
    #[serde(default)]
    pub release: Option<Release>,
    /// The dialects that it speaks.
    pub dialects: Vec<Dialect>,
    /// Methods that the checks use, by dialect and name, and whether it has them; one that is not listed was not asked for.
    #[serde(default)]
    pub methods: BTreeMap<Dialect, BTreeMap<String, bool>>,
    /// Whether it asks the model service that its configuration names; not known where no turn comes that far.
    #[serde(default)]
    pub asks_model: Option<bool>,
    /// The tools that it offered the model in a first turn, by name or, without one, by type.
    #[serde(default)]
    pub tools: Vec<String>,
    /// What checks need and it does not do, by dialect and need, each with what it did instead.
    #[serde(default)]
    pub missing: BTreeMap<Dialect, BTreeMap<String, String>>,
    /// What a start costs.
    #[serde(default)]
    pub start: Start,
}

/// What it costs to start a subject, from its first instruction to its first answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Time on the clock, in milliseconds.
    pub wall_ms: u64,
    /// Time of the processors, of all its processes together, in milliseconds.
    pub cpu_ms: u64,
}

/// What somebody says of a subject, whatever it says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The dialects that it speaks; with none, it is asked.
    pub dialects: Vec<Dialect>,
    /// The dialects that it is taken to speak if none is found.
    pub otherwise: Vec<Dialect>,
    /// The release that it is held to; without one, to that which it claims.
    pub release: Option<Held>,
}

/// The release that a subject is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// To what the newest one does.
    Newest,
    /// To what this one does.
    To(Release),
}

impl FromStr for Held {
    type Err = NoRelease;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "newest" => Ok(Self::Newest),
            release => release.parse().map(Self::To),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newest => f.write_str("newest"),
            Self::To(release) => release.fmt(f),
        }
    }
}

impl Claims {
    /// Puts the claims in the place of what the subject said.
    pub fn apply(&self, profile: &mut Profile) {
        if !self.dialects.is_empty() {
            profile.dialects.clone_from(&self.dialects);
        } else if profile.dialects.is_empty() {
            profile.dialects.clone_from(&self.otherwise);
        }
        match self.release {
            None => {}
            Some(Held::Newest) => profile.release = None,
            Some(Held::To(release)) => profile.release = Some(release),
        }
    }
}

/// What of a subject's profile a check heeds while it runs.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    unoffered: BTreeSet<String>,
    /// Methods of which it is not known whether the subject has them: their refusal tells.
    unsure: BTreeSet<String>,
    missing: BTreeMap<String, String>,
}

impl Profile {
    /// A subject of which nothing is known but how it is greeted and which dialects it speaks.
    pub fn plain(handshake: Handshake, dialects: Vec<Dialect>) -> Self {
        Self {
            handshake,
            jsonrpc: handshake == Handshake::Mcp,
            user_agent: None,
            version: None,
            release: None,
            dialects,
            methods: BTreeMap::new(),
            asks_model: None,
            tools: Vec::new(),
            missing: BTreeMap::new(),
            start: Start::default(),
        }
    }

    /// What a check in `dialect` heeds; `granted` are the needs that it is there to judge, so that it cannot rely on them.
    ///
    /// A subject that claims a release is held to what that release has: a method that it lacks is a failure there. Of any
    /// other subject nobody knows what it wants to have.
    pub fn gate(&self, dialect: Dialect, granted: &[&str], methods: &[Method]) -> Gate {
        let (mut unoffered, mut unsure) = (BTreeSet::new(), BTreeSet::new());
        if self.release.is_none() {
            unoffered.extend(self.unoffered(dialect).map(str::to_owned));
            let known = self.methods.get(&dialect);
            let own = methods.iter().filter(|method| method.dialect == dialect);
            let own =
                own.filter(|method| known.is_none_or(|known| !known.contains_key(method.name)));
            unsure.extend(own.map(|method| method.name.to_owned()));
        }
        let mut missing = self.missing.get(&dialect).cloned().unwrap_or_default();
        missing.retain(|need, _| !granted.contains(&need.as_str()));
        Gate { unoffered, unsure, missing }
    }

    /// The methods of a dialect that the subject was asked for and does not have.
    pub fn unoffered(&self, dialect: Dialect) -> impl Iterator<Item = &str> {
        let methods = self.methods.get(&dialect).into_iter().flatten();
        methods.filter(|(_, offered)| !**offered).map(|(name, _)| name.as_str())
    }

    /// How many checks may run at a time without the starts of their subjects getting in each other's way.
    ///
    /// A subject that mostly waits leaves a processor to others; one that computes while it starts needs its own.
    pub fn jobs(&self) -> usize {
        /// From this cost of a start on, in milliseconds, there is one check for each processor.
        const DEAR: u64 = 500;
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        if self.start.cpu_ms < DEAR { cores * 2 } else { cores }
    }

    /// How long the first answer of a fresh process may take, however little it computes meanwhile.
    pub(crate) fn first_answer(&self, wait: Duration) -> Duration {
        /// How many times longer than the first start a later one may take, on a machine that is busy by then.
        const SLOWER: u32 = 5;
        wait.max(Duration::from_millis(self.start.wall_ms) * SLOWER)
    }
}

impl Gate {
    /// What a check that relies on `need` is told where the subject does not do it; `what` is the step.
    #[track_caller]
    pub fn needs(&self, need: &str) -> Result<(), Failure> {
        match self.missing.get(need) {
            Some(why) => Err(Failure::unmet(need, why)),
            None => Ok(()),
        }
    }

    /// What a check that sends a request of this method is told where the subject does not have it.
    #[track_caller]
    pub fn offers(&self, method: &str) -> Result<(), Failure> {
        match self.unoffered.contains(method) {
            true => Err(Failure::not_offered(method)),
            false => Ok(()),
        }
    }

    /// Whether it is not known that the subject has the method, nor that it does not.
    pub(crate) fn is_unsure(&self, method: &str) -> bool {
        self.unsure.contains(method)
    }

    /// What the subject does in the place of what is needed, if that is known to be missing.
    pub(crate) fn missing(&self, need: &str) -> Option<&str> {
        self.missing.get(need).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::{Handshake, Profile};
    use crate::failure::Kind;
    use report::Dialect;

    fn profile() -> Profile {
        let mut profile = Profile::plain(Handshake::AppServer, vec![Dialect::V2]);
        let methods = [("thread/start".to_owned(), true), ("thread/archive".to_owned(), false)];
        profile.methods.insert(Dialect::V2, methods.into());
        let missing = [("thread/start".to_owned(), "answers -32603".to_owned())];
        profile.missing.insert(Dialect::V2, missing.into());
        profile
    }

    #[test]
    fn what_is_not_offered_is_no_failure_of_who_claims_nothing() {
        let gate = profile().gate(Dialect::V2, &[], &[]);
        assert!(gate.offers("thread/start").is_ok());
        assert_eq!(gate.offers("thread/archive").unwrap_err().kind(), Kind::NotOffered);
        // A method that was not asked for may be there.
        assert!(gate.offers("thread/fork").is_ok());
    }

    #[test]
    fn who_claims_a_release_is_held_to_it() {
        let mut profile = profile();
        profile.release = "0.98.0".parse().ok();
        assert!(profile.gate(Dialect::V2, &[], &[]).offers("thread/archive").is_ok());
    }

    #[test]
    fn what_is_missing_is_not_relied_on_but_by_the_check_that_judges_it() {
        let profile = profile();
        let unmet = profile.gate(Dialect::V2, &[], &[]).needs("thread/start").unwrap_err();
        assert_eq!(unmet.kind(), Kind::Inconclusive);
        assert_eq!(unmet.parts().need.as_deref(), Some("thread/start"));
        assert!(profile.gate(Dialect::V2, &["thread/start"], &[]).needs("thread/start").is_ok());
        assert!(profile.gate(Dialect::V1, &[], &[]).needs("thread/start").is_ok());
    }

    #[test]
    fn a_dear_start_gets_a_processor_of_its_own() {
        let mut profile = profile();
        let cheap = profile.jobs();
        profile.start.cpu_ms = 3_000;
        assert_eq!(profile.jobs() * 2, cheap);
    }
}
