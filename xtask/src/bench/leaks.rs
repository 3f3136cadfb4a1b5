//! How well leaks are reported, and what that costs.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::ValueEnum;

use crate::failure::Result;
use crate::load::Beside;
use crate::workspace::{build, cargo, code, fresh, target};

/// How many threads make the machine busy.
const BUSY: usize = 16;

/// The settings of nextest: a leak shows as soon as it can.
const CONFIG: &str = "[profile.default]\nleak-timeout = \"5ms\"\nfail-fast = false\n";

/// Measure how well leaks are reported, idle and beside 16 busy threads.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One part only
    part: Option<Part>,
    /// How often, in place of the number of each part
    number: Option<u32>,
    /// Only on the idle machine, or only on the busy one
    #[arg(long, value_name = "LOAD")]
    beside: Option<Beside>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// 100 times every kind of leak: the right process, for the right reason
    Kinds,
    /// 1000 programs that leave nothing, 16 at a time: none is accused
    Clean,
    /// What supervising adds to a test, in the median of 300; at most 5 ms on the idle machine
    Overhead,
    /// A server started and ended 10000 times: no process, descriptor or file is left, memory is flat
    Cycles,
    /// How long it takes to end and reap a child, 300 times
    Reap,
    /// 300 guarded servers at a leak-timeout of 5 ms: never LEAK, beside a control that is
    Nextest,
}

impl Part {
    fn usual(self) -> u32 {
        match self {
            Self::Kinds => 100,
            Self::Clean => 1_000,
            Self::Overhead | Self::Reap | Self::Nextest => 300,
            Self::Cycles => 10_000,
        }
    }
}

/// Measures.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let parts = args.part.map_or_else(|| Part::value_variants().to_vec(), |part| vec![part]);
    if parts.contains(&Part::Reap) {
        build(&["--release", "--package", "reaper", "--example", "reap_bench"])?;
    }
    if parts.iter().any(|part| !matches!(part, Part::Reap | Part::Nextest)) {
        build(&["--release", "--package", "cli", "--package", "fixtures", "--bins"])?;
        build(&["--release", "--package", "cli", "--example", "bench_leaks"])?;
    }
    let release = target()?.join("release");
    let work = target()?.join("bench-leaks");
    fresh(&work.join("tmp"))?;
    let bench = Bench { release, work };
    let mut held = true;
    for beside in Beside::each(args.beside) {
        let _load = beside.start(BUSY);
        say(&format!("== {}", beside.name()))?;
        for part in &parts {
            held &= bench.measure(*part, args.number.unwrap_or(part.usual()), beside)?;
        }
    }
    fs::remove_dir_all(bench.work.join("tmp"))?;
    if !held {
        say("bench leaks: something did not hold")?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

struct Bench {
    release: PathBuf,
    work: PathBuf,
}

impl Bench {
    fn measure(&self, part: Part, number: u32, beside: Beside) -> Result<bool> {
        let number = number.to_string();
        match part {
            Part::Kinds => self.bench(&["kinds", &number]),
            Part::Clean => self.bench(&["clean", &number, "16"]),
            // Beside busy threads the figure is printed and not judged.
            Part::Overhead => Ok(self.bench(&["overhead", &number])? || beside == Beside::Busy),
            Part::Cycles => self.bench(&["cycles", &number]),
            Part::Reap => {
                let mut reap = Command::new(self.release.join("examples/reap_bench"));
                Ok(code(reap.arg(&number))? == 0)
            }
            Part::Nextest => self.nextest(&number, beside),
        }
    }

    fn bench(&self, args: &[&str]) -> Result<bool> {
        let mut bench = Command::new(self.release.join("examples/bench_leaks"));
        bench.arg(&self.release).args(args).env("TMPDIR", self.work.join("tmp"));
        Ok(code(&mut bench)? == 0)
    }

    /// Every LEAK that nextest prints, by test; the tests take turns, round by round.
    fn nextest(&self, rounds: &str, beside: Beside) -> Result<bool> {
        let config = self.work.join("nextest.toml");
        fs::write(&config, CONFIG)?;
        let path = self.work.join(format!("nextest-{}.log", beside.name()));
        let log = File::create(&path)?;
        let mut nextest =
            cargo(&["nextest", "run", "--release", "--package", "cli", "--test", "leaks"]);
        nextest.args(["--run-ignored", "only", "--stress-count", rounds, "--status-level", "all"]);
        nextest.args(["--color", "never", "--config-file"]).arg(&config);
        nextest.stdout(log.try_clone()?).stderr(log);
        code(&mut nextest)?;
        let text = fs::read_to_string(&path)?;
        let mut held = true;
        for test in [
            "nothing_is_started",
            "guarded_server",
            "guarded_child_that_is_heavy",
            "unguarded_control",
        ] {
            let Seen { runs, leaks } = Seen::of(&text, test);
            say(&format!("nextest, 5 ms: {test}: {leaks} LEAK of {runs}"))?;
            let right = match test {
                "unguarded_control" => leaks > 0,
                "nothing_is_started" => true,
                _ => leaks == 0 && runs >= rounds.parse()?,
            };
            if !right {
                say(&format!("  see {}", path.display()))?;
            }
            held &= right;
        }
        Ok(held)
    }
}

/// What nextest printed of one test. No report of it says that a test passed and leaked, only the log.
#[derive(Debug, PartialEq)]
struct Seen {
    runs: usize,
    leaks: usize,
}

impl Seen {
    fn of(log: &str, test: &str) -> Self {
        let mut seen = Self { runs: 0, leaks: 0 };
        for line in log.lines() {
            let mut words = line.split_whitespace();
            let (status, name) = (words.next(), words.next_back());
            if name == Some(test) && matches!(status, Some("PASS" | "LEAK" | "FAIL")) {
                seen.runs += 1;
                seen.leaks += usize::from(status == Some("LEAK"));
            }
        }
        seen
    }
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(io::stdout().lock(), "{line}")?)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::Seen;

    #[test]
    fn runs_and_leaks_are_counted_by_test() {
        let log = "    Starting 2 tests\n        PASS [   0.010s] (1/4) cli::leaks guarded\n        \
                   LEAK [   0.012s] (2/4) cli::leaks control\n        FAIL [   0.010s] (3/4) cli::leaks guarded\n     \
                   Summary [   0.1s] guarded\n";
        assert_eq!(Seen::of(log, "guarded"), Seen { runs: 2, leaks: 0 });
        assert_eq!(Seen::of(log, "control"), Seen { runs: 1, leaks: 1 });
    }
}
