//! A killed run leaves no process behind either.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reaper::guardian::{Guardian, GuardianError, main, tidy};
use reaper::process::{Ladder, take_undelivered_of};

use crate::alone::{alone, as_role, role};
use crate::subject::{LONG, Subject, ends_within, runtime};

fn helper(test: &str) -> Command {
    as_role("guardian", test)
}

/// The processes of a killed run.
const SUBJECTS: [&str; 4] = [
    "trap '' TERM HUP INT; echo $$; while :; do sleep 1000; done",
    "setsid sleep 1000 & echo $!; cat",
    "(setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!); exec sleep 1000",
    "(env -i setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!); exec sleep 1000",
];

#[test]
fn killed_run_leaves_nothing() {
    const NAME: &str = "guardian::killed_run_leaves_nothing";
    match role().as_deref() {
        Some("guardian") => {
            std::process::exit(i32::from(main() != std::process::ExitCode::SUCCESS))
        }
        Some(_) => run_until_killed(NAME),
        None => {}
    }
    let homes = tempfile::tempdir().unwrap();
    let mut run =
        as_role("run", NAME).env("TMPDIR", homes.path()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(run.stdout.take().unwrap()).lines().map(Result::unwrap);
    // A line of the test runner may come before the first.
    let pids = lines.filter_map(|line| line.strip_prefix("left ").map(|pid| pid.parse().unwrap()));
    let pids: Vec<u32> = pids.take(1 + 2 * SUBJECTS.len()).collect();
    run.kill().unwrap();
    run.wait().unwrap();
    let deadline = Instant::now() + LONG;
    for pid in pids {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(ends_within(pid, left), "{pid} was left");
    }
    // The guardian is among them, and removes the homes before it ends.
    let left: Vec<_> = std::fs::read_dir(homes.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Starts everything, prints the pids, and is killed.
fn run_until_killed(name: &str) {
    let runtime = runtime();
    runtime.block_on(async {
        // One subject is running before the guardian is.
        let mut subjects = vec![Subject::start("early", SUBJECTS[0])];
        let guardian = Guardian::start(helper(name)).unwrap();
        let home = tempfile::Builder::new().prefix("proctor-").tempdir().unwrap();
        tidy(home.path());
        tell(guardian.pid());
        subjects.extend(SUBJECTS[1..].iter().map(|script| Subject::start("late", script)));
        for subject in &mut subjects {
            tell(subject.process.pid());
            tell(subject.number().await);
        }
        subjects[0].process.wait(LONG).await;
    });
    panic!("not killed");
}

fn tell(pid: u32) {
    // Otherwise the test runner's own output would share the line.
    std::io::stdout().write_all(format!("\nleft {pid}\n").as_bytes()).unwrap();
}

#[test]
fn guardian_ends_with_a_run_that_ends_well() {
    const NAME: &str = "guardian::guardian_ends_with_a_run_that_ends_well";
    if role().as_deref() == Some("guardian") {
        std::process::exit(i32::from(main() != std::process::ExitCode::SUCCESS));
    }
    alone(NAME, || {
        let runtime = runtime();
        let guardian = Guardian::start(helper(NAME)).unwrap();
        assert!(matches!(Guardian::start(helper(NAME)), Err(GuardianError::AlreadyRunning)));
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", guardian.pid())).unwrap();
        let session = stat.rsplit_once(") ").unwrap().1.split(' ').nth(3).unwrap();
        assert_eq!(session, guardian.pid().to_string(), "out of reach of a terminal");
        for fd in 1..3 {
            let held = std::fs::read_link(format!("/proc/{}/fd/{fd}", guardian.pid())).unwrap();
            assert_eq!(held.display().to_string(), "/dev/null");
        }
        runtime.block_on(async {
            let mut subject = Subject::start("guarded", "cat");
            assert!(subject.shutdown(&Ladder::default()).await.is_clean());
        });
        let pid = guardian.pid();
        let since = Instant::now();
        drop(guardian);
        assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
        assert!(!crate::subject::exists(pid), "ended and reaped");
        assert!(take_undelivered_of(|_| true).is_empty());
        let again = Guardian::start(helper(NAME)).unwrap();
        assert_ne!(again.pid(), pid);
    });
}

#[test]
fn a_command_that_is_no_guardian_is_rejected() {
    alone("guardian::a_command_that_is_no_guardian_is_rejected", || {
        let error = Guardian::start(Command::new("true")).map(drop).unwrap_err();
        assert!(matches!(error, GuardianError::NotReady), "{error}");
        let error = Guardian::start(Command::new("/no/such/program")).map(drop).unwrap_err();
        assert!(matches!(error, GuardianError::Start(_)), "{error}");
    });
}
