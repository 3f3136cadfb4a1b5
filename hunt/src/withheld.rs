//! Keeps secrets out of tokens: a token is pasted into bug reports and logs, so values that look
//! like secrets are left out.

use std::env;

use crate::hunt::Unable;
use crate::target::{Form, Target};

/// The endings of words in the names of secret variables.
const SECRETIVE: [&str; 11] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "KEY",
    "CREDENTIAL",
    "AUTH",
    "COOKIE",
    "PAT",
    "DSN",
];

/// Prefixes of variables that cargo and nextest set themselves.
const OPEN: [&str; 3] = ["CARGO_PKG_", "CARGO_BIN_EXE_", "NEXTEST"];

/// Whether the value of a variable is a secret, judging by its name.
fn is_secretive(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    !OPEN.iter().any(|open| name.starts_with(open))
        && words.any(|word| {
            let word = word.strip_suffix('S').unwrap_or(word);
            // Short endings also end other words: a monkey is no key.
            SECRETIVE.iter().any(|end| word.ends_with(end) && (end.len() > 3 || word == *end))
                || word == "APIKEY"
        })
}

/// The target without secret values, and the names of their variables.
pub(crate) fn withhold(mut target: Target) -> (Target, Vec<String>) {
    let mut names = Vec::new();
    target.env.retain(|name, _| {
        let keep = !is_secretive(name);
        names.extend((!keep).then(|| name.clone()));
        keep
    });
    if let Form::Check { options, .. } = &mut target.form {
        let name = |option: &[String]| match option {
            [flag, pair] if flag == "--env" => pair
                .split_once('=')
                .map(|(name, _)| name.to_owned())
                .filter(|name| is_secretive(name)),
            _ => None,
        };
        let mut at = 0;
        while at < options.len() {
            match options.get(at..at + 2).and_then(name) {
                Some(name) => {
                    options.drain(at..at + 2);
                    names.push(name);
                }
                None => at += 1,
            }
        }
    }
    (target, names)
}

/// The target with the values that this process has for them.
pub(crate) fn restore(mut target: Target, names: &[String]) -> Result<Target, Unable> {
    for name in names {
        let value = env::var(name).map_err(|_| {
            Unable(format!(
                "a token does not carry values that look like secrets: set {name} in the environment"
            ))
        })?;
        match &mut target.form {
            Form::Command => drop(target.env.insert(name.clone(), value)),
            Form::Check { options, .. } => {
                options.extend(["--env".to_owned(), format!("{name}={value}")]);
            }
        }
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{is_secretive, restore, withhold};
    use crate::target::{Form, Target};

    #[test]
    fn secrets_are_recognized_by_name() {
        for name in [
            "GITHUB_TOKEN",
            "OPENAI_API_KEY",
            "openai_apikey",
            "AWS_SECRET_ACCESS_KEY",
            "DB_PASSWORD",
            "HTTP_AUTH",
            "GITLAB_PAT",
            "GOOGLE_APPLICATION_CREDENTIALS",
        ] {
            assert!(is_secretive(name), "{name}");
        }
        for name in [
            "PATH",
            "CARGO_PKG_AUTHORS",
            "NEXTEST_TEST_NAME",
            "MONKEY",
            "AUTHOR",
            "HOME",
            "LD_LIBRARY_PATH",
        ] {
            assert!(!is_secretive(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_removed_from_environment_and_options() {
        let mut target = Target::command(["test"]);
        target.env.insert("API_KEY".to_owned(), "fake-1".to_owned());
        target.env.insert("LANG".to_owned(), "C".to_owned());
        let (kept, names) = withhold(target);
        assert_eq!((names, kept.env.len()), (vec!["API_KEY".to_owned()], 1));

        let words = ["--env", "A_TOKEN=fake-2", "--jobs", "1", "--env", "LANG=C"];
        let target = Target::check("a::b", words.map(String::from).to_vec(), vec!["s".to_owned()]);
        let (kept, names) = withhold(target);
        assert_eq!(names, ["A_TOKEN"]);
        let Form::Check { options, .. } = &kept.form else { panic!("{kept:?}") };
        assert_eq!(options, &words[2..]);
    }

    #[test]
    fn a_missing_secret_is_requested() {
        let name = "PROCTOR_NOBODY_SETS_THIS_KEY".to_owned();
        let error = restore(Target::command(["test"]), std::slice::from_ref(&name)).unwrap_err();
        assert!(error.0.contains(&name), "{}", error.0);
        assert_eq!(restore(Target::command(["test"]), &[]).unwrap(), Target::command(["test"]));
    }
}
