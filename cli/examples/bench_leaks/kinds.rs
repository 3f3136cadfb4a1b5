//! Every kind of leak, many times: how often the right process was named for the right reason.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use reaper::leak::{Class, Fate};
use reaper::supervise::{Births, Report};

use crate::{Programs, Result, median, say};

/// A kind, and which of stdout and stderr it holds.
const KINDS: [(&str, &[u32]); 13] = [
    ("stdout", &[1]),
    ("stderr", &[2]),
    ("both", &[1, 2]),
    ("neither", &[]),
    ("daemon", &[]),
    ("cleared", &[]),
    ("chatty", &[1, 2]),
    ("short:5000", &[1, 2]),
    ("chain:3", &[1, 2]),
    ("stubborn", &[1, 2]),
    ("zombie", &[]),
    ("heavy", &[2]),
    // The run that its race strikes.
    ("race:7:1", &[1, 2]),
];

/// Interleaved, so that the mood of the machine is the same for all.
pub(crate) fn measure(programs: &Programs, runs: usize) -> Result<bool> {
    let mut right = [0; KINDS.len()];
    let mut times = vec![Vec::new(); KINDS.len()];
    let mut first_wrong = None;
    for _ in 0..runs {
        for (index, (kind, held)) in KINDS.iter().enumerate() {
            let since = Instant::now();
            let (report, meant) = leave(programs, kind)?;
            times[index].push(since.elapsed().as_secs_f64() * 1e3);
            if is_right(&report, meant, kind, held) {
                right[index] += 1;
            } else {
                first_wrong.get_or_insert((kind, meant, report));
            }
        }
    }
    say(&format!("{:<12} {:>11} {:>12}", "kind", "right", "median"));
    for (((kind, _), right), times) in KINDS.iter().zip(right).zip(&mut times) {
        say(&format!("{kind:<12} {right:>4} of {runs:>3} {:>9.1} ms", median(times)));
    }
    if let Some((kind, meant, report)) = &first_wrong {
        say(&format!("the first that was wrong: {kind}, meant {meant}: {report:#?}"));
    }
    Ok(first_wrong.is_none())
}

/// Leaves one process behind under supervision; what was told, and the pid that was meant.
fn leave(programs: &Programs, kind: &str) -> Result<(Report, u32)> {
    let folder = tempfile::tempdir()?;
    let (json, pids) = (folder.path().join("json"), folder.path().join("pids"));
    let kind = if kind.starts_with("race:") {
        format!("{kind}:{}", folder.path().join("count").display())
    } else {
        kind.to_owned()
    };
    Command::new(&programs.proctor)
        .args(["supervise", "--json"])
        .arg(&json)
        .arg("--")
        .arg(&programs.leaky)
        .arg("--pids")
        .arg(&pids)
        .arg(kind)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()?;
    let report = serde_json::from_str(&fs::read_to_string(json)?)?;
    let pids = fs::read_to_string(pids)?;
    let pid = pids.trim().rsplit_once(' ').ok_or("the program told no pid")?.1.parse()?;
    Ok((report, pid))
}

fn is_right(report: &Report, meant: u32, kind: &str, held: &[u32]) -> bool {
    let told = report.leaks.iter().chain(&report.noted).find(|leak| leak.pid == meant);
    let Some(told) = told else { return false };
    let only = report.leaks.iter().all(|leak| leak.pid == meant) && report.doubts.is_empty();
    let holds = || {
        let fds = told.holds.iter().filter(|hold| hold.stream.is_some()).map(|hold| hold.fd);
        fds.eq(held.iter().copied())
    };
    let how = match kind {
        "zombie" => told.class == Class::Zombie && told.fate == Fate::Reaped,
        // It may be buried before the command ends.
        "heavy" => matches!(told.fate, Fate::Dying(_) | Fate::Reaped),
        _ => told.class == Class::Descendant && told.fate == Fate::Killed && holds(),
    };
    let parents = match kind {
        "chain:3" => 4,
        "daemon" | "cleared" => 2,
        _ => 1,
    };
    // Without the connector a parent that ended at once may not have been seen.
    let how =
        how && (report.mechanism.births != Births::Connector || told.parents.len() == parents);
    only && how && told.command.contains("leaky")
}
