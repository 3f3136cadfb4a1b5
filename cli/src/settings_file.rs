//! `proctor.toml`: settings that are the same for every run. The command line overrides them.

mod keys;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use harness::Release;
use report::{Family, Transport};
use serde::{Deserialize, Deserializer, de};

use crate::args::value;
use crate::exit_code::Stop;

pub(crate) use keys::{KEYS, help};

/// The name of the file, in the working directory.
pub(crate) const NAME: &str = "proctor.toml";

/// The settings; paths are relative to the working directory. Members have the names of the
/// options.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct SettingsFile {
    /// The subject: a program, or a list of it and its arguments.
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) command: Vec<String>,
    /// More arguments of the subject.
    pub(crate) args: Vec<String>,
    /// Variables in the environment of the subject.
    pub(crate) env: BTreeMap<String, String>,
    /// The dialects that the subject speaks, even if it does not show it.
    pub(crate) dialects: Vec<Family>,
    /// The Codex release that the subject is tested as, whatever it reports.
    pub(crate) release: Option<Release>,
    /// What carries the messages.
    pub(crate) transport: Option<Transport>,
    /// The methods that the subject offers, for `--coverage`.
    pub(crate) methods: Vec<String>,
    /// The list of failures that are expected.
    pub(crate) known_failures: Option<PathBuf>,
    /// Files that are copied into each home.
    pub(crate) home_template: Option<PathBuf>,
    /// The number of checks that run at a time.
    pub(crate) jobs: Option<usize>,
    /// The time limit of the whole run.
    #[serde(deserialize_with = "duration")]
    pub(crate) deadline: Option<Duration>,
    /// The time limit of one check.
    #[serde(deserialize_with = "duration")]
    pub(crate) check_timeout: Option<Duration>,
    /// The number of retries of a check that would fail the run.
    pub(crate) retries: Option<usize>,
    /// A SHOULD that does not hold fails the run too.
    pub(crate) strict: bool,
}

impl SettingsFile {
    /// Reads the file in the working directory; without the file there are no settings.
    pub(crate) fn read() -> Result<Self, Stop> {
        match std::fs::read_to_string(Path::new(NAME)) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Stop::usage(format!("cannot read {NAME}: {error}"))),
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Stop> {
        let settings: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
            let place = line.map_or_else(String::new, |line| format!(", line {line}"));
            let reason: Vec<_> = error.message().lines().map(str::trim).collect();
            Stop::usage(format!("{NAME}{place}: {}", reason.join("; ")))
        })?;
        let wrong = |reason: &str| Err(Stop::usage(format!("{NAME}: {reason}")));
        match &settings {
            Self { command, args, .. } if command.is_empty() && !args.is_empty() => {
                wrong("there are args, but no command")
            }
            Self { jobs: Some(0), .. } => wrong("jobs is at least 1"),
            Self { env, .. } if env.keys().any(|name| name.is_empty() || name.contains('=')) => {
                wrong("the name of a variable is not empty and has no `=`")
            }
            _ => Ok(settings),
        }
    }

    /// The subject and its arguments; empty if the file names none.
    pub(crate) fn subject(&self) -> Vec<OsString> {
        self.command.iter().chain(&self.args).map(OsString::from).collect()
    }
}

/// A text, or a list of texts.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;

    impl<'de> de::Visitor<'de> for OneOrMany {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a program, or a list of a program and its arguments")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            let words: Vec<String> = Vec::deserialize(de::value::SeqAccessDeserializer::new(list))?;
            if words.is_empty() {
                return Err(de::Error::custom("an empty list names no program"));
            }
            Ok(words)
        }
    }

    deserializer.deserialize_any(OneOrMany)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    value::duration(&text).map(Some).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use report::Family;

    use super::SettingsFile;

    #[test]
    fn every_setting_is_read() {
        let settings = SettingsFile::parse(
            r#"
            command = "my-server"
            args = ["app-server", "-c", "x=1"]
            env = { MODEL = "{{model_url}}" }
            dialects = ["v2", "mcp"]
            release = "0.98.0"
            known-failures = "known.txt"
            home-template = "home"
            jobs = 3
            deadline = "10m"
            check-timeout = "30s"
            retries = 2
            strict = true
            "#,
        )
        .unwrap();
        assert_eq!(settings.subject(), ["my-server", "app-server", "-c", "x=1"]);
        assert_eq!(settings.env["MODEL"], "{{model_url}}");
        assert_eq!(settings.dialects, [Family::V2, Family::Mcp]);
        assert_eq!(settings.release, "0.98.0".parse().ok());
        assert_eq!((settings.jobs, settings.deadline), (Some(3), Some(Duration::from_secs(600))));
        assert_eq!(settings.check_timeout, Some(Duration::from_secs(30)));
        assert_eq!((settings.retries, settings.strict), (Some(2), true));
        let list = SettingsFile::parse("command = ['a', 'b']").unwrap();
        assert_eq!(list.subject(), ["a", "b"]);
    }

    #[test]
    fn an_error_is_one_line() {
        for (text, says) in [
            (
                "jobs = 1\ncolour = true",
                "proctor.toml, line 2: unknown field `colour`, expected one of `command`",
            ),
            ("release = 'newest'", "proctor.toml, line 1: `newest` is not a release"),
            ("dialects = ['v3']", "proctor.toml, line 1: unknown variant `v3`"),
            ("deadline = '0s'", "proctor.toml, line 1: expected more than nothing"),
            ("jobs = 0", "proctor.toml: jobs is at least 1"),
            ("args = ['x']", "proctor.toml: there are args, but no command"),
            ("command = 7", "proctor.toml, line 1: invalid type: integer `7`, expected a program"),
            ("command = [", "proctor.toml, line 1: "),
            ("env = { '' = 'x' }", "proctor.toml: the name of a variable"),
        ] {
            let error = SettingsFile::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(says), "{text}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
