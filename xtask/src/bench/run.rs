//! How long the run of the reference subject takes, as a whole process.

use std::io::{self, Write as _};
use std::process::{ExitCode, Stdio};

use clap::builder::RangedU64ValueParser;

use crate::failure::Result;
use crate::reports;
use crate::workspace::{command, proctor, root, run as done};

/// Time the run of the reference subject: every time and the median, in milliseconds.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many runs
    #[arg(default_value_t = 5, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    runs: usize,
}

/// Measures.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let proctor = proctor()?;
    let json = root().join("target/bench-run.json");
    let (mut times, mut cases) = (Vec::new(), 0);
    for _ in 0..args.runs {
        let mut run = command(&proctor);
        run.args(["run", "--quiet", "--no-progress", "--json"]).arg(&json).stdout(Stdio::null());
        done(&mut run)?;
        let summary = reports::read(&json)?.summary;
        times.push(summary.duration_ms);
        cases = summary.run;
    }
    let shown: Vec<String> = times.iter().map(u64::to_string).collect();
    let (shown, median) = (shown.join(" "), median(&mut times));
    writeln!(io::stdout().lock(), "reference run, {cases} cases: {shown} ms; median {median} ms")?;
    Ok(ExitCode::SUCCESS)
}

/// The one in the middle; of two, the lower.
fn median(times: &mut [u64]) -> u64 {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(&mut [5, 1, 3]), 3);
        assert_eq!(median(&mut [4, 1, 3, 2]), 2);
        assert_eq!(median(&mut [7]), 7);
    }
}
