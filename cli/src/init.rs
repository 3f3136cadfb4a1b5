//! `proctor init`: writes a `proctor.toml` that explains every setting.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use crate::args::InitArgs;
use crate::exit_code::{HELD, Stop};
use crate::settings_file::{KEYS, NAME};
use crate::terminal;

/// The width of a line of the file, in characters.
const WIDTH: usize = 100;

/// Writes the file, unless it exists.
pub(crate) fn init(args: &InitArgs) -> Result<u8, Stop> {
    let made = OpenOptions::new().write(true).create_new(true).open(NAME);
    let mut file = made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Stop::usage(format!("{NAME} exists already and was not changed"))
        }
        _ => Stop::unable(format!("cannot write {NAME}: {error}")),
    })?;
    file.write_all(text(&args.command).as_bytes())
        .map_err(|error| Stop::unable(format!("cannot write {NAME}: {error}")))?;
    let next = if args.command.is_empty() {
        "name your server in it, then: proctor run"
    } else {
        "now: proctor run"
    };
    terminal::say(&format!("wrote {NAME}; {next}\n"))?;
    Ok(HELD)
}

/// The text of the file: all keys as comments, except the command if one was given.
fn text(command: &[String]) -> String {
    let mut out =
        "# Settings of `proctor run` in this directory; the command line wins over them.\n\
         # Every key is here, with an example; take the `#` away in front of those that you want.\n"
            .to_owned();
    for key in KEYS {
        out.push('\n');
        for line in terminal::wrapped(key.about, WIDTH - 2) {
            out.push_str(&format!("# {line}\n"));
        }
        if key.name == "command" && !command.is_empty() {
            out.push_str(&format!("command = {}\n", toml::Value::from(command.to_vec())));
        } else {
            out.push_str(&format!("# {} = {}\n", key.name, key.example));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::settings_file::{KEYS, SettingsFile};

    #[test]
    fn it_sets_nothing_until_a_sign_is_taken_away() {
        let text = text(&[]);
        assert!(SettingsFile::parse(&text).unwrap().subject().is_empty());
        let settings: String = KEYS
            .iter()
            .map(|key| {
                let start = format!("# {} = ", key.name);
                let line = text.lines().find(|line| line.starts_with(&start)).unwrap();
                format!("{}\n", &line[2..])
            })
            .collect();
        assert_eq!(SettingsFile::parse(&settings).unwrap().subject().len(), 3);
    }

    #[test]
    fn a_command_that_was_given_counts() {
        let words = ["my server".to_owned(), "say \"hi\"".to_owned()];
        let read = SettingsFile::parse(&text(&words)).unwrap().subject();
        assert_eq!(read, words.map(std::ffi::OsString::from));
    }
}
