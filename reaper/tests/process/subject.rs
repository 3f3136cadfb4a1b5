//! A shell script as the subject, and helpers of the tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reaper::leak::Leak;
use reaper::process::{Ladder, Launch, Process, ShutdownReport, Stdout};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::ChildStdin;
use tokio::runtime::Runtime;

/// Longer than anything takes.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// A ladder with short first steps, for subjects that are known to ignore them.
pub(crate) const IMPATIENT: Ladder = Ladder {
    eof: Duration::from_millis(20),
    busy: Duration::ZERO,
    term: Duration::from_millis(20),
    kill: LONG,
    settle: Duration::from_millis(10),
};

/// A ladder that never takes the next step: the awaited event happens, or the test fails.
pub(crate) const PATIENT: Ladder = Ladder {
    eof: LONG,
    busy: Duration::ZERO,
    term: LONG,
    kill: LONG,
    settle: Duration::from_millis(200),
};

pub(crate) struct Subject {
    pub(crate) process: Process,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) lines: Lines<BufReader<Stdout>>,
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn launch(label: &str, script: &str) -> Launch {
    Launch {
        program: "sh".into(),
        args: vec!["-c".into(), script.into()],
        env: BTreeMap::from([("PATH".into(), "/usr/bin:/bin".into())]),
        cwd: std::env::temp_dir(),
        stderr_cap: 1024,
        label: label.to_owned(),
    }
}

impl Subject {
    pub(crate) fn start(label: &str, script: &str) -> Self {
        Self::of(&launch(label, script))
    }

    pub(crate) fn of(launch: &Launch) -> Self {
        let (process, stdin, stdout) = Process::spawn(launch).unwrap();
        Self { process, stdin: Some(stdin), lines: BufReader::new(stdout).lines() }
    }

    /// The next line that it prints.
    pub(crate) async fn line(&mut self) -> String {
        let line = tokio::time::timeout(LONG, self.lines.next_line()).await;
        line.expect("a line in time").unwrap().expect("a line before the end")
    }

    /// The next line, which is a process id.
    pub(crate) async fn number(&mut self) -> u32 {
        self.line().await.parse().unwrap()
    }

    pub(crate) async fn shutdown(&mut self, ladder: &Ladder) -> ShutdownReport {
        let stdin = self.stdin.take();
        self.process.shutdown(stdin, ladder).await
    }
}

/// The only survivor in a report without doubts.
pub(crate) fn only_survivor(report: &ShutdownReport) -> &Leak {
    assert_eq!(report.doubts, Vec::<String>::new());
    match report.survivors.as_slice() {
        [survivor] => survivor,
        survivors => panic!("{} survivors: {survivors:#?}", survivors.len()),
    }
}

pub(crate) fn exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Waits until a process has ended, reaped or not; returns whether it ended within `within`.
pub(crate) fn ends_within(pid: u32, within: Duration) -> bool {
    let Ok(pidfd) = pidfd_open(to_pid(pid), PidfdFlags::empty()) else { return true };
    let timeout =
        Timespec { tv_sec: within.as_secs() as i64, tv_nsec: within.subsec_nanos().into() };
    poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], Some(&timeout)).unwrap() == 1
}

pub(crate) fn to_pid(pid: u32) -> Pid {
    Pid::from_raw(pid as i32).unwrap()
}
