//! The keys of `proctor.toml`: the single list for `proctor init` and the help texts.

/// One key.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// Its meaning and its default.
    pub(crate) about: &'static str,
    /// A valid value, in TOML.
    pub(crate) example: &'static str,
}

/// Every key, in the order of the file.
pub(crate) const KEYS: &[Key] = &[
    Key {
        name: "command",
        about: "The server to examine: a program, or a list of a program and its arguments. Default: the embedded reference server",
        example: r#"["my-server", "app-server"]"#,
    },
    Key {
        name: "args",
        about: "More arguments, appended to command. Write absolute paths: the server starts in a directory of its own. Default: none",
        example: r#"["--verbose"]"#,
    },
    Key {
        name: "env",
        about: "Variables for the server's environment, which inherits only PATH; {{model_url}} and {{home}} are replaced. Default: none",
        example: r#"{ MODEL_URL = "{{model_url}}" }"#,
    },
    Key {
        name: "home-template",
        about: "A directory whose files are copied into each home; {{model_url}} and {{home}} in them are replaced. Default: none",
        example: r#""home""#,
    },
    Key {
        name: "dialects",
        about: "The dialects that the server speaks: v1, v2, mcp. Default: the server is asked",
        example: r#"["v2"]"#,
    },
    Key {
        name: "release",
        about: "The Codex release that the server is judged as. Default: the release that it claims, else the newest",
        example: r#""0.171.0""#,
    },
    Key {
        name: "transport",
        about: "What carries the messages: stdio, ws or unix; the server gets `--listen URL`, or the URL in place of {{listen}} in an argument. Default: stdio",
        example: r#""ws""#,
    },
    Key {
        name: "methods",
        about: "Methods that the server offers, for --coverage. Default: those that it names where it refuses an unknown one",
        example: r#"["thread/start"]"#,
    },
    Key {
        name: "known-failures",
        about: "A file of expected failures, one `id-or-glob  # reason` on each line. Default: none",
        example: r#""known-failures.txt""#,
    },
    Key {
        name: "strict",
        about: "Fail the run also if a SHOULD does not hold. Default: false",
        example: "true",
    },
    Key {
        name: "retries",
        about: "How often a check that would fail the run is retried; if it then passes, it is reported as flaky. Default: 0",
        example: "1",
    },
    Key {
        name: "jobs",
        about: "How many checks run at a time. Default: one to four for each processor, by what a start of the server costs",
        example: "4",
    },
    Key {
        name: "check-timeout",
        about: "The time limit of one check. Default: 60s",
        example: r#""30s""#,
    },
    Key {
        name: "deadline",
        about: "The time limit of the whole run. Default: none",
        example: r#""10m""#,
    },
];

/// The section on the file in the help of `run` and `init`.
pub(crate) fn help() -> String {
    let mut out =
        "Keys of proctor.toml, a file in the working directory; options on the command line override them:\n"
            .to_owned();
    for Key { name, about, .. } in KEYS {
        out.push_str(&format!("  {name:15} {about}\n"));
    }
    out.push_str("`proctor init` writes a proctor.toml with every key in it.");
    out
}

#[cfg(test)]
mod tests {
    use super::KEYS;
    use crate::settings_file::SettingsFile;

    #[test]
    fn the_list_has_exactly_the_keys_of_the_parser() {
        let error = SettingsFile::parse("no-such-key = 1").unwrap_err().to_string();
        let (_, known) = error.split_once("expected one of ").unwrap();
        let mut known: Vec<_> = known.split(", ").map(|name| name.trim_matches('`')).collect();
        let mut listed: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        known.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, known);
    }

    #[test]
    fn every_example_can_be_read() {
        let text: String =
            KEYS.iter().map(|key| format!("{} = {}\n", key.name, key.example)).collect();
        SettingsFile::parse(&text).unwrap();
    }

    #[test]
    fn the_documentation_says_the_same() {
        let page = utils_cargo_bin::find_resource!("../docs/run.md");
        let page = page.unwrap_or_else(|error| panic!("the documents must be here: {error}"));
        let page = std::fs::read_to_string(page).unwrap();
        for key in KEYS {
            let row = format!("| `{}` | {} | `{}` |", key.name, key.about, key.example);
            assert!(page.lines().any(|line| line == row), "docs/run.md has no line {row}");
        }
        let rows = page.lines().skip_while(|line| !line.starts_with("| key |")).skip(2);
        assert_eq!(rows.take_while(|line| line.starts_with('|')).count(), KEYS.len());
    }
}
