//! Reads the settings that only nextest's configuration has: leak-timeouts and the width of test
//! groups.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::{Table, Value};

use super::{Listing, NextestError, Options, TestId};

/// nextest's own default since 0.9.108.
const LEAK_TIMEOUT: Duration = Duration::from_millis(200);

/// The configuration could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// It is not TOML.
    #[error("{path}: {source}")]
    Toml {
        /// The file.
        path: PathBuf,
        /// The error in it.
        source: Box<toml::de::Error>,
    },
    /// A duration is not one.
    #[error("leak-timeout `{0}` in the configuration of nextest is not a duration")]
    Duration(String),
    /// A platform is not one.
    #[error("platform `{0}` in the configuration of nextest cannot be understood")]
    Platform(String),
}

/// The configuration of a workspace.
#[derive(Debug, Default)]
pub(super) struct Config {
    table: Table,
    profile: String,
}

impl Config {
    /// Reads `.config/nextest.toml`, or the file that the options name; a workspace needs none.
    pub(super) fn read(workspace_root: &Path, options: &Options) -> Result<Self, ConfigError> {
        let named = options.cargo.iter().position(|option| option == "--config-file");
        let named =
            named.and_then(|at| options.cargo.get(at + 1)).map(|path| options.dir().join(path));
        let path = named.unwrap_or_else(|| workspace_root.join(".config/nextest.toml"));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ConfigError::Io { path, source }),
        };
        let toml = |source| ConfigError::Toml { path: path.clone(), source: Box::new(source) };
        let table = text.parse::<Table>().map_err(toml)?;
        let outer = std::env::var("NEXTEST_PROFILE").ok();
        let profile = options.profile.clone().or(outer).unwrap_or_else(|| "default".to_owned());
        Ok(Self { table, profile })
    }

    fn section(&self, profile: &str) -> Option<&Table> {
        self.table.get("profile")?.get(profile)?.as_table()
    }

    /// The profile and its ancestors, nearest first; `default` is always the last.
    fn sections(&self) -> Vec<&Table> {
        let mut names = vec![self.profile.as_str()];
        while let Some(next) =
            names.last().and_then(|name| self.section(name)).and_then(|table| table.get("inherits"))
        {
            match next.as_str() {
                // nextest refuses a cycle; here the search only has to end.
                Some(next) if !names.contains(&next) => names.push(next),
                _ => break,
            }
        }
        if !names.contains(&"default") {
            names.push("default");
        }
        names.into_iter().filter_map(|name| self.section(name)).collect()
    }

    /// The file without the settings that would overwrite a report; `None` if there are none.
    pub(super) fn without_reports(&self) -> Option<String> {
        let mut table = self.table.clone();
        let profiles = table.get_mut("profile")?.as_table_mut()?;
        let mut any = false;
        for (_, profile) in profiles.iter_mut() {
            any |= profile.as_table_mut().is_some_and(|profile| profile.remove("junit").is_some());
        }
        any.then(|| table.to_string())
    }

    /// The number of tests of a group that run at a time; `None` if it is not set.
    pub(super) fn threads(&self, group: &str) -> Option<NonZero<usize>> {
        match self.table.get("test-groups")?.get(group)?.get("max-threads")? {
            Value::Integer(threads) => NonZero::new(usize::try_from(*threads).ok()?),
            _ => std::thread::available_parallelism().ok(),
        }
    }

    /// The leak-timeout of each test: from the first override that applies and sets one, otherwise
    /// from the profile.
    pub(super) fn leak_timeouts(
        &self,
        listing: &Listing,
        tests: &[TestId],
    ) -> Result<Vec<Duration>, NextestError> {
        let sections = self.sections();
        let general = sections
            .iter()
            .find_map(|section| section.get("leak-timeout"))
            .map(duration)
            .transpose()?;
        let mut timeouts: Vec<Option<Duration>> = vec![None; tests.len()];
        let overrides =
            sections.iter().filter_map(|section| section.get("overrides")?.as_array()).flatten();
        for entry in overrides {
            let Some(timeout) = entry.get("leak-timeout").map(duration).transpose()? else {
                continue;
            };
            if !platform_applies(entry.get("platform"), &listing.triple())? {
                continue;
            }
            let matching = match entry.get("filter").and_then(Value::as_str) {
                Some(filter) => Some(matching(listing, filter)?),
                None => None,
            };
            for (id, slot) in tests.iter().zip(&mut timeouts) {
                if slot.is_none() && matching.as_ref().is_none_or(|matching| matching.contains(id))
                {
                    *slot = Some(timeout);
                }
            }
        }
        Ok(timeouts
            .into_iter()
            .map(|timeout| timeout.or(general).unwrap_or(LEAK_TIMEOUT))
            .collect())
    }
}

/// Only nextest can evaluate its filters.
fn matching(listing: &Listing, filter: &str) -> Result<BTreeSet<TestId>, NextestError> {
    let mut options = listing.options.clone();
    options.cargo.push("--ignore-default-filter".into());
    let summary = options.summary(Some(filter))?;
    let mut matching = BTreeSet::new();
    for (binary_id, suite) in &summary.rust_suites {
        let of = suite.test_cases.iter().filter(|(_, case)| case.filter_match.is_match());
        matching.extend(
            of.map(|(test, _)| TestId { binary_id: binary_id.to_string(), test: test.to_string() }),
        );
    }
    Ok(matching)
}

fn duration(value: &Value) -> Result<Duration, ConfigError> {
    let text = value.as_str().or_else(|| value.get("period")?.as_str());
    let duration = text.and_then(|text| humantime::parse_duration(text).ok());
    duration.ok_or_else(|| ConfigError::Duration(value.to_string()))
}

/// A platform is a string, or a table with `host` and `target`; tests that run here match both.
fn platform_applies(value: Option<&Value>, triple: &str) -> Result<bool, ConfigError> {
    let parts = match value {
        None => return Ok(true),
        Some(Value::Table(table)) => table.values().filter_map(Value::as_str).collect(),
        Some(value) => value.as_str().into_iter().collect::<Vec<_>>(),
    };
    for part in parts {
        let applies =
            target_spec::eval(part, triple).map_err(|_| ConfigError::Platform(part.to_owned()))?;
        // An unknown target feature is assumed to be present, as nextest does.
        if applies == Some(false) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn config(text: &str, profile: &str) -> Config {
        Config { table: text.parse().expect("TOML"), profile: profile.to_owned() }
    }

    #[test]
    fn profiles_are_read_from_the_nearest_to_the_default() {
        let config = config(
            "[profile.default]\nleak-timeout = '1s'\n[profile.base]\n[profile.ci]\ninherits = 'base'\nleak-timeout = '2s'\n",
            "ci",
        );
        let found: Vec<_> = config
            .sections()
            .iter()
            .map(|section| section.get("leak-timeout").map(|t| t.to_string()))
            .collect();
        assert_eq!(found, [Some("\"2s\"".to_owned()), None, Some("\"1s\"".to_owned())]);
    }

    #[test]
    fn both_forms_of_a_timeout_are_understood() {
        let table: Table =
            "a = '150ms'\nb = { period = '1s', result = 'fail' }\nc = 3\n".parse().expect("TOML");
        assert_eq!(duration(&table["a"]).ok(), Some(Duration::from_millis(150)));
        assert_eq!(duration(&table["b"]).ok(), Some(Duration::from_secs(1)));
        assert!(duration(&table["c"]).is_err());
    }

    #[test]
    fn an_override_for_another_platform_does_not_apply() {
        let applies = |text: &str| {
            platform_applies(Some(&Value::String(text.to_owned())), "x86_64-unknown-linux-gnu").ok()
        };
        assert_eq!(applies("cfg(unix)"), Some(true));
        assert_eq!(applies("cfg(windows)"), Some(false));
        assert_eq!(applies("x86_64-unknown-linux-gnu"), Some(true));
        assert_eq!(applies("cfg(("), None);
    }

    #[test]
    fn reports_are_not_written_over() {
        let quiet =
            config("[profile.ci]\nretries = 2\n[profile.ci.junit]\npath = 'junit.xml'\n", "ci")
                .without_reports();
        let table: Table = quiet.expect("a report would be written").parse().expect("TOML");
        assert_eq!(
            table["profile"]["ci"].as_table().map(|ci| ci.keys().cloned().collect()),
            Some(vec!["retries".to_owned()])
        );
        assert_eq!(config("[profile.ci]\nretries = 2\n", "ci").without_reports(), None);
    }

    #[test]
    fn a_group_says_how_many_run_at_a_time() {
        let config = config("[test-groups]\nserial = { max-threads = 1 }\n", "default");
        assert_eq!(config.threads("serial"), NonZero::new(1));
        assert_eq!(config.threads("@global"), None);
    }
}
