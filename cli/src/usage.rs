//! A command line that makes no sense, told in one line.

use clap::CommandFactory;
use clap::error::{Error, ErrorKind};

use crate::args::Cli;
use crate::exit_code::Stop;
use crate::terminal;

/// Prints what was asked for (help, the version), or says in one line what is wrong.
pub(crate) fn answer(error: &Error, args: &[std::ffi::OsString]) -> Result<u8, Stop> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            terminal::say(&error.render().to_string())?;
            Ok(crate::exit_code::HELD)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            let names: Vec<_> = visible().map(|command| command.get_name().to_owned()).collect();
            Err(Stop::usage(format!(
                "which command? There are {}; see `proctor --help`",
                names.join(", ")
            )))
        }
        _ => Err(Stop::usage(one_line(&error.render().to_string(), args))),
    }
}

fn visible() -> impl Iterator<Item = clap::Command> {
    let commands: Vec<_> = Cli::command()
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .cloned()
        .collect();
    commands.into_iter()
}

/// What clap says over several lines, without the usage, and where help is.
fn one_line(rendered: &str, args: &[std::ffi::OsString]) -> String {
    let told = rendered
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty());
    let mut line = String::new();
    for part in told {
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

    fn told(args: &[&str]) -> String {
        let error = Cli::try_parse_from(args).expect_err("a usage error");
        let args: Vec<_> = args.iter().map(std::ffi::OsString::from).collect();
        answer(&error, &args).expect_err("a refusal").to_string()
    }

    #[test]
    fn a_missing_argument_is_one_line() {
        assert_eq!(
            told(&["proctor", "explain"]),
            "the following required arguments were not provided: <CHECK>; see `proctor explain --help`"
        );
    }

    #[test]
    fn a_tip_stays_on_the_line() {
        let line = told(&["proctor", "run", "--jsn", "x"]);
        assert_eq!(line.lines().count(), 1);
        assert!(line.contains("unexpected argument '--jsn' found; tip:"), "{line}");
        assert!(line.ends_with("see `proctor run --help`"), "{line}");
    }

    #[test]
    fn no_command_at_all_names_them() {
        assert_eq!(
            told(&["proctor"]),
            "which command? There are run, list, explain, prove, hunt, proxy, mock-model, supervise, doctor; see `proctor --help`"
        );
    }
}
