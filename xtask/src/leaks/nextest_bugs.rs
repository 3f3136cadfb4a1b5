//! `nextest-bugs`: what cargo-nextest itself does not say of leaks.

mod play;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use regex::Regex;

use crate::failure::Result;
use crate::workspace::{cargo, code, printed, root, run as done};

/// Show what cargo-nextest itself does not say of leaks.
///
/// Makes a crate without dependencies, runs its tests and prints what nextest says beside what is so. Takes about half a minute.
/// Ends with 0 if nextest does what docs/leaks.md describes, with 1 if it does not, which is good news: then that page must be
/// changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the crate is made
    #[arg(value_name = "DIR", default_value = "target/nextest-bugs")]
    folder: PathBuf,
}

/// Runs the tests, and compares.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let shown = Shown::prepare(root().join(&args.folder))?;
    let all = [shown.usual()?, shown.timer()?, shown.reports()?, shown.attempts()?];
    if !all.iter().all(|holds| *holds) {
        say("nextest does not do all of this any more: see docs/leaks.md")?;
        return Ok(ExitCode::FAILURE);
    }
    say("All of this is so with the cargo-nextest above.")?;
    Ok(ExitCode::SUCCESS)
}

/// The crate, and what nextest says of it.
struct Shown {
    folder: PathBuf,
}

impl Shown {
    fn prepare(folder: PathBuf) -> Result<Self> {
        for (name, text) in play::FILES {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            fs::write(path, text)?;
        }
        let shown = Self { folder };
        let version = printed(shown.at_home(&mut cargo(&["nextest", "--version"])))?;
        say(version.lines().next().unwrap_or_default())?;
        let mut build =
            cargo(&["nextest", "run", "--offline", "--target-dir", "target", "--no-run"]);
        done(shown.at_home(&mut build).stderr(Stdio::null()))?;
        Ok(shown)
    }

    /// In the crate, with nothing of this workspace's settings.
    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for name in
            ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "NEXTEST_PROFILE", "RUST_BACKTRACE"]
        {
            command.env_remove(name);
        }
        command.current_dir(&self.folder).stdin(Stdio::null())
    }

    /// What nextest says of one test: its log, and its output for machines. It may hang, whatever it does.
    fn test(&self, name: &str, args: &[&str]) -> Result<(String, String)> {
        let (log, out) = (self.folder.join("log"), self.folder.join("out"));
        let mut nextest = crate::workspace::command("timeout");
        nextest.args(["--kill-after", "5", "60", "cargo", "nextest", "run", "--offline"]);
        nextest
            .args(["--color", "never", "--target-dir", "target", "-E", &format!("test(={name})")])
            .args(args);
        nextest.env("NEXTEST_EXPERIMENTAL_LIBTEST_JSON", "1");
        code(self.at_home(&mut nextest).stdout(File::create(&out)?).stderr(File::create(&log)?))?;
        Ok((fs::read_to_string(log)?, fs::read_to_string(out)?))
    }

    fn usual(&self) -> Result<bool> {
        say(
            "0. What it should be like: a silent process holds the output for 3 s after the test.",
        )?;
        let (log, _) = self.test("silent", &[])?;
        says("it is a leak, found when 200 ms are over", r" LEAK \[ +0\.[2-9][0-9]+s\]", &log)
    }

    fn timer(&self) -> Result<bool> {
        say("1. The leak timer starts again with every piece of output.")?;
        let failing = ["--profile", "failing"];
        let (log, _) = self.test("chatty", &failing)?;
        let short = says(
            "a process that writes every 50 ms for 3 s is no leak",
            r" PASS \[ +[3-9]\.[0-9]+s\]",
            &log,
        )?;
        let (log, _) = self.test("chatty_for_long", &failing)?;
        let long = says(
            "one that does so for 8 s passes too: neither leak-timeout (1 s, a failure) nor slow-timeout (ends after 2 s) apply",
            r" PASS \[ +([89]|1[0-9])\.[0-9]+s\]",
            &log,
        )?;
        Ok(short && long)
    }

    fn reports(&self) -> Result<bool> {
        say("2. Reports for machines say nothing of a leak that passes.")?;
        let (log, _) = self.test("silent", &[])?;
        let junit = fs::read_to_string(self.folder.join("target/nextest/default/junit.xml"))?;
        let (_, json) = self.test("silent", &["--message-format", "libtest-json-plus"])?;
        let all = [
            says("the log says so", r" LEAK \[", &log)?,
            says("JUnit has a bare test case", r#"<testcase name="silent"[^>]*/>"#, &junit)?,
            lacks("JUnit has no word of it", "[Ll][Ee][Aa][Kk]", &junit)?,
            says("libtest-json says it is ok", r#""type":"test","event":"ok""#, &json)?,
            lacks("libtest-json has no word of it", "[Ll][Ee][Aa][Kk]", &json)?,
        ];
        Ok(all.iter().all(|holds| *holds))
    }

    fn attempts(&self) -> Result<bool> {
        say("3. A leak in a later attempt has no line of its own.")?;
        let (log, _) = self.test("silent_at_the_second_try", &["--profile", "retrying"])?;
        let all = [
            says("the second try is a plain pass", r"TRY 2 PASS \[", &log)?,
            lacks(
                "no line calls the test leaky",
                r"^ +(TRY . )?(LEAK|LEAK-FAIL|LKFAIL|FL\+LK) \[",
                &log,
            )?,
            says("only the summary counts one", "Summary .*1 leaky", &log)?,
        ];
        Ok(all.iter().all(|holds| *holds))
    }
}

/// Prints whether a text has a line like this.
fn says(what: &str, pattern: &str, text: &str) -> Result<bool> {
    let found = line_like(pattern, text)?;
    match found {
        Some(line) => say(&format!("  {what}\n    {}", line.trim_start()))?,
        None => say(&format!("  NOT SO: {what}\n    nothing in it is like /{pattern}/"))?,
    }
    Ok(found.is_some())
}

/// Prints whether a text has no line like this.
fn lacks(what: &str, pattern: &str, text: &str) -> Result<bool> {
    let found = line_like(pattern, text)?;
    match found {
        Some(line) => say(&format!("  NOT SO: {what}\n    {}", line.trim_start()))?,
        None => say(&format!("  {what}\n    nothing in it is like /{pattern}/"))?,
    }
    Ok(found.is_none())
}

fn line_like<'a>(pattern: &str, text: &'a str) -> Result<Option<&'a str>> {
    let pattern = Regex::new(pattern)?;
    Ok(text.lines().find(|line| pattern.is_match(line)))
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(io::stdout().lock(), "{line}")?)
}

#[cfg(test)]
mod tests {
    use super::{lacks, line_like, says};

    const LOG: &str = "   PASS [   3.282s] (1/1) play::holders chatty\n  Summary: 1 leaky\n";

    #[test]
    fn a_claim_holds_if_a_line_is_like_it() {
        assert_eq!(line_like(r"^ +PASS \[ +[3-9]", LOG).unwrap(), LOG.lines().next());
        assert!(says("it passes", r" PASS \[", LOG).unwrap());
        assert!(!says("it leaks", r" LEAK \[", LOG).unwrap());
        assert!(lacks("it does not leak", r" LEAK \[", LOG).unwrap());
        assert!(!lacks("no summary", "Summary.*leaky", LOG).unwrap());
    }
}
