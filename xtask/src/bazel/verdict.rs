//! What must hold, a line for each.

use std::io::{self, Write as _};
use std::time::Instant;

use regex::Regex;

use super::program::{Bazel, Ran};
use crate::failure::Result;

/// How much of Bazel's output is shown when something does not hold.
const SHOWN: usize = 40;

/// Judges, prints and counts.
pub(crate) struct Judge<'a> {
    pub(crate) bazel: &'a Bazel,
    engine: &'static str,
    held: usize,
    failed: usize,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(bazel: &'a Bazel, engine: &'static str) -> Self {
        Self { bazel, engine, held: 0, failed: 0 }
    }

    /// How much held, and how much did not.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.held, self.failed)
    }

    /// `bazel test` must end with this code and print a line like each of these.
    pub(crate) fn says(
        &mut self,
        what: &str,
        code: i32,
        lines: &[&str],
        args: &[&str],
    ) -> Result<()> {
        let began = Instant::now();
        let ran = self.bazel.test(args)?;
        let wrong = complaint(&ran, code, lines)?;
        let what = format!("{what}, {:.1} s", began.elapsed().as_secs_f64());
        self.holds(&what, wrong)
    }

    /// Prints whether it holds, and if not what is wrong.
    pub(crate) fn holds(&mut self, what: &str, wrong: Option<String>) -> Result<()> {
        let mut out = io::stdout().lock();
        match wrong {
            None => {
                self.held += 1;
                writeln!(out, "ok      {:<8} {what}", self.engine)?;
            }
            Some(wrong) => {
                self.failed += 1;
                writeln!(out, "FAILED  {:<8} {what}: {wrong}", self.engine)?;
            }
        }
        Ok(())
    }
}

/// What a run lacks of what it must be like.
fn complaint(ran: &Ran, code: i32, lines: &[&str]) -> Result<Option<String>> {
    let mut wrong = Vec::new();
    if ran.code != code {
        wrong.push(format!("the exit code is {}, not {code}", ran.code));
    }
    for line in lines {
        if !Regex::new(&format!("(?m){line}"))?.is_match(&ran.log) {
            wrong.push(format!("no line is like /{line}/"));
        }
    }
    if wrong.is_empty() {
        return Ok(None);
    }
    let all: Vec<&str> = ran.log.lines().collect();
    let end = all[all.len().saturating_sub(SHOWN)..].iter().map(|line| format!("\n        {line}"));
    Ok(Some(wrong.join("; ") + &end.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::{Ran, complaint};

    #[test]
    fn the_code_and_every_line_count() {
        let ran = Ran { code: 3, log: "//:a   FAILED in 1.0s\n".to_owned() };
        assert_eq!(complaint(&ran, 3, &["^//:a +FAILED"]).unwrap(), None);
        let wrong = complaint(&ran, 0, &["^//:a +FAILED", "PASSED"]).unwrap().unwrap();
        assert!(
            wrong.starts_with("the exit code is 3, not 0; no line is like /PASSED/\n"),
            "{wrong}"
        );
    }
}
