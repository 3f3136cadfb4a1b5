//! Selects the cases of a run: by the filters of the command line, and by what applies to the
//! subject.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};
use report::{Dialect, Family, Level};

use crate::check::{Check, all};
use crate::profile::Profile;
use crate::run::Case;

/// Filters. An empty one accepts everything; several of one kind accept what any of them accepts.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Suites by name.
    pub suites: Vec<String>,
    /// Globs over ids and over `id@dialect`.
    pub checks: Vec<String>,
    /// Dialects.
    pub dialects: Vec<Family>,
    /// Levels.
    pub levels: Vec<Level>,
}

/// An invalid filter.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// No suite has this name.
    #[error("no suite is called `{name}`; there are {known}")]
    Suite {
        /// The requested name.
        name: String,
        /// The existing names.
        known: String,
    },
    /// The glob is malformed.
    #[error("`{glob}` is not a glob: {reason}")]
    Glob {
        /// The glob.
        glob: String,
        /// The error in it.
        reason: String,
    },
    /// The glob matches no check.
    #[error("no check matches `{0}`; `proctor list` shows them all")]
    NoMatch(String),
    /// No check passes all filters.
    #[error("no check passes these filters together; zero checks would prove nothing")]
    Nothing,
}

/// A case and, if it does not apply to the subject, the reason.
#[derive(Clone)]
pub struct Selected {
    /// The check in one dialect.
    pub case: Case,
    /// The reason why it is not run.
    pub exempt: Option<String>,
}

/// A glob as the filters use it: `*` also crosses `::`.
pub(crate) fn glob(text: &str) -> Result<Glob, FilterError> {
    Glob::new(text).map_err(|error| FilterError::Glob {
        glob: text.to_owned(),
        reason: error.kind().to_string(),
    })
}

/// Whether checks in this dialect say anything about the subject: those of the protocol that it
/// speaks, and of the Model Context Protocol those in a revision in which it is examined.
fn is_about(profile: &Profile, dialect: Dialect) -> bool {
    if dialect.is_mcp() { profile.dialects.contains(&dialect) } else { !profile.is_mcp() }
}

impl Filters {
    /// The cases that pass the filters, ordered by id and dialect.
    ///
    /// # Errors
    ///
    /// If a suite or glob matches nothing, or no case passes all filters.
    pub fn cases(&self) -> Result<Vec<Case>, FilterError> {
        let checks = all();
        self.check_suites(&checks)?;
        let globs = self.globs(&checks)?;
        let mut cases = Vec::new();
        for check in checks {
            let dialects: BTreeSet<_> =
                check.applies.iter().map(|applies| applies.dialect).collect();
            for dialect in dialects {
                let case = Case { check, dialect };
                if self.lets(&case, globs.as_ref()) {
                    cases.push(case);
                }
            }
        }
        if cases.is_empty() { Err(FilterError::Nothing) } else { Ok(cases) }
    }

    /// The cases for a subject, each with the reason if it does not apply. Those of another protocol are
    /// left out, unless there are no others.
    ///
    /// # Errors
    ///
    /// Those of [`Filters::cases`].
    pub fn select(&self, profile: &Profile) -> Result<Vec<Selected>, FilterError> {
        let exempt = |case: &Case| {
            if !profile.dialects.contains(&case.dialect) {
                return Some(format!("the subject does not speak {}", case.dialect));
            }
            if let Some(name) = profile.undeclared(case.dialect, case.check.declares) {
                return Some(match name.strip_prefix("tool:") {
                    Some(tool) => format!("the server has no tool `{tool}`"),
                    None => format!("the server does not declare `{name}`"),
                });
            }
            let exempts = case.check.exempts(case.dialect, profile.release);
            exempts.or_else(|| case.check.exempts_over(profile.transport))
        };
        let cases = self.cases()?;
        let is_about = |case: &Case| is_about(profile, case.dialect);
        // What was asked for by name is listed, even if it cannot apply.
        let only_others = !cases.iter().any(is_about);
        let cases = cases.into_iter().filter(|case| only_others || is_about(case));
        Ok(cases.map(|case| Selected { case, exempt: exempt(&case) }).collect())
    }

    fn lets(&self, case: &Case, globs: Option<&GlobSet>) -> bool {
        let any =
            |list: &[String], name: &str| list.is_empty() || list.iter().any(|item| item == name);
        any(&self.suites, case.check.suite())
            && globs.is_none_or(|set| set.is_match(case.check.id()) || set.is_match(case.name()))
            && (self.dialects.is_empty() || self.dialects.contains(&case.dialect.family()))
            && (self.levels.is_empty() || self.levels.contains(&case.check.level))
    }

    fn check_suites(&self, checks: &[&'static Check]) -> Result<(), FilterError> {
        let known: BTreeSet<_> = checks.iter().map(|check| check.suite()).collect();
        match self.suites.iter().find(|name| !known.contains(name.as_str())) {
            None => Ok(()),
            Some(name) => Err(FilterError::Suite {
                name: name.clone(),
                known: known.into_iter().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    fn globs(&self, checks: &[&'static Check]) -> Result<Option<GlobSet>, FilterError> {
        if self.checks.is_empty() {
            return Ok(None);
        }
        let mut set = GlobSetBuilder::new();
        for text in &self.checks {
            let glob = glob(text)?;
            let matcher = glob.compile_matcher();
            let matches = |check: &&Check| {
                matcher.is_match(check.id())
                    || check.applies.iter().any(|applies| {
                        matcher.is_match(format!("{}@{}", check.id(), applies.dialect))
                    })
            };
            if !checks.iter().any(matches) {
                return Err(FilterError::NoMatch(text.clone()));
            }
            set.add(glob);
        }
        let wrong = |error: globset::Error| FilterError::Glob {
            glob: self.checks.join(", "),
            reason: error.kind().to_string(),
        };
        set.build().map(Some).map_err(wrong)
    }
}
