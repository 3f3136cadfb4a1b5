//! How often a hunt finds a race, repeats it, and leaves what is clean alone.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::builder::RangedU64ValueParser;
use serde::Deserialize;

use crate::failure::Result;
use crate::workspace::{build, code, fresh, proctor, target};

/// The longest hunt for a race that is there.
const RACE: &str = "2m";

/// The first run whose seed is a multiple of 50 leaks.
const SEEDED: &str = "if [ $((PROCTOR_HUNT_SEED % 50)) -eq 0 ]; then sleep 1000 & fi\n";

/// What it starts may or may not be there when it is killed, and nobody waits for that: the machine decides.
const KILLED: &str = "sh -c 'sleep 1000 & exec sleep 1001' &\nkill -9 $!\nwait\n";

/// Hunt a seeded race of 2 %, an unseeded one, real ones, and clean programs.
///
/// Prints how many hunts were right, and how many of the finds are repeated by their token. Ends with 1 if fewer than nine of ten
/// races are found in two minutes and repeated, or if something clean is accused.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many hunts for each program
    #[arg(default_value_t = 10, value_parser = RangedU64ValueParser::<u64>::new().range(1..=1_000))]
    hunts: u64,
    /// How long a hunt of something clean lasts
    #[arg(default_value = "2m")]
    time: String,
}

/// Measures.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let proctor = proctor()?;
    build(&["--release", "--package", "fixtures", "--bin", "leaky"])?;
    let leaky = target()?.join("release/leaky");
    let leaky = leaky.to_str().ok_or("the target directory is no text")?;
    let work = target()?.join("bench-hunt");
    fresh(&work)?;
    fs::write(work.join("seeded.sh"), SEEDED)?;
    fs::write(work.join("killed.sh"), KILLED)?;
    let race = |name, command: &[&str]| Hunted::new(name, true, RACE, command);
    let clean = |name, command: &[&str]| Hunted::new(name, false, &args.time, command);
    let all = [
        race("seeded race, 2 %", &["sh", "seeded.sh"]),
        race("unseeded race, 2 %", &[leaky, "race:7:50:count"]),
        race("real race: a child that is killed while it starts another", &["sh", "killed.sh"]),
        race("real race: killed and not waited for, 200 MB", &[leaky, "heavy"]),
        clean("clean", &[leaky, "clean"]),
        clean("clean, with children", &[leaky, "clean-children", "clean-killed"]),
    ];
    let bench = Bench { proctor, work, hunts: args.hunts };
    let mut held = true;
    for hunted in &all {
        held &= bench.measure(hunted)?;
    }
    fs::remove_dir_all(&bench.work)?;
    if !held {
        writeln!(io::stdout().lock(), "bench hunt: something did not hold")?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// A program to hunt.
struct Hunted {
    name: &'static str,
    leaks: bool,
    limit: String,
    command: Vec<String>,
}

impl Hunted {
    fn new(name: &'static str, leaks: bool, limit: &str, command: &[&str]) -> Self {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Self { name, leaks, limit: limit.to_owned(), command }
    }
}

/// What is read of a `proctor.hunt/1` report.
#[derive(Deserialize)]
struct Report {
    duration_ms: f64,
    token: Option<String>,
}

/// How the hunts of one program went.
#[derive(Default)]
struct Tally {
    right: u64,
    repeated: u64,
    slowest: f64,
}

impl Tally {
    fn held(&self, hunts: u64, leaks: bool) -> bool {
        if leaks {
            let needed = hunts * 9 / 10;
            self.right >= needed && self.repeated >= needed
        } else {
            self.right >= hunts
        }
    }
}

struct Bench {
    proctor: PathBuf,
    work: PathBuf,
    hunts: u64,
}

impl Bench {
    fn measure(&self, hunted: &Hunted) -> Result<bool> {
        let Self { hunts, .. } = self;
        let mut tally = Tally::default();
        for seed in 1..=*hunts {
            let count = self.work.join("count");
            if count.exists() {
                fs::remove_file(count)?;
            }
            let json = self.work.join("report.json");
            let mut hunt = self.hunt()?;
            hunt.args(["--seed", &seed.to_string(), "--time", &hunted.limit, "--json"]).arg(&json);
            hunt.arg("--").args(&hunted.command);
            tally.right += u64::from(code(&mut hunt)? == i32::from(hunted.leaks));
            let report = read(&json)?;
            tally.slowest = tally.slowest.max(report.duration_ms);
            if let Some(token) = report.token {
                tally.repeated += u64::from(code(self.hunt()?.args(["--replay", &token]))? == 1);
            }
        }
        let Tally { right, repeated, slowest } = tally;
        let name = hunted.name;
        writeln!(
            io::stdout().lock(),
            "{name}: {right} of {hunts} hunts right, {repeated} repeated by their token, the slowest took {slowest:.0} ms"
        )?;
        Ok(tally.held(*hunts, hunted.leaks))
    }

    fn hunt(&self) -> Result<Command> {
        let mut hunt = Command::new(&self.proctor);
        hunt.args(["hunt", "--no-progress"]).current_dir(&self.work).stdin(Stdio::null());
        hunt.stdout(File::create(self.work.join("out"))?);
        Ok(hunt)
    }
}

fn read(json: &Path) -> Result<Report> {
    Ok(serde_json::from_str(&fs::read_to_string(json)?)?)
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn nine_of_ten_races_are_enough_and_of_the_clean_none_may_be_accused() {
        let tally = |right, repeated| Tally { right, repeated, slowest: 0.0 };
        assert!(tally(9, 9).held(10, true));
        assert!(!tally(10, 8).held(10, true));
        assert!(!tally(8, 9).held(10, true));
        assert!(tally(10, 0).held(10, false));
        assert!(!tally(9, 0).held(10, false));
    }
}
