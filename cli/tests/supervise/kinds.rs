//! Every way to leave a process behind is told: the right process, what it holds, how it came to
//! be.

use std::time::Duration;

use reaper::leak::{Class, Fate, State};
use reaper::supervise::Births;
use rustix::process::Pid;

use crate::stage::{Stage, exists, streams};

/// Which streams a kind holds, and whether it left the command's group.
fn told(kind: &str, held: &[&str], apart: bool) {
    let ran = Stage::new().leave(&[], &[kind]);
    let leak = ran.only_leak();
    assert_eq!(streams(leak), held);
    assert_eq!((leak.class, leak.fate), (Class::Descendant, Fate::Killed));
    assert!(!exists(leak.pid), "ended");
    assert!(leak.command.contains("leaky __"), "{}", leak.command);
    assert_eq!(leak.pgid != ran.report.pid, apart, "{leak:?}");
    let told = ran.stderr();
    assert!(told.contains(&format!("(pid {}, ", leak.pid)), "{told}");
    for stream in held {
        let (fd, name) = stream.split_once(' ').unwrap();
        assert!(told.contains(&format!("fd {fd} -> pipe:[")), "{told}");
        assert!(told.contains(&format!("the command's {name}")), "{told}");
    }
}

#[test]
fn holder_of_stdout() {
    told("stdout", &["1 stdout"], false);
}

#[test]
fn holder_of_stderr() {
    told("stderr", &["2 stderr"], false);
}

#[test]
fn holder_of_both() {
    told("both", &["1 stdout", "2 stderr"], false);
}

#[test]
fn holder_of_neither() {
    told("neither", &[], false);
}

#[test]
fn daemon() {
    told("daemon", &[], true);
}

#[test]
fn daemon_with_a_cleared_environment() {
    told("cleared", &[], true);
}

#[test]
fn chatty_holder() {
    told("chatty", &["1 stdout", "2 stderr"], false);
}

#[test]
fn holder_that_ignores_signals() {
    told("stubborn", &["1 stdout", "2 stderr"], false);
}

#[test]
fn holder_that_takes_longer_than_the_grace() {
    told("short:20000", &["1 stdout", "2 stderr"], false);
}

#[test]
fn holder_that_ends_within_the_grace_is_late_and_no_leak() {
    let moment = Duration::from_millis(50);
    let (ran, waited) = Stage::new().leave_and_end(&["--grace", "30s"], "both", moment);
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.stderr());
    assert_eq!((ran.report.leaks.len(), ran.stderr().as_str()), (0, ""));
    let [late] = ran.report.noted.as_slice() else { panic!("{:#?}", ran.report.noted) };
    assert_eq!(late.pid, ran.pids[0].1);
    // The command had ended before the holder was seen.
    let Fate::Ended(after) = late.fate else { panic!("{late:?}") };
    assert!(after >= waited, "{after:?} {waited:?}");
    for tail in [ran.report.tail.stdout, ran.report.tail.stderr] {
        assert!(tail.is_some_and(|tail| tail >= waited), "{tail:?} {waited:?}");
    }
}

#[test]
fn what_is_late_is_a_leak_if_one_is_strict() {
    let options = ["--strict", "--grace", "30s"];
    let (ran, _) = Stage::new().leave_and_end(&options, "both", Duration::ZERO);
    assert!(matches!(ran.only_leak().fate, Fate::Ended(_)), "{:?}", ran.report);
}

#[test]
fn zombie_is_told_as_one() {
    let ran = Stage::new().leave(&["--verbose"], &["zombie"]);
    assert_eq!(ran.output.status.code(), Some(0));
    let [zombie] = ran.report.noted.as_slice() else { panic!("{:#?}", ran.report) };
    assert_eq!((zombie.pid, zombie.class), (ran.pids[0].1, Class::Zombie));
    assert_eq!((zombie.state, zombie.fate), (State::Zombie, Fate::Reaped));
    assert!(zombie.how.starts_with("left unreaped by "), "{}", zombie.how);
    assert!(zombie.how.ends_with(&format!("({})", ran.report.pid)), "{}", zombie.how);
    assert!(ran.stderr().contains("no leak: zombie "), "{}", ran.stderr());
    let strict = Stage::new().leave(&["--strict"], &["zombie"]);
    assert_eq!(strict.only_leak().class, Class::Zombie);
}

#[test]
fn heavy_child_that_was_killed_and_not_waited_for_is_late() {
    let ran = Stage::new().leave(&["--grace", "0"], &["heavy"]);
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.stderr());
    // A quick machine may have buried it before the command itself ended: then it is a zombie.
    let [noted] = ran.report.noted.as_slice() else { panic!("{:#?}", ran.report) };
    assert_eq!(noted.pid, ran.pids[0].1);
    assert!(matches!(noted.fate, Fate::Dying(_) | Fate::Reaped), "{noted:?}");
}

#[test]
fn chain_whose_middle_died_at_once_is_told_with_its_parents() {
    let ran = Stage::new().leave(&[], &["chain:3"]);
    let leak = ran.only_leak();
    if ran.report.mechanism.births == Births::Connector {
        let pids: Vec<_> = leak.parents.iter().map(|parent| parent.pid).collect();
        assert_eq!((pids.len(), pids.last()), (4, Some(&ran.report.pid)));
        let names = leak.parents.iter().map(|parent| &parent.command);
        for (depth, name) in (1..=3).zip(names) {
            // The kernel tells who was born of whom, but not with which arguments: those of a
            // process that has ended before we had a turn are gone.
            let whole = name.ends_with(&format!("__chain {depth}"));
            assert!(
                whole || name == "[leaky]" || name.starts_with("(a program that ended"),
                "{name}"
            );
        }
    }
}

#[test]
fn without_the_connector_everything_is_found_and_the_means_are_told() {
    for kind in ["both", "daemon", "cleared", "chain:3"] {
        let ran = Stage::new().leave(&["--births", "sampling"], &[kind]);
        assert_eq!(ran.only_leak().fate, Fate::Killed);
        assert_eq!(ran.report.mechanism.births, Births::Sampling);
        assert!(ran.stderr().contains("seen by sampling"), "{}", ran.stderr());
    }
}

#[test]
fn several_at_once_are_all_told() {
    let kinds = ["stdout", "daemon", "cleared", "zombie", "chatty", "chain", "stubborn", "neither"];
    let ran = Stage::new().leave(&[], &kinds);
    assert_eq!(ran.output.status.code(), Some(1));
    let mut meant = ran.pids.clone();
    let (zombies, mut leaks): (Vec<_>, Vec<_>) =
        meant.drain(..).partition(|(kind, _)| kind == "zombie");
    leaks.sort_by_key(|(_, pid)| *pid);
    let mut found: Vec<_> = ran.report.leaks.iter().map(|leak| leak.pid).collect();
    found.sort_unstable();
    assert_eq!(found, leaks.iter().map(|(_, pid)| *pid).collect::<Vec<_>>());
    assert!(ran.report.noted.iter().any(|noted| noted.pid == zombies[0].1));
    assert!(ran.stderr().contains("7 processes were left"), "{}", ran.stderr());
}

#[test]
fn race_leaks_in_one_of_its_runs() {
    let stage = Stage::new();
    let kind = format!("race:7:4:{}", stage.path("count").display());
    let codes: Vec<_> =
        (0..8).map(|_| stage.leave(&[], &[&kind]).output.status.code().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 1).count(), 2, "{codes:?}");
    assert_eq!(codes[..4].iter().filter(|code| **code == 1).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| [0, 1].contains(code)), "{codes:?}");
}

#[test]
fn what_is_to_be_kept_is_kept() {
    let ran = Stage::new().leave_with(&["--keep", "--grace", "0"], &["neither"], |_| {});
    let leak = ran.only_leak();
    assert_eq!(leak.fate, Fate::Kept);
    assert!(exists(leak.pid));
    let pid = Pid::from_raw(i32::try_from(leak.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn process_tells_which_test_it_belongs_to() {
    let ran = Stage::new().leave_with(&[], &["stdout"], |supervise| {
        supervise.env("NEXTEST_ATTEMPT_ID", "run:crate$test").env("NEXTEST_TEST_NAME", "test");
    });
    let leak = ran.only_leak();
    assert_eq!(leak.tag.id.as_deref(), Some("run:crate$test"));
    assert_eq!(ran.report.attempt, leak.tag);
    assert!(ran.stderr().contains(", of run:crate$test"), "{}", ran.stderr());
}
