//! What cargo-mutants found, counted.

use std::collections::BTreeMap;

use hunt::statistics::Rate;
use serde::Deserialize;

use crate::failure::Result;

/// One change of the source.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(super) struct Mutant {
    /// Where it is and what was changed.
    pub(super) name: String,
    /// The file.
    pub(super) file: String,
}

impl Mutant {
    /// The name without its line and column, which move, and on one line.
    pub(super) fn plain(&self) -> String {
        let rest = self.name.strip_prefix(&self.file).unwrap_or(&self.name);
        let rest = rest.trim_start_matches(|letter: char| letter == ':' || letter.is_ascii_digit());
        let words: Vec<&str> = rest.split_whitespace().collect();
        format!("{}: {}", self.file, words.join(" ").replace('`', "'"))
    }
}

/// What `outcomes.json` holds.
#[derive(Deserialize)]
struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    scenario: Scenario,
    summary: Summary,
}

#[derive(Deserialize)]
enum Scenario {
    Baseline,
    Mutant(Mutant),
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
enum Summary {
    Success,
    CaughtMutant,
    MissedMutant,
    Unviable,
    Failure,
    Timeout,
}

/// How many changes were noticed.
#[derive(Debug, Default)]
pub(super) struct Score {
    /// Noticed by a check.
    pub(super) caught: u64,
    /// Noticed by the last deadline only.
    pub(super) hung: u64,
    /// Not noticed.
    pub(super) missed: Vec<Mutant>,
    /// They do not compile, and do not count.
    pub(super) unviable: u64,
}

/// A change that was not noticed, and why that is right, if somebody knows.
#[derive(Debug, PartialEq)]
pub(super) struct Unnoticed {
    pub(super) mutant: Mutant,
    pub(super) reason: Option<String>,
}

impl Score {
    /// Adds up the texts of several `outcomes.json`.
    pub(super) fn of(texts: &[String]) -> Result<Self> {
        let mut score = Self::default();
        for text in texts {
            for Outcome { scenario, summary } in serde_json::from_str::<Outcomes>(text)?.outcomes {
                let Scenario::Mutant(mutant) = scenario else { continue };
                match summary {
                    Summary::CaughtMutant => score.caught += 1,
                    Summary::Timeout => score.hung += 1,
                    Summary::MissedMutant => score.missed.push(mutant),
                    Summary::Unviable => score.unviable += 1,
                    Summary::Success | Summary::Failure => {
                        return Err(format!("{} ended as {summary:?}", mutant.name).into());
                    }
                }
            }
        }
        if score.noticed().runs == 0 {
            return Err("no change was tried".into());
        }
        score.missed.sort_by(|one, other| (&one.file, &one.name).cmp(&(&other.file, &other.name)));
        Ok(score)
    }

    /// The share that was noticed of those that compile.
    pub(super) fn noticed(&self) -> Rate {
        let hits = self.caught + self.hung;
        Rate { hits, runs: hits + self.missed.len() as u64 }
    }

    /// What was not noticed, each with its reason. One line explains one change.
    pub(super) fn survivors(&self, explained: &Explained) -> Vec<Unnoticed> {
        let mut left = explained.0.clone();
        let survivor = |mutant: &Mutant| {
            let reasons = left.get_mut(&mutant.plain());
            let reason =
                reasons.filter(|reasons| !reasons.is_empty()).map(|reasons| reasons.remove(0));
            Unnoticed { mutant: mutant.clone(), reason }
        };
        self.missed.iter().map(survivor).collect()
    }
}

/// The changes that nobody can notice, by name without line and column, with the reasons.
pub(super) struct Explained(BTreeMap<String, Vec<String>>);

impl Explained {
    /// Reads lines like `FILE: replace … with …  # reason`; a change that is there twice has two lines.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (name, reason) =
                line.split_once("  # ").ok_or_else(|| format!("no reason in: {line}"))?;
            lines.entry(name.trim().to_owned()).or_default().push(reason.trim().to_owned());
        }
        Ok(Self(lines))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::{Explained, Score};

    /// Five changes: two caught, one of them by a deadline; two missed; one that does not compile.
    pub(crate) fn score() -> Score {
        let mutant = |line: u32, what: &str, summary: &str| {
            let name = format!("src/a.rs:{line}:5: {what}");
            json!({ "scenario": { "Mutant": { "name": name, "file": "src/a.rs" } }, "summary": summary })
        };
        let outcomes = json!({ "outcomes": [
            { "scenario": "Baseline", "summary": "Success" },
            mutant(1, "replace f with ()", "CaughtMutant"),
            mutant(2, "replace < with <= in g", "Timeout"),
            mutant(30, "replace a\n  + `b` with c in h", "MissedMutant"),
            mutant(4, "delete ! in i", "MissedMutant"),
            mutant(5, "replace j with 1", "Unviable"),
        ] });
        Score::of(&[outcomes.to_string()]).unwrap()
    }

    #[test]
    fn what_does_not_compile_does_not_count() {
        let score = score();
        assert_eq!((score.noticed().hits, score.noticed().runs, score.unviable), (2, 4, 1));
    }

    #[test]
    fn one_line_explains_one_change() {
        let line = "src/a.rs: replace a + 'b' with c in h  # the same\n";
        let explained = Explained::parse(&format!("# About.\n\n{line}")).unwrap();
        let reasons = |score: &Score| -> Vec<_> {
            score.survivors(&explained).into_iter().map(|survivor| survivor.reason).collect()
        };
        assert_eq!(reasons(&score()), [Some("the same".to_owned()), None]);
        let mut twice = score();
        twice.missed = vec![twice.missed[0].clone(), twice.missed[0].clone()];
        assert_eq!(reasons(&twice), [Some("the same".to_owned()), None]);
        assert!(Explained::parse("src/a.rs: delete ! in i\n").is_err());
    }

    #[test]
    fn an_end_that_has_no_meaning_is_an_error() {
        let mutant = json!({ "Mutant": { "name": "a", "file": "a" } });
        let text =
            json!({ "outcomes": [{ "scenario": mutant, "summary": "Failure" }] }).to_string();
        assert_eq!(Score::of(&[text]).unwrap_err().to_string(), "a ended as Failure");
        let none = json!({ "outcomes": [] }).to_string();
        assert_eq!(Score::of(&[none]).unwrap_err().to_string(), "no change was tried");
    }
}
