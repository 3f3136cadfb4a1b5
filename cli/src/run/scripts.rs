//! Warns about files in the subject's arguments that it will not find, because it starts in a
//! directory of its own.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::exit_code::Stop;
use crate::terminal;

/// Programs that run the file in their first argument, unless it is an option.
const INTERPRETERS: [&str; 12] = [
    "bash", "bun", "dash", "node", "nodejs", "perl", "php", "python", "python3", "ruby", "sh",
    "tsx",
];

/// Finds arguments that name a file here, which the subject would look for in its own directory.
/// The script of an interpreter is surely meant as a file, so the run stops; any other argument
/// only causes a note.
pub(super) fn look(command: &[OsString]) -> Result<(), Stop> {
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    for (index, arg) in args.iter().enumerate().filter(|(_, arg)| is_file_here(arg)) {
        let shown = arg.to_string_lossy();
        let text = format!(
            "`{shown}` is relative to the subject's own directory, not to this one; write \"$PWD/{shown}\""
        );
        if index == 0 && is_interpreter(program) {
            return Err(Stop::usage(text));
        }
        terminal::complain("note", &text);
    }
    Ok(())
}

/// Whether it looks like a path and is a file here. A word such as `app-server` is not a path, even
/// if such a file exists.
fn is_file_here(arg: &OsStr) -> bool {
    let (path, text) = (Path::new(arg), arg.to_string_lossy());
    let looks = path.extension().is_some() || text.contains('/');
    looks && !path.is_absolute() && !text.starts_with('-') && path.is_file()
}

fn is_interpreter(program: &OsStr) -> bool {
    let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy();
    // For names such as python3.13.
    let name = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    INTERPRETERS.iter().any(|known| known.trim_end_matches('3') == name)
}

#[cfg(test)]
mod tests {
    use super::is_interpreter;

    #[test]
    fn interpreters_have_versions_and_places() {
        for name in ["python3", "/usr/bin/python3.13", "node", "node22", "sh"] {
            assert!(is_interpreter(name.as_ref()), "{name}");
        }
        for name in ["my-server", "pythonista", "./python-server"] {
            assert!(!is_interpreter(name.as_ref()), "{name}");
        }
    }
}
