//! Processes that a hasty look takes for no leak at all: whoever looks, and wherever.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reaper::guard::Guarded;
use reaper::leak::{Fate, State};

use crate::stage::{Stage, User, leaky, streams};

/// Half of the time that a holder would keep the pipes open if it were not ended.
const SOON: Duration = Duration::from_secs(30);

/// A kind that every user is told of, with both streams.
fn told(kind: &str, look: impl Fn(&reaper::leak::Leak, &str)) {
    for user in User::all() {
        let ran = Stage::new().leave_as(&user, &[], &[kind]);
        let leak = ran.only_leak();
        assert_eq!(leak.fate, Fate::Killed, "{}", user.name);
        look(leak, &ran.stderr());
    }
}

#[test]
fn process_whose_first_thread_has_ended_is_alive() {
    told("headless", |leak, told| {
        assert_eq!(streams(leak), ["1 stdout", "2 stderr"], "{told}");
        assert!(leak.command.ends_with("leaky __headless"), "{told}");
        assert_ne!(leak.state, State::Zombie, "{told}");
    });
}

#[test]
fn descriptors_of_every_thread_count() {
    told("unshared", |leak, told| {
        let held = streams(leak);
        assert!(held.contains(&"1 stdout".to_owned()), "{told}");
        assert!(held.contains(&"2 stderr".to_owned()), "{told}");
    });
}

#[test]
fn process_that_may_not_be_looked_into_is_not_said_to_hold_nothing() {
    for user in User::all() {
        let ran = Stage::new().leave_as(&user, &[], &["secret"]);
        let (leak, told) = (ran.only_leak(), ran.stderr());
        // Root may look into everything.
        let seen = streams(leak) == ["1 stdout", "2 stderr"];
        let said = told.contains("unread   its descriptors cannot be read");
        assert_eq!(seen, !said, "{}: {told}", user.name);
        assert!(!told.contains("none of the command's streams"), "{}: {told}", user.name);
    }
}

#[test]
fn process_with_the_name_of_another_is_told_by_its_program() {
    told("disguised:[kworker/u9:1]", |leak, told| {
        assert_eq!(leak.command, "[kworker/u9:1] __hold");
        let program = leaky().canonicalize().unwrap();
        assert_eq!(leak.program.as_deref(), program.to_str(), "{told}");
        assert!(told.contains(&format!("program  {}", program.display())), "{told}");
    });
}

#[test]
fn chain_of_forks_is_overtaken() {
    for user in User::all() {
        for kind in ["links:20:0", "links:2000:0", "links:2000:100", "links:500:500"] {
            let began = Instant::now();
            let ran = Stage::new().leave_as(&user, &[], &[kind]);
            let told = ran.stderr();
            let place = format!("{kind} {}: {told}", user.name);
            assert!(began.elapsed() < SOON, "the pipes were held: {place}");
            assert_eq!(ran.output.status.code(), Some(1), "{place}");
            assert_eq!(ran.report.doubts, Vec::<String>::new(), "{place}");
            assert!(ran.report.leaks.iter().any(|leak| leak.fate == Fate::Killed), "{place}");
            assert!(told.len() <= 4096, "{} bytes: {place}", told.len());
        }
    }
}

#[test]
fn guarded_chain_of_forks_is_overtaken() {
    for kind in ["links:20:0", "links:2000:0", "links:2000:100", "links:500:500"] {
        let mut command = Command::new(leaky());
        command.arg(kind).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut guarded = Guarded::spawn(&mut command).unwrap();
        guarded.set_ladder(reaper::process::Ladder {
            eof: SOON,
            ..reaper::process::Ladder::default()
        });
        let left = guarded.end().expect_err(kind);
        assert!(left.to_string().contains("leaky"), "{kind}: {left}");
        assert_eq!(left.0.doubts, Vec::<String>::new(), "{kind}");
    }
}
