//! Everything that must hold, of which docs/bazel.md has the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_json::Value;

use super::engine::{Engine, Running};
use super::program::Bazel;
use super::verdict::Judge;
use super::workspace::RELEASE;
use crate::failure::Result;
use crate::workspace::{printed, root};

/// The exit code of Bazel when a test fails.
const RED: i32 = 3;

/// How the reports of Proctor begin, in which Bazel's own have no name.
const OWN_REPORT: &str = "<testsuites name=\"proctor\"";

/// Judges all of it.
pub(crate) fn all(
    judge: &mut Judge<'_>,
    engine: Engine,
    running: &Running,
    proctor: &Path,
) -> Result<()> {
    if engine == Engine::Workers {
        shared(judge, running, proctor)?;
    }
    green(judge, engine, proctor)?;
    runfiles(judge, engine)?;
    planted(judge)?;
    died(judge)?;
    filtered(judge)?;
    limits(judge)?;
    leaks(judge)
}

fn shared(judge: &mut Judge<'_>, running: &Running, proctor: &Path) -> Result<()> {
    let what = format!("Codex {RELEASE} in four shards on two workers, one of which dies");
    let lines = ["^INFO: .* remote", "finished with [1-9][0-9]* passing and 0 failing"];
    judge.says(&what, 0, &lines, &["//rows:real"])?;
    // What judges every conversation has a line in each shard that it fails.
    let ran = ran(judge.bazel, "//rows:real")?.into_iter().collect::<BTreeSet<_>>();
    let lost = listed(proctor)?.into_iter().filter(|case| !ran.contains(case)).collect::<Vec<_>>();
    judge.holds("no case is lost", (!lost.is_empty()).then(|| lost.join(" ")))?;
    let said = running.said()?;
    let died = said.contains("one: action 2") && !said.contains("one: action 3");
    judge.holds("one died in its second action", (!died).then_some(said))
}

fn green(judge: &mut Judge<'_>, engine: Engine, proctor: &Path) -> Result<()> {
    let place = match engine {
        Engine::Local => "^INFO: .* linux-sandbox",
        Engine::Casd | Engine::Workers => "^INFO: .* remote",
    };
    let lines = [place, "finished with [1-9][0-9]* passing and 0 failing"];
    judge.says("a server of one's own, in two shards", 0, &lines, &["//:conformance"])?;
    if engine != Engine::Local {
        let away = format!("--test_env=AWAY={}", root().display());
        judge.says("the sources are not where the tests run", 0, &[], &["//rows:away", &away])?;
    }
    judge.says("the reference, in four shards", 0, &lines, &["//:reference"])?;
    let wrong = each_case_once(judge.bazel, proctor)?;
    judge.holds("each case is in exactly one of the four", wrong)
}

fn runfiles(judge: &mut Judge<'_>, engine: Engine) -> Result<()> {
    let lines = ["finished with [1-9][0-9]* passing and 0 failing"];
    let args = ["//:conformance", "--noenable_runfiles"];
    judge.says("without links to the runfiles", 0, &lines, &args)?;
    if engine == Engine::Local {
        // Outside of the sandbox, which would have them anyway.
        let args = [args[0], args[1], "--strategy=TestRunner=local"];
        judge.says("with nothing but their manifest", 0, &lines, &args)?;
    }
    Ok(())
}

/// What the shards have in other numbers than the list of all cases has it.
fn each_case_once(bazel: &Bazel, proctor: &Path) -> Result<Option<String>> {
    let (mut ran, mut listed) = (ran(bazel, "//:reference")?, listed(proctor)?);
    listed.sort();
    ran.sort();
    let shards = bazel.logs("//:reference")?.len();
    if shards == 4 && ran == listed && !ran.is_empty() {
        return Ok(None);
    }
    let missing = listed.iter().filter(|case| !ran.contains(case)).count();
    let (ran, listed) = (ran.len(), listed.len());
    Ok(Some(format!(
        "{ran} in {shards} shards, {listed} in the list, {missing} of them in no shard"
    )))
}

/// Every case that an app-server can have.
fn listed(proctor: &Path) -> Result<Vec<String>> {
    let list = printed(Command::new(proctor).args(["list", "--json"]))?;
    let list: Value = serde_json::from_str(&list)?;
    let mut listed = Vec::new();
    for check in list.as_array().ok_or("the list of checks is no list")? {
        for dialect in check["dialects"].as_array().into_iter().flatten() {
            let (id, dialect) = (check["id"].as_str(), dialect["dialect"].as_str());
            // The others are revisions of another protocol.
            if let (Some(id), Some(dialect @ ("v1" | "v2"))) = (id, dialect) {
                listed.push(format!("{id}@{dialect}"));
            }
        }
    }
    Ok(listed)
}

/// The cases in the reports of all shards.
fn ran(bazel: &Bazel, target: &str) -> Result<Vec<String>> {
    let mut ran = Vec::new();
    for shard in bazel.logs(target)? {
        ran.extend(cases(&shard)?);
    }
    Ok(ran)
}

/// The cases in the report of a shard.
fn cases(shard: &Path) -> Result<Vec<String>> {
    let case = Regex::new(r#"<testcase\b[^>]*? name="([^"]*)""#)?;
    let report = report(shard)?;
    Ok(case.captures_iter(&report).map(|found| found[1].to_owned()).collect())
}

fn report(shard: &Path) -> Result<String> {
    let file = shard.join("test.xml");
    fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn planted(judge: &mut Judge<'_>) -> Result<()> {
    let lines = [
        // In the log of the test, in Bazel's summary, and in what Bazel counts.
        "^MUST conversation::.*@v2: A server MUST",
        "^ +expected +",
        "^ +FAILED +conversation.*@v2",
        "finished with [1-9][0-9]* passing and [1-9][0-9]* failing",
        "//rows:planted +FAILED",
    ];
    let args = ["//rows:planted", "--test_output=errors"];
    judge.says("a planted failure is red, with its text", RED, &lines, &args)?;
    let mut failures = 0;
    for shard in judge.bazel.logs("//rows:planted")? {
        let report = report(&shard)?;
        failures += report.matches("<failure").count();
    }
    let wrong = (failures == 0).then(|| "no report has a failure".to_owned());
    judge.holds("and the XML has it", wrong)
}

fn died(judge: &mut Judge<'_>) -> Result<()> {
    let lines = ["//rows:killed +FAILED in 1 out of 4"];
    judge.says("a shard that is killed is red", RED, &lines, &["//rows:killed"])?;
    let shards = judge.bazel.logs("//rows:killed")?;
    let whole = |shard: &&PathBuf| report(shard).is_ok_and(|report| report.contains(OWN_REPORT));
    let wrong = match (shards.len(), shards.iter().filter(whole).count()) {
        (4, 3) if report(&shards[1])?.contains("<error") => None,
        (shards, whole) => Some(format!("{shards} shards, {whole} with a report of Proctor")),
    };
    judge.holds("its report says so, and the three others are whole", wrong)
}

fn filtered(judge: &mut Judge<'_>) -> Result<()> {
    let args = ["//:reference", "--test_filter=wire::unknown_methods"];
    let lines = ["finished with 2 passing and 0 failing out of 2"];
    judge.says("a filter with empty shards is green", 0, &lines, &args)?;
    let args = ["//:reference", "--test_filter=nothing-of-the-kind", "--test_output=errors"];
    judge.says("a filter that selects nothing is red", RED, &["no check matches"], &args)
}

fn limits(judge: &mut Judge<'_>) -> Result<()> {
    let lines = ["//rows:absent +FAILED"];
    judge.says("a server that ends at once is red", RED, &lines, &["//rows:absent"])?;
    let file = "test.infrastructure_failure";
    let told = judge.bazel.logs("//rows:absent")?.iter().any(|shard| shard.join(file).is_file());
    judge.holds("and a failure of the infrastructure", (!told).then(|| format!("no {file}")))?;
    let args = ["//rows:slow", "--test_timeout=15", "--test_output=errors"];
    let lines = ["not every check was run", "//rows:slow +FAILED"];
    judge.says("no time is left: Proctor ends first, and reports", RED, &lines, &args)?;
    let whole = judge.bazel.logs("//rows:slow")?;
    let whole =
        whole.iter().all(|shard| report(shard).is_ok_and(|report| report.contains(OWN_REPORT)));
    judge.holds("and the XML is its own", (!whole).then(|| "it is Bazel's".to_owned()))
}

fn leaks(judge: &mut Judge<'_>) -> Result<()> {
    let args = ["//:leaves_a_process", "--test_summary=short"];
    let lines = ["^//:leaves_a_process +PASSED"];
    judge.says("a test that leaves a process passes for Bazel", 0, &lines, &args)?;
    let args = [
        "//:leaves_a_process",
        "--run_under=@proctor//:proctor supervise --",
        "--test_output=errors",
    ];
    let lines = [
        "^proctor: 1 process was left",
        r"^ +sleep 60 \(pid [0-9]+",
        "^//:leaves_a_process +FAILED",
    ];
    judge.says("and fails under `supervise`, which names it", RED, &lines, &args)
}
