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

/// A text that is not a release.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a release, expected a form like 0.98.0")]
pub struct NoRelease(String);

impl Release {
    /// The release `major.minor.patch`.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The three numbers.
    pub(crate) const fn numbers(self) -> [u32; 3] {
        [self.major, self.minor, self.patch]
    }

    /// Whether the number lies where Codex servers of this protocol have been published (0.36 and
    /// newer, before 1.0).
    ///
    /// Any other number belongs to the subject's own numbering, and claims no Codex release.
    pub fn is_codex(self) -> bool {
        self.major == 0 && self.minor >= 36
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor, patch } = self;
        // An open upper end, such as `0.80`, covers every patch release of that minor release.
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
        // `0.150.0-alpha.3` counts as 0.150.0: it has the features of the release.
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

/// A defect of older releases, and the first release without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedIn {
    /// The first release without the defect.
    pub release: Release,
    /// The behaviour of the older releases, as a clause that follows a colon.
    pub defect: &'static str,
}

/// A dialect in which a check applies, and the range of releases.
///
/// The range begins with the release that introduced the subject matter of the check and ends with
/// the last that has it: a release outside has nothing to judge. Releases that have it and are
/// known to be wrong lie inside, before [`Applies::fixed_in`]: there the check runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applies {
    /// The dialect.
    pub dialect: Dialect,
    /// The release that introduced it; `None` includes all releases up to `until`.
    pub since: Option<Release>,
    /// The last release that has it; `None` means that the newest one does.
    pub until: Option<Release>,
    /// The defect of older releases, if there is one.
    pub fixed_in: Option<FixedIn>,
}

impl Applies {
    /// Whether the check applies to a subject that claims `release`.
    ///
    /// A subject that claims no release is tested as the newest one, so by every check without an
    /// `until`.
    pub fn covers(&self, release: Option<Release>) -> bool {
        match release {
            None => self.until.is_none(),
            Some(release) => {
                self.since.is_none_or(|since| since <= release)
                    && self.until.is_none_or(|until| release <= until)
            }
        }
    }

    /// The known defect of a subject that claims `release`.
    ///
    /// A subject that claims no release is tested as the newest one, which has no known defect.
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
    fn a_defect_is_known_before_its_fix() {
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
