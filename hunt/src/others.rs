//! The other tests of a target's program: what runs before it may be what makes it fail.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use tempfile::NamedTempFile;

use crate::conditions::Conditions;
use crate::target::{Form, Target};

/// The flag by which a test program in the form of libtest runs what is named exactly.
const EXACT: &str = "--exact";

/// Runs the tests that a file names, a line each, and then becomes the command.
const BEFORE: &str = "while IFS= read -r other; do \"$1\" --exact \"$other\" </dev/null >/dev/null 2>&1; \
                      done <\"$0\"; exec \"$@\"";

/// The tests that can run before a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Those that run before it in its process: libtest runs tests in the order of their names.
    pub before: Vec<String>,
    /// All of them, in that order.
    pub all: Vec<String>,
}

impl Others {
    /// The other tests of the target's program, if it is one test of a program that lists its tests
    /// as libtest does.
    pub fn of(target: &Target) -> Self {
        let listed = own(target).and_then(|own| Some((own, list(target)?)));
        let Some((own, mut all)) = listed.filter(|(own, all)| all.iter().any(|name| name == own))
        else {
            return Self::default();
        };
        all.sort();
        all.retain(|name| name != own);
        let before = all.iter().filter(|name| name.as_str() < own).cloned().collect();
        Self { before, all }
    }

    /// Whether there are none, or they are not known.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// The one test that the target runs.
fn own(target: &Target) -> Option<&str> {
    let (program, args) = target.command.split_first()?;
    let is_exact = target.form == Form::Command && args.iter().any(|arg| arg == EXACT);
    // The value of an option that has one is no name.
    let names: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    match names.as_slice() {
        [name] if is_exact && !program.starts_with('-') => Some(name),
        _ => None,
    }
}

fn list(target: &Target) -> Option<Vec<String>> {
    let mut list = Command::new(target.command.first()?);
    list.args(["--list", "--format", "terse"]).envs(&target.env);
    if let Some(cwd) = &target.cwd {
        list.current_dir(cwd);
    }
    let output = list.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// The command of the target with the tests that the conditions put before it, and the file with
/// their names, which must stay there.
pub(crate) fn command(
    target: &Target,
    conditions: &Conditions,
) -> io::Result<(Vec<OsString>, Option<NamedTempFile>)> {
    let own: Vec<OsString> = target.command.iter().map(Into::into).collect();
    if conditions.after.is_empty() {
        return Ok((own, None));
    }
    if conditions.apart {
        let mut names = tempfile::Builder::new().prefix("proctor-hunt-").tempfile()?;
        conditions.after.iter().try_for_each(|name| writeln!(names, "{name}"))?;
        let mut words: Vec<OsString> = ["sh", "-c", BEFORE].map(Into::into).into();
        words.push(names.path().into());
        words.extend(own);
        return Ok((words, Some(names)));
    }
    let mut words = own;
    words.extend(conditions.after.iter().map(Into::into));
    words.push("--test-threads=1".into());
    Ok((words, None))
}

/// Whether the target is among the tests that failed, by the list at the end of what the program
/// has printed; the failure of another is no hit.
pub(crate) fn target_failed(target: &Target, output: &str) -> bool {
    let listed = output.rsplit_once("\nfailures:\n").map_or("", |(_, listed)| listed);
    own(target).is_some_and(|own| listed.lines().any(|line| line.trim() == own))
}

#[cfg(test)]
mod tests {
    use super::{command, own, target_failed};
    use crate::conditions::Conditions;
    use crate::target::Target;

    #[test]
    fn one_exact_name_is_a_test() {
        let name = |words: &[&str]| own(&Target::command(words.iter().copied())).map(str::to_owned);
        assert_eq!(name(&["t", "--exact", "a::b", "--nocapture"]).as_deref(), Some("a::b"));
        assert_eq!(name(&["t", "a::b", "--exact"]).as_deref(), Some("a::b"));
        assert_eq!(name(&["t", "a::b"]), None, "it may be part of several names");
        assert_eq!(name(&["t", "--exact", "a", "b"]), None, "two tests");
        assert_eq!(name(&["runner", "t", "--exact", "a"]), None, "a program that runs another");
    }

    #[test]
    fn others_run_in_the_same_process_or_before() {
        let target = Target::command(["t", "--exact", "z"]);
        let after = vec!["a".to_owned(), "b".to_owned()];
        let conditions = Conditions { after, ..Conditions::default() };
        let (words, _) = command(&target, &conditions).unwrap();
        assert_eq!(words, ["t", "--exact", "z", "a", "b", "--test-threads=1"]);
        let (words, names) = command(&target, &Conditions { apart: true, ..conditions }).unwrap();
        assert_eq!(words[4..], ["t", "--exact", "z"]);
        assert_eq!(std::fs::read_to_string(names.unwrap().path()).unwrap(), "a\nb\n");
    }

    #[test]
    fn failure_of_another_is_none_of_the_target() {
        let target = Target::command(["t", "--exact", "z"]);
        let printed = |failed: &str| {
            format!(
                "test a ... FAILED\n\nfailures:\n\n---- {failed} stdout ----\n\nfailures:\n    {failed}\n\ntest result: FAILED."
            )
        };
        assert!(target_failed(&target, &printed("z")));
        assert!(!target_failed(&target, &printed("a")));
        assert!(!target_failed(&target, "killed"));
    }
}
