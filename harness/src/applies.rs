//! Where a check applies: a dialect and a range of releases, declared on the check.

use std::fmt;
use std::str::FromStr;

use report::Dialect;
use serde::{Deserialize, Serialize};

/// A release of the Codex server, such as 0.98.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    major: u32,
    minor: u32,
    patch: u32,
}

/// A text that names no release.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no release, expected a form like 0.98.0")]
pub struct NoRelease(String);

impl Release {
    /// The release `major.minor.patch`.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// Whether the number lies where Codex servers of this protocol have been published (0.36 and newer, before 1.0).
    ///
    /// Any other number is a subject's own numbering and claims nothing.
    pub fn is_codex(self) -> bool {
        self.major == 0 && self.minor >= 36
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor, patch } = self;
        // An open end, `0.80` of a range, covers every patch of its minor.
        if *patch == u32::MAX {
            write!(f, "{major}.{minor}")
        } else {
            write!(f, "{major}.{minor}.{patch}")
        }
    }
}

impl FromStr for Release {
    type Err = NoRelease;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NoRelease(text.to_owned());
        // `0.150.0-alpha.3` counts as 0.150.0: it has what the release has.
        let numbers = text.split(['-', '+']).next().unwrap_or(text);
        let mut parts = numbers.split('.').map(|part| part.parse::<u32>());
        let mut next = || parts.next().transpose().map_err(|_| wrong());
        let major = next()?.ok_or_else(wrong)?;
        let minor = next()?.ok_or_else(wrong)?;
        let patch = next()?.unwrap_or(0);
        if next()?.is_some() {
            return Err(wrong());
        }
        Ok(Self { major, minor, patch })
    }
}

impl Serialize for Release {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What older releases do wrong, and the first that does it right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedIn {
    /// The first release that does it right.
    pub release: Release,
    /// What the older ones do instead, as a clause: it stands behind a colon.
    pub defect: &'static str,
}

/// One dialect in which a check applies, and from which release to which.
///
/// The ends of the range are where what the check is about came to be, and where it was removed: a release outside has
/// nothing to judge. Releases that have it and are wrong lie inside, before [`Applies::fixed_in`]: there the check runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applies {
    /// The dialect.
    pub dialect: Dialect,
    /// The release in which it came to be; `None` is every one before `until`.
    pub since: Option<Release>,
    /// The last release that has it; `None` means that the newest one does.
    pub until: Option<Release>,
    /// Up to where releases that have it are known to be wrong.
    pub fixed_in: Option<FixedIn>,
}

impl Applies {
    /// Whether a subject that claims `release` is held to the check.
    ///
    /// A subject that claims no release is held to the newest expectation, so to every check without an `until`.
    pub fn covers(&self, release: Option<Release>) -> bool {
        match release {
            None => self.until.is_none(),
            Some(release) => {
                self.since.is_none_or(|since| since <= release)
                    && self.until.is_none_or(|until| release <= until)
            }
        }
    }

    /// What a subject that claims `release` is known to do wrong here.
    ///
    /// A subject that claims no release is held to the newest, which is right.
    pub fn known_defect(&self, release: Option<Release>) -> Option<FixedIn> {
        self.fixed_in.filter(|fixed| release.is_some_and(|release| release < fixed.release))
    }
}

impl fmt::Display for FixedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a known defect of releases before {}: {}", self.release, self.defect)
    }
}

impl fmt::Display for Applies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.since, self.until) {
            (None, None) => write!(f, "{}", self.dialect),
            (Some(since), None) => write!(f, "{} since {since}", self.dialect),
            (None, Some(until)) => write!(f, "{} until {until}", self.dialect),
            (Some(since), Some(until)) => write!(f, "{} {since} to {until}", self.dialect),
        }?;
        match self.fixed_in {
            Some(fixed) => write!(f, " (fixed in {})", fixed.release),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Applies, FixedIn, Release};
    use report::Dialect;

    fn range(since: Option<&str>, until: Option<Release>) -> Applies {
        let since = since.map(|text| text.parse().unwrap());
        Applies { dialect: Dialect::V2, since, until, fixed_in: None }
    }

    #[test]
    fn a_defect_is_known_of_what_is_older_than_its_end() {
        let fixed = FixedIn { release: Release::new(0, 147, 0), defect: "hangs" };
        let range = Applies { fixed_in: Some(fixed), ..range(Some("0.80"), None) };
        let known = |text: &str| range.known_defect(Some(text.parse().unwrap())).is_some();
        assert_eq!([known("0.120.0"), known("0.147.0"), known("0.169.0")], [true, false, false]);
        assert_eq!(range.known_defect(None), None);
        assert!(range.covers(Some(Release::new(0, 120, 0))));
        assert_eq!(range.to_string(), "v2 since 0.80.0 (fixed in 0.147.0)");
        assert_eq!(fixed.to_string(), "a known defect of releases before 0.147.0: hangs");
    }

    #[test]
    fn an_open_end_covers_every_patch() {
        let until = range(Some("0.80"), Some(Release::new(0, 98, u32::MAX)));
        for (release, covered) in
            [("0.79.9", false), ("0.80.0", true), ("0.98.7", true), ("0.99.0", false)]
        {
            assert_eq!(until.covers(Some(release.parse().unwrap())), covered, "{release}");
        }
        assert_eq!(until.to_string(), "v2 0.80.0 to 0.98");
    }

    #[test]
    fn no_claim_means_the_newest_expectation() {
        assert!(range(Some("0.160"), None).covers(None));
        assert!(!range(None, Some(Release::new(0, 98, u32::MAX))).covers(None));
    }

    #[test]
    fn rubbish_is_no_release() {
        for text in ["", "0", "a.b", "0.98.0.1", "0..1", "-0.1"] {
            assert!(text.parse::<Release>().is_err(), "{text:?}");
        }
        assert_eq!("0.150.0-alpha.3".parse::<Release>().unwrap(), Release::new(0, 150, 0));
    }
}
