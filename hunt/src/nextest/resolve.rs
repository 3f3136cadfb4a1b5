//! Finds the tests that a log names in the present workspace.

use std::collections::BTreeMap;
use std::fmt;

use super::TestId;
use crate::Kind;
use crate::ci_log::{Cut, Finding, Status};

/// The least similarity of two names for one to be treated as a misspelt or renamed form of the
/// other; 1 means equal.
const ALIKE: f64 = 0.8;

/// A name in the log, and its test here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The test here.
    pub id: TestId,
    /// What the log says about it.
    pub finding: Finding,
    /// The kind that the hunt should expect; `None` if the log reports different ones.
    pub expected: Option<Kind>,
    /// The reason why it is treated as the test in the log, if its name differs.
    pub note: Option<String>,
}

/// A name in the log without a test here, or with several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// What the log says about it.
    pub finding: Finding,
    /// The tests that it might be; empty if none is similar.
    pub candidates: Vec<TestId>,
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { binary_id, test, .. } = &self.finding;
        match self.candidates.as_slice() {
            [] => write!(
                f,
                "{binary_id} {test} is in the log ({}) but not here",
                self.finding.status()
            ),
            [one] => write!(
                f,
                "{binary_id} {test} is in the log ({}) but not here; is it {one}?",
                self.finding.status()
            ),
            several => {
                let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                write!(f, "{binary_id} {test} of the log may be any of {}", several.join(", "))
            }
        }
    }
}

/// The results for all names in a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// The tests that exist here, in the order of the log.
    pub resolved: Vec<Resolved>,
    /// The names without a clear result.
    pub unresolved: Vec<Unresolved>,
}

/// None of the tests in the log exists here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("none of the tests in the log is in this workspace\n  the log has  {}\n  here are     {}", list(.log), list(.here))]
pub struct Foreign {
    /// The binaries in the log, each with the number of tests that it names.
    pub log: BTreeMap<String, usize>,
    /// The binaries here, each with the number of its tests.
    pub here: BTreeMap<String, usize>,
}

/// A dozen names show which project it is.
fn list(binaries: &BTreeMap<String, usize>) -> String {
    const SHOWN: usize = 12;
    let one = |(id, tests): (&String, &usize)| {
        format!("{id} ({tests} {})", if *tests == 1 { "test" } else { "tests" })
    };
    let shown: Vec<String> = binaries.iter().take(SHOWN).map(one).collect();
    let more = binaries.len().saturating_sub(SHOWN);
    match (shown.is_empty(), more) {
        (true, _) => "no tests".to_owned(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The binaries of a workspace with their tests, and whether a filter accepts these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names(pub(super) BTreeMap<String, BTreeMap<String, bool>>);

impl Names {
    pub(super) fn resolve(&self, findings: &[Finding]) -> Result<Resolution, Foreign> {
        let mut resolution = Resolution::default();
        for finding in findings {
            match self.find(finding) {
                Ok((id, note)) => {
                    let expected = expected(finding);
                    resolution.resolved.push(Resolved {
                        id,
                        finding: finding.clone(),
                        expected,
                        note,
                    });
                }
                Err(candidates) => {
                    resolution.unresolved.push(Unresolved { finding: finding.clone(), candidates });
                }
            }
        }
        let here = |finding: &Finding| self.0.contains_key(&finding.binary_id);
        if resolution.resolved.is_empty() && !findings.is_empty() && !findings.iter().any(here) {
            let mut log = BTreeMap::new();
            for finding in findings {
                *log.entry(finding.binary_id.clone()).or_insert(0) += 1;
            }
            let here = self.0.iter().map(|(id, tests)| (id.clone(), tests.len())).collect();
            return Err(Foreign { log, here });
        }
        Ok(resolution)
    }

    /// The test, and a note if its name differs; or the candidates.
    fn find(&self, finding: &Finding) -> Result<(TestId, Option<String>), Vec<TestId>> {
        let Finding { binary_id, test, sightings } = finding;
        let id = |binary_id: &str, test: &str| TestId {
            binary_id: binary_id.to_owned(),
            test: test.to_owned(),
        };
        let Some(tests) = self.0.get(binary_id) else { return self.elsewhere(finding) };
        if tests.contains_key(test) {
            return Ok((id(binary_id, test), None));
        }
        let wrapped = sightings.iter().find_map(|sighting| match &sighting.cut {
            Cut::Wrapped(rest) => {
                Some(format!("{test}{rest}")).filter(|whole| tests.contains_key(whole))
            }
            Cut::Ellipsis | Cut::No => None,
        });
        if let Some(whole) = wrapped {
            return Ok((
                id(binary_id, &whole),
                Some("its name goes on in the next line of the log".to_owned()),
            ));
        }
        let cut = sightings.iter().any(|sighting| sighting.cut != Cut::No);
        let longer: Vec<TestId> = tests
            .keys()
            .filter(|name| cut && name.starts_with(test.as_str()))
            .map(|name| id(binary_id, name))
            .collect();
        match longer.as_slice() {
            [one] => Ok((
                one.clone(),
                Some(format!("the only test whose name begins with the log's `{test}`")),
            )),
            [] => Err(self.alike(binary_id, test).into_iter().collect()),
            _ => Err(longer),
        }
    }

    /// Binaries are renamed, and tests move between them: within the package, the name alone may be
    /// enough.
    fn elsewhere(&self, finding: &Finding) -> Result<(TestId, Option<String>), Vec<TestId>> {
        let package = |id: &str| id.split_once("::").map_or(id, |(package, _)| package).to_owned();
        let own = package(&finding.binary_id);
        let named: Vec<TestId> = self
            .0
            .iter()
            .filter(|(_, tests)| tests.contains_key(&finding.test))
            .map(|(id, _)| TestId { binary_id: id.clone(), test: finding.test.clone() })
            .collect();
        let near: Vec<&TestId> = named.iter().filter(|id| package(&id.binary_id) == own).collect();
        match near.as_slice() {
            [one] => Ok((
                (*one).clone(),
                Some(format!("the log has it in {}, which is not here", finding.binary_id)),
            )),
            _ => Err(named),
        }
    }

    fn alike(&self, binary_id: &str, test: &str) -> Option<TestId> {
        let names = self.0.get(binary_id)?.keys();
        let scored = names.map(|name| (strsim::jaro_winkler(name, test), name));
        let (score, name) = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (score >= ALIKE).then(|| TestId { binary_id: binary_id.to_owned(), test: name.clone() })
    }
}

/// The kind on which all lines about the test agree.
fn expected(finding: &Finding) -> Option<Kind> {
    let kind = |status: &Status| match status {
        Status::Leak | Status::LeakFail => Some(Some(Kind::Leak)),
        // Two kinds at once: either is a hit.
        Status::FailLeak => Some(None),
        Status::Timeout => Some(Some(Kind::TimeOut)),
        Status::Fail | Status::Abort | Status::Signal(_) | Status::ExecFail => {
            Some(Some(Kind::Failure))
        }
        // The earlier attempt shows what went wrong; without it, there was some failure.
        Status::Flaky | Status::FlakyFail => None,
    };
    let mut kinds = finding.sightings.iter().filter_map(|sighting| kind(&sighting.status));
    let first = kinds.next()?;
    if kinds.all(|kind| kind == first) { first } else { None }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::ci_log;

    /// The binary and the test of the one line, resolved in a workspace with two binaries.
    fn resolve(log: &str) -> Result<Resolution, Foreign> {
        let tests = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), true)).collect();
        let binaries = BTreeMap::from([
            ("play".to_owned(), tests(&["tests::passes", "tests::same"])),
            (
                "play::leaky".to_owned(),
                tests(&["leaks", "module::a_long_name", "module::another", "module::alone"]),
            ),
        ]);
        Names(binaries).resolve(&ci_log::parse(log).findings)
    }

    fn ids(resolution: &Resolution) -> Vec<String> {
        resolution.resolved.iter().map(|resolved| resolved.id.to_string()).collect()
    }

    fn unresolved(log: &str) -> Vec<String> {
        resolve(log)
            .expect("of this workspace")
            .unresolved
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn names_are_found_cut_or_not() {
        let log = "        LEAK [   0.212s] (1/2) play::leaky leaks\n\
                   \u{20}       FAIL [   0.212s] (1/2) play::leaky module::a_lo\nng_name\n\
                   \u{20}       FAIL [   0.212s] (1/2) play::leaky module::al…\n\
                   \u{20}       FAIL [   0.212s] (1/2) play::renamed leaks\n";
        let resolution = resolve(log).expect("of this workspace");
        let found = [
            "play::leaky leaks",
            "play::leaky module::a_long_name",
            "play::leaky module::alone",
            "play::leaky leaks",
        ];
        assert_eq!(ids(&resolution), found);
        assert_eq!(
            resolution.resolved.iter().filter(|resolved| resolved.note.is_some()).count(),
            3
        );
    }

    #[test]
    fn names_that_are_gone_or_not_clear_are_said() {
        assert_eq!(
            unresolved("LEAK [   0.212s] (1/2) play::leaky module::anothr\n"),
            [
                "play::leaky module::anothr is in the log (LEAK) but not here; is it play::leaky module::another?"
            ]
        );
        assert_eq!(
            unresolved("LEAK [   0.212s] (1/2) play::leaky quite_different\n"),
            ["play::leaky quite_different is in the log (LEAK) but not here"]
        );
        assert_eq!(
            unresolved("LEAK [   0.212s] (1/2) play::leaky module::a…\n"),
            [
                "play::leaky module::a of the log may be any of play::leaky module::a_long_name, play::leaky module::alone, \
                 play::leaky module::another"
            ]
        );
    }

    #[test]
    fn the_log_of_another_project_is_refused_with_both_sides() {
        let foreign = resolve("LEAK [   0.212s] (1/2) codex-core::suite turns::one\n")
            .expect_err("another project's");
        let expected = "none of the tests in the log is in this workspace\n  the log has  codex-core::suite (1 test)\n  \
                        here are     play (2 tests), play::leaky (4 tests)";
        assert_eq!(foreign.to_string(), expected);
    }

    #[test]
    fn a_hunt_expects_the_kind_on_which_all_lines_agree() {
        let of = |log: &str| resolve(log).expect("of this workspace").resolved[0].expected;
        assert_eq!(of("        LEAK [   0.212s] (1/2) play::leaky leaks\n"), Some(Kind::Leak));
        assert_eq!(of("     TIMEOUT [   0.212s] (1/2) play::leaky leaks\n"), Some(Kind::TimeOut));
        assert_eq!(of(" FAIL + LEAK [   0.212s] (1/2) play::leaky leaks\n"), None);
        let flaky = "  TRY 1 FAIL [   0.212s] (---) play::leaky leaks\n  TRY 2 PASS [   0.212s] (1/2) play::leaky leaks\n";
        assert_eq!(of(flaky), Some(Kind::Failure));
        assert_eq!(of("   FLAKY 2/2 [   0.212s] (1/2) play::leaky leaks\n"), None);
    }
}
