//! Programs that leave nothing, many at a time: how often one was accused.

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::{Programs, Result, say};

const KINDS: [&str; 5] =
    ["clean", "clean-children", "clean-pipeline", "clean-threads", "clean-killed"];

pub(crate) fn measure(programs: &Programs, runs: usize, jobs: usize) -> Result<bool> {
    let next = AtomicUsize::new(0);
    let accused = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(run) = Some(next.fetch_add(1, Ordering::Relaxed)) {
                    if run >= runs {
                        return;
                    }
                    let kind = KINDS[run % KINDS.len()];
                    if let Some(told) = accuses(programs, kind)
                        && let Ok(mut accused) = accused.lock()
                    {
                        accused.push(format!("{kind}: {told}"));
                    }
                }
            });
        }
    });
    let accused = accused.into_inner()?;
    say(&format!("clean runs: {runs}, {jobs} at a time; accused: {}", accused.len()));
    accused.iter().take(3).for_each(|told| say(told));
    Ok(accused.is_empty())
}

/// What a strict supervisor without patience has to say against a program.
fn accuses(programs: &Programs, kind: &str) -> Option<String> {
    let output = Command::new(&programs.proctor)
        .args(["supervise", "--strict", "--grace", "0", "--"])
        .arg(&programs.leaky)
        .arg(kind)
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) if output.status.success() && output.stderr.is_empty() => None,
        Ok(output) => {
            Some(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
        }
        Err(error) => Some(error.to_string()),
    }
}
