//! `leaks-elsewhere`: the tests of crates that are not ours, with and without `proctor supervise`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use reaper::leak::Fate;
use reaper::supervise::Report;

use super::{records, runner};
use crate::failure::Result;
use crate::workspace::{cargo, code, fresh, proctor_for_tests, root, run as done};

/// Run the tests of crates that are not ours under `proctor supervise`.
///
/// Each crate is fetched by cargo, which checks its sum, and its tests are run by cargo-nextest without and with the runner,
/// which is one environment variable: nothing of the crate is changed. Every test must end the same, or with a leak whose process
/// is named. Ends with 1 if a test ends otherwise. PROCTOR names another proctor than the one that is built here; crates stay in
/// target/leaks-elsewhere.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Crates with their versions
    #[arg(value_name = "CRATE@VERSION", default_values = ["duct@1.1.1", "shared_child@1.1.1", "wait-timeout@0.2.1"])]
    crates: Vec<String>,
}

/// Runs the tests of all crates.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let proctor = proctor_for_tests()?;
    let mut all_same = true;
    for name in &args.crates {
        let (name, version) = name.split_once('@').ok_or("a crate is named like duct@1.1.1")?;
        let stranger = Stranger::fetch(name, version)?;
        stranger.build()?;
        let json = stranger.file("leaks.jsonl");
        if json.exists() {
            fs::remove_file(&json)?;
        }
        let without = stranger.test(&proctor, "without", None)?;
        let variable = runner(&proctor, &["--json".as_ref(), json.as_os_str()])?;
        let with = stranger.test(&proctor, "with", Some(variable))?;
        let records = records(&json)?;
        if without.is_empty() || records.is_empty() {
            return Err(
                format!("no test of {name} was run, see {}", stranger.folder.display()).into()
            );
        }
        let (text, same) = compared(&format!("{name}@{version}"), &without, &with, &records);
        write!(io::stdout().lock(), "{text}")?;
        all_same &= same;
    }
    Ok(if all_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A crate that is not ours.
struct Stranger {
    folder: PathBuf,
}

impl Stranger {
    fn fetch(name: &str, version: &str) -> Result<Self> {
        let work = root().join("target/leaks-elsewhere");
        let folder = work.join(format!("{name}-{version}"));
        if folder.join("Cargo.toml").exists() {
            return Ok(Self { folder });
        }
        let fetch = work.join("fetch");
        fresh(&fetch.join("src"))?;
        File::create(fetch.join("src/lib.rs"))?;
        let manifest = format!(
            "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
             [dependencies.{name}]\nversion = \"={version}\"\n[workspace]\n"
        );
        fs::write(fetch.join("Cargo.toml"), manifest)?;
        let mut vendor = cargo(&["vendor", "--quiet", "--versioned-dirs", "vendor"]);
        done(vendor.current_dir(&fetch).stdout(Stdio::null()))?;
        fs::rename(fetch.join("vendor").join(format!("{name}-{version}")), &folder)?;
        fs::remove_dir_all(&fetch)?;
        // It is a project of its own, not a member of the workspace around it.
        let mut manifest = File::options().append(true).open(folder.join("Cargo.toml"))?;
        manifest.write_all(b"\n[workspace]\n")?;
        Ok(Self { folder })
    }

    /// A file beside the crate.
    fn file(&self, ending: &str) -> PathBuf {
        let mut path = self.folder.clone().into_os_string();
        path.push(".");
        path.push(ending);
        path.into()
    }

    /// As cargo compiles other people's crates, apart from this workspace, whose lock is not theirs.
    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .current_dir(&self.folder)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("NEXTEST_PROFILE");
        command.env("RUSTFLAGS", "--cap-lints warn").stdin(Stdio::null())
    }

    fn build(&self) -> Result<()> {
        let path = self.file("build.log");
        let log = File::create(&path)?;
        let mut build = cargo(&["nextest", "run", "--no-run"]);
        done(self.at_home(&mut build).stdout(log.try_clone()?).stderr(log)).map_err(|error| {
            format!("{error}\n{}", fs::read_to_string(&path).unwrap_or_default()).into()
        })
    }

    /// Runs its tests. What they leave behind without the runner is ended with the whole run.
    fn test(
        &self,
        proctor: &Path,
        side: &str,
        variable: Option<(String, String)>,
    ) -> Result<BTreeMap<String, String>> {
        let path = self.file(&format!("{side}.log"));
        let log = File::create(&path)?;
        let mut tests = crate::workspace::command(proctor);
        tests.args([
            "supervise",
            "--timeout",
            "5m",
            "--",
            "cargo",
            "nextest",
            "run",
            "--no-fail-fast",
        ]);
        tests.args(["--retries", "0", "--status-level", "all", "--final-status-level", "none"]);
        self.at_home(&mut tests).envs(variable).stdout(log.try_clone()?).stderr(log);
        code(&mut tests)?;
        Ok(ends(&fs::read_to_string(path)?))
    }
}

/// Each test with what nextest calls its end. A leak is in no other output of nextest than its log.
fn ends(log: &str) -> BTreeMap<String, String> {
    let end = |line: &str| {
        let (status, rest) = line.split_once(" [")?;
        let (time, rest) = rest.split_once("s] ")?;
        time.trim().parse::<f64>().ok()?;
        let test = match rest.trim_start().strip_prefix('(') {
            Some(counted) => counted.split_once(") ")?.1,
            None => rest,
        };
        Some((test.trim().to_owned(), status.trim().to_owned()))
    };
    log.lines().filter_map(end).filter(|(_, status)| !status.contains("Summary")).collect()
}

/// What is to be said of one crate, and whether every test ended the same or with a leak.
fn compared(
    name: &str,
    without: &BTreeMap<String, String>,
    with: &BTreeMap<String, String>,
    records: &[Report],
) -> (String, bool) {
    let test = |record: &Report| {
        let (binary, test) = (record.attempt.binary.as_deref()?, record.attempt.test.as_deref()?);
        Some(format!("{binary} {test}"))
    };
    let leaky: Vec<&Report> = records.iter().filter(|record| !record.leaks.is_empty()).collect();
    // A test that left a process behind fails with the runner, which is what it is for.
    let excused: BTreeSet<String> = leaky.iter().filter_map(|record| test(record)).collect();
    let names: BTreeSet<&String> = without.keys().chain(with.keys()).collect();
    let differs =
        |test: &&&String| !excused.contains(**test) && without.get(**test) != with.get(**test);
    let differing: Vec<&&String> = names.iter().filter(differs).collect();
    let counts = format!("{name}: {} tests, {} supervised", without.len(), records.len());
    let end = |side: &BTreeMap<String, String>, test: &str| {
        side.get(test).cloned().unwrap_or_else(|| "not run".to_owned())
    };
    if !differing.is_empty() {
        let lines = differing.iter().map(|test| {
            format!(
                "  {test}: {} without the runner, {} with it\n",
                end(without, test),
                end(with, test)
            )
        });
        return (format!("{counts}: not the same\n{}", lines.collect::<String>()), false);
    }
    let mut text = format!(
        "{counts}, {} with a leak; all others end the same with the runner and without\n",
        leaky.len()
    );
    for test in &excused {
        text.push_str(&format!("  {test}: {} without the runner\n", end(without, test)));
    }
    for leak in leaky.iter().flat_map(|record| &record.leaks) {
        let (command, pid, age) = (&leak.command, leak.pid, leak.age.as_millis());
        text.push_str(&format!("    {command} (pid {pid}, {age} ms old): {}\n", fate(leak.fate)));
    }
    (text, true)
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Ended(_) | Fate::Dying(_) => "ended late",
        Fate::Killed => "killed by proctor",
        Fate::Kept => "left as it is",
        Fate::Reaped => "reaped by proctor",
        Fate::Remains => "could not be killed",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pretty_assertions::assert_eq;

    use super::{compared, ends};

    const LOG: &str = "    Starting 3 tests across 1 binary\n        \
                       PASS [   0.005s] (1/3) duct test::a\n        \
                       LEAK [   0.214s] duct test::b\n   \
                       LEAK-FAIL [   0.1s] (3/3) duct test::c\n\
                       ────────────\n     \
                       Summary [   0.223s] 3 tests run: 3 passed (1 leaky), 0 skipped\n";

    #[test]
    fn the_end_of_each_test_is_read_from_the_log() {
        let expected =
            [("duct test::a", "PASS"), ("duct test::b", "LEAK"), ("duct test::c", "LEAK-FAIL")];
        let expected: BTreeMap<String, String> =
            expected.iter().map(|(test, end)| ((*test).to_owned(), (*end).to_owned())).collect();
        assert_eq!(ends(LOG), expected);
    }

    #[test]
    fn a_test_that_ends_otherwise_is_named() {
        let without = ends(LOG);
        let mut with = without.clone();
        with.insert("duct test::a".to_owned(), "FAIL".to_owned());
        let (text, same) = compared("duct@1", &without, &with, &[]);
        assert!(!same);
        let expected = "duct@1: 3 tests, 0 supervised: not the same\n  duct test::a: PASS without the runner, FAIL with it\n";
        assert_eq!(text, expected);
        assert!(compared("duct@1", &without, &without, &[]).1);
    }
}
