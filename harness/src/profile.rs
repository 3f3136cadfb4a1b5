//! The profile of a subject: examined once before the checks, and stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use report::{Dialect, Family, Revision, Transport};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::applies::{NoRelease, Release};
use crate::failure::Failure;

/// The need of checks with a scripted model: the subject must use the model service of the check.
pub const MODEL: &str = "the model service of the check";

/// The need of checks of the Model Context Protocol that converse.
pub const SESSION: &str = "a first request that is answered";

/// The name and version of the format of a stored profile.
pub const SCHEMA: &str = "proctor.profile/1";

/// A method that the checks use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// The dialect that it belongs to.
    pub dialect: Dialect,
    /// Its name.
    pub name: &'static str,
    /// Whether a request without parameters is harmless, so that it can be used to find out whether the
    /// subject has the method.
    pub asked: bool,
}

/// The form of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handshake {
    /// `initialize` with `clientInfo`, then `initialized`.
    AppServer,
    /// That of the Model Context Protocol; the first releases spoke `v1` over it.
    Mcp,
}

/// What a subject reported of itself, and its observed behaviour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The greeting that it accepts.
    pub handshake: Handshake,
    /// Whether it answers only messages with `"jsonrpc": "2.0"`.
    pub jsonrpc: bool,
    /// The name that it gives itself.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The version in the user agent or server info, as reported.
    #[serde(default)]
    pub version: Option<String>,
    /// The Codex release that it claims; without one it is tested as the newest.
    #[serde(default)]
    pub release: Option<Release>,
    /// The dialects that it speaks.
    pub dialects: Vec<Dialect>,
    /// What it declares in each revision of the Model Context Protocol in which it is examined.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub revisions: BTreeMap<Revision, Declared>,
    /// The methods that the checks use, by dialect and name, and whether it has them; methods not
    /// listed were not probed.
    #[serde(default)]
    pub methods: BTreeMap<Dialect, BTreeMap<String, bool>>,
    /// Whether it uses the model service in its configuration; unknown if no turn gets that far.
    #[serde(default)]
    pub asks_model: Option<bool>,
    /// The tools that it offered the model in a first turn, by name or, without a name, by type.
    #[serde(default)]
    pub tools: Vec<String>,
    /// The features that checks need and it lacks, by dialect and name, each with what it did
    /// instead.
    #[serde(default)]
    pub missing: BTreeMap<Dialect, BTreeMap<String, String>>,
    /// The cost of a start.
    #[serde(default)]
    pub start: Start,
    /// What carries the messages of this run; no property of the subject.
    #[serde(skip)]
    pub transport: Transport,
}

/// What a server of the Model Context Protocol declares in one revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The member `capabilities` of its answer to `initialize` or `server/discover`.
    pub capabilities: Value,
    /// How it calls itself: the member `serverInfo`.
    #[serde(default)]
    pub server: Value,
    /// The names of its tools.
    #[serde(default)]
    pub tools: Vec<String>,
}

impl Declared {
    /// Whether it declares a capability, such as `resources.subscribe`, or lists a tool, such as
    /// `tool:echo`.
    ///
    /// A capability is declared by an object, however empty, or by `true`.
    pub fn has(&self, capability: &str) -> bool {
        if let Some(tool) = capability.strip_prefix("tool:") {
            return self.tools.iter().any(|listed| listed == tool);
        }
        let mut at = &self.capabilities;
        for name in capability.split('.') {
            at = &at[name];
        }
        !matches!(at, Value::Null | Value::Bool(false))
    }
}

/// The cost of starting a subject, from its first instruction to its first answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Elapsed time in milliseconds.
    pub wall_ms: u64,
    /// Processor time of all its processes together, in milliseconds.
    pub cpu_ms: u64,
}

/// Claims about a subject, which override what it reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The dialects that it speaks; if empty, they are probed.
    pub dialects: Vec<Family>,
    /// The dialects that it is assumed to speak if none is found.
    pub otherwise: Vec<Family>,
    /// Revisions of the Model Context Protocol in which it is examined beside the newest ones.
    pub revisions: Vec<Revision>,
    /// The release that it is tested as; by default the one that it claims.
    pub release: Option<Held>,
}

/// The release that a subject is tested as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The newest one.
    Newest,
    /// This one.
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
    /// Overrides the reported properties with the claims.
    pub fn apply(&self, profile: &mut Profile) {
        if !self.dialects.is_empty() {
            profile.dialects = profile.claimed(&self.dialects);
        } else if profile.dialects.is_empty() {
            profile.dialects = profile.claimed(&self.otherwise);
        }
        match self.release {
            None => {}
            Some(Held::Newest) => profile.release = None,
            Some(Held::To(release)) => profile.release = Some(release),
        }
    }
}

/// The parts of a subject's profile that affect a running check.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    unoffered: BTreeSet<String>,
    /// Methods that the subject may or may not have: the answer to a request decides.
    unsure: BTreeSet<String>,
    missing: BTreeMap<String, String>,
}

impl Profile {
    /// The profile of a subject with a known greeting and known dialects, and nothing else.
    pub fn plain(handshake: Handshake, dialects: Vec<Dialect>) -> Self {
        Self {
            handshake,
            jsonrpc: handshake == Handshake::Mcp,
            user_agent: None,
            version: None,
            release: None,
            dialects,
            revisions: BTreeMap::new(),
            methods: BTreeMap::new(),
            asks_model: None,
            tools: Vec::new(),
            missing: BTreeMap::new(),
            start: Start::default(),
            transport: Transport::default(),
        }
    }

    /// The dialects of these families: of `mcp`, the revisions that the subject is known to have.
    fn claimed(&self, families: &[Family]) -> Vec<Dialect> {
        let known = self.dialects.iter().copied().filter(|dialect| dialect.is_mcp());
        let known: Vec<_> = known.collect();
        let dialects = |family: &Family| match family {
            Family::V1 => vec![Dialect::V1],
            Family::V2 => vec![Dialect::V2],
            Family::Mcp if known.is_empty() => vec![Dialect::Mcp(Revision::NEWEST_LEGACY)],
            Family::Mcp => known.clone(),
        };
        families.iter().flat_map(dialects).collect()
    }

    /// Whether it is examined in the Model Context Protocol, and in nothing else.
    pub fn is_mcp(&self) -> bool {
        !self.dialects.is_empty() && self.dialects.iter().all(|dialect| dialect.is_mcp())
    }

    /// The first of these capabilities that the subject does not declare in this dialect.
    pub fn undeclared<'c>(&self, dialect: Dialect, wanted: &[&'c str]) -> Option<&'c str> {
        let declared = self.revisions.get(&dialect.revision()?);
        let lacks = |name: &&&str| declared.is_none_or(|declared| !declared.has(name));
        wanted.iter().find(lacks).copied()
    }

    /// The gate for a check in `dialect`; `granted` are the features that the check itself tests.
    ///
    /// A subject that claims a release must have the methods of that release: a missing one is a
    /// failure. Any other subject may choose what to offer.
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

    /// The probed methods of a dialect that the subject lacks.
    pub fn unoffered(&self, dialect: Dialect) -> impl Iterator<Item = &str> {
        let methods = self.methods.get(&dialect).into_iter().flatten();
        methods.filter(|(_, offered)| !**offered).map(|(name, _)| name.as_str())
    }

    /// The number of checks that may run at a time without slowing down the starts of their
    /// subjects.
    ///
    /// A subject that mostly waits leaves its processor to others; one that computes while it
    /// starts needs a processor of its own.
    pub fn jobs(&self) -> usize {
        self.jobs_on(std::thread::available_parallelism().map_or(2, std::num::NonZero::get))
    }

    /// How many checks at a time keep this many processors busy.
    pub fn jobs_on(&self, processors: usize) -> usize {
        /// The cost of a start, in milliseconds, from which on one check per processor runs.
        const DEAR: u64 = 500;
        /// The cost below which checks mostly wait for times that are part of the protocol.
        const CHEAP: u64 = 20;
        let each = match self.start.cpu_ms {
            ..CHEAP => 4,
            CHEAP..DEAR => 2,
            DEAR.. => 1,
        };
        // The checks of servers of the Model Context Protocol mostly wait for the end of a process.
        processors * if self.is_mcp() { (each * 2).min(4) } else { each }
    }

    /// The time limit for the first answer of a fresh process that hardly uses the processor.
    pub(crate) fn first_answer(&self, wait: Duration) -> Duration {
        /// How many times longer than the first start a later one may take, on a busier machine.
        const SLOWER: u32 = 5;
        wait.max(Duration::from_millis(self.start.wall_ms) * SLOWER)
    }
}

impl Gate {
    /// Fails if the subject lacks the feature `need`, which the step `what` needs.
    #[track_caller]
    pub fn needs(&self, need: &str) -> Result<(), Failure> {
        match self.missing.get(need) {
            Some(why) => Err(Failure::unmet(need, why)),
            None => Ok(()),
        }
    }

    /// Fails if the subject lacks the method.
    #[track_caller]
    pub fn offers(&self, method: &str) -> Result<(), Failure> {
        if self.unoffered.contains(method) {
            return Err(Failure::not_offered(method));
        }
        Ok(())
    }

    /// Whether it is unknown if the subject has the method.
    pub(crate) fn is_unsure(&self, method: &str) -> bool {
        self.unsure.contains(method)
    }

    /// What the subject does instead, if it is known to lack the feature.
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
    fn a_missing_method_is_no_failure_without_a_claimed_release() {
        let gate = profile().gate(Dialect::V2, &[], &[]);
        assert!(gate.offers("thread/start").is_ok());
        assert_eq!(gate.offers("thread/archive").unwrap_err().kind(), Kind::NotOffered);
        // A method that was not probed may exist.
        assert!(gate.offers("thread/fork").is_ok());
    }

    #[test]
    fn a_claimed_release_must_have_its_methods() {
        let mut profile = profile();
        profile.release = "0.98.0".parse().ok();
        assert!(profile.gate(Dialect::V2, &[], &[]).offers("thread/archive").is_ok());
    }

    #[test]
    fn a_missing_feature_is_a_gate_except_for_its_own_check() {
        let profile = profile();
        let unmet = profile.gate(Dialect::V2, &[], &[]).needs("thread/start").unwrap_err();
        assert_eq!(unmet.kind(), Kind::Inconclusive);
        assert_eq!(unmet.parts().need.as_deref(), Some("thread/start"));
        assert!(profile.gate(Dialect::V2, &["thread/start"], &[]).needs("thread/start").is_ok());
        assert!(profile.gate(Dialect::V1, &[], &[]).needs("thread/start").is_ok());
    }

    #[test]
    fn a_dear_start_gets_a_processor_of_its_own() {
        let jobs = |cpu_ms: u64| {
            let mut profile = profile();
            profile.start.cpu_ms = cpu_ms;
            profile.jobs_on(3)
        };
        assert_eq!([1, 100, 3_000].map(jobs), [12, 6, 3]);
    }
}
