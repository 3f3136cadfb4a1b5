//! Reports an invalid command line on one line.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::args::Cli;
use crate::exit_code::Stop;
use crate::terminal;

/// Prints the requested text (help, the version), or the error on one line.
pub(crate) fn answer(error: &Error, args: &[std::ffi::OsString]) -> Result<u8, Stop> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            terminal::say(&error.render().to_string())?;
            Ok(crate::exit_code::HELD)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            let names: Vec<_> = visible().map(|command| command.get_name().to_owned()).collect();
            Err(Stop::usage(format!(
                "no command is given; the commands are {}; see `proctor --help`",
                names.join(", ")
            )))
        }
        _ => Err(Stop::usage(match forgotten(error, args) {
            Some(text) => text,
            None => one_line(&error.render().to_string(), args),
        })),
    }
}

/// The corrected command line if the `--` before the command is missing: `proctor run my-server
/// app-server`.
fn forgotten(error: &Error, args: &[OsString]) -> Option<String> {
    let Some(ContextValue::String(found)) = error.get(ContextKind::InvalidArg) else { return None };
    let words: Vec<_> = args.iter().map(|word| word.to_string_lossy()).collect();
    let named =
        visible().find(|command| words.get(1).is_some_and(|name| command.get_name() == name))?;
    let takes = named.get_positionals().any(|positional| positional.is_last_set());
    let at = words.iter().position(|word| word == found).filter(|at| *at > 1)?;
    if !takes || found.starts_with('-') || words.iter().any(|word| word == "--") {
        return None;
    }
    let quoted = |words: &[Cow<'_, str>]| shlex::try_join(words.iter().map(AsRef::as_ref)).ok();
    let (before, command) = (quoted(&words[1..at])?, quoted(&words[at..])?);
    Some(format!("write `--` before the command: proctor {before} -- {command}"))
}

fn visible() -> impl Iterator<Item = clap::Command> {
    let commands: Vec<_> = Cli::command()
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .cloned()
        .collect();
    commands.into_iter()
}

/// The error of clap on one line, without the usage, and with a reference to the help.
fn one_line(rendered: &str, args: &[std::ffi::OsString]) -> String {
    let lines = rendered
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty());
    let mut line = String::new();
    for part in lines {
        let part = part.strip_prefix("error: ").unwrap_or(part);
        if !line.is_empty() {
            line.push_str(if line.ends_with(':') { " " } else { "; " });
        }
        line.push_str(part);
    }
    let named = args.get(1).and_then(|name| name.to_str());
    let command = visible().find(|command| Some(command.get_name()) == named);
    let help = command.map_or_else(
        || "proctor --help".to_owned(),
        |command| format!("proctor {} --help", command.get_name()),
    );
    format!("{line}; see `{help}`")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::answer;
    use crate::args::Cli;

    fn answered(args: &[&str]) -> String {
        let error = Cli::try_parse_from(args).expect_err("a usage error");
        let args: Vec<_> = args.iter().map(std::ffi::OsString::from).collect();
        answer(&error, &args).expect_err("a refusal").to_string()
    }

    #[test]
    fn a_missing_argument_is_one_line() {
        assert_eq!(
            answered(&["proctor", "explain"]),
            "the following required arguments were not provided: <CHECK>; see `proctor explain --help`"
        );
    }

    #[test]
    fn a_tip_stays_on_the_line() {
        let line = answered(&["proctor", "run", "--jsn", "x"]);
        assert_eq!(line.lines().count(), 1);
        assert!(line.contains("unexpected argument '--jsn' found; tip:"), "{line}");
        assert!(line.ends_with("see `proctor run --help`"), "{line}");
    }

    #[test]
    fn no_command_at_all_names_them() {
        assert_eq!(
            answered(&["proctor"]),
            "no command is given; the commands are run, list, explain, init, prove, hunt, drift, proxy, mock-model, supervise, doctor, report; see `proctor --help`"
        );
    }
}
