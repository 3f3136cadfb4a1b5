//! `--print-runner`: the variable that makes cargo start every test by way of `proctor supervise`.

use std::ffi::OsString;
use std::path::{Path, absolute};
use std::process::Command;
use std::time::Duration;

use crate::args::SuperviseArgs;
use crate::exit_code::{HELD, Stop};
use crate::terminal;

/// Prints `CARGO_TARGET_<TRIPLE>_RUNNER=<this proctor> supervise <the same options> --`.
pub(super) fn print(args: &SuperviseArgs) -> Result<u8, Stop> {
    let own = std::env::current_exe().map_err(Stop::unable)?;
    let mut words: Vec<OsString> = vec![own.into(), "supervise".into()];
    words.extend(options(args)?);
    words.push("--".into());
    let value = words.iter().map(word).collect::<Result<Vec<_>, _>>()?.join(" ");
    let triple = triple()?.to_uppercase().replace(['-', '.'], "_");
    terminal::say(&format!("CARGO_TARGET_{triple}_RUNNER={value}\n"))?;
    Ok(HELD)
}

/// The options as they were given. Tests are run in other directories, so the file is named from the root.
fn options(args: &SuperviseArgs) -> Result<Vec<OsString>, Stop> {
    let mut words = Vec::new();
    if let Some(file) = &args.json {
        words.extend(["--json".into(), rooted(file)?]);
    }
    for (name, value) in [("--grace", args.grace), ("--timeout", args.timeout)] {
        words.extend(value.iter().flat_map(|time| [name.into(), compact(*time).into()]));
    }
    let flags = [
        ("--strict", args.strict),
        ("--keep", args.keep),
        ("--siblings", args.siblings),
        ("--verbose", args.verbose),
    ];
    words.extend(flags.into_iter().filter(|(_, given)| *given).map(|(name, _)| name.into()));
    Ok(words)
}

fn rooted(file: &Path) -> Result<OsString, Stop> {
    absolute(file)
        .map(Into::into)
        .map_err(|error| Stop::usage(format!("{}: {error}", file.display())))
}

/// A time as one word.
fn compact(time: Duration) -> String {
    humantime::format_duration(time).to_string().replace(' ', "")
}

/// Cargo splits the value at spaces and knows no quotes.
fn word(word: &OsString) -> Result<String, Stop> {
    let text = word.to_str().filter(|text| !text.contains(char::is_whitespace));
    text.map(str::to_owned).ok_or_else(|| {
        let word = word.display();
        Stop::usage(format!(
            "cargo cannot run a command with a space in a word, or with one that is no text: {word}"
        ))
    })
}

/// The target that cargo builds for: the one that its variable names, or the host of the compiler.
fn triple() -> Result<String, Stop> {
    if let Ok(target) = std::env::var("CARGO_BUILD_TARGET")
        && !target.is_empty()
    {
        return Ok(target);
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&rustc).arg("-vV").output();
    let output =
        output.map_err(|error| Stop::unable(format!("cannot run {}: {error}", rustc.display())))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Stop::unable(format!("{} -vV names no host", rustc.display())))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::time::Duration;

    use pretty_assertions::assert_eq;

    use super::{compact, word};

    #[test]
    fn a_time_is_one_word_that_can_be_read_back() {
        for time in [Duration::ZERO, Duration::from_millis(20), Duration::from_millis(90_500)] {
            let text = compact(time);
            assert!(!text.contains(' '), "{text}");
            assert_eq!(humantime::parse_duration(&text), Ok(time));
        }
    }

    #[test]
    fn a_word_that_cargo_would_split_is_refused() {
        assert_eq!(word(&OsString::from("/bin/proctor")).ok().as_deref(), Some("/bin/proctor"));
        assert!(word(&OsString::from("/my programs/proctor")).is_err());
    }
}
