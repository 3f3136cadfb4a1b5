//! Many subjects at once: each gets its own survivors, and this process accumulates nothing.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::time::Instant;

use reaper::process::{Launch, audit, spare};
use rustix::process::getpgrp;

use crate::alone::alone;
use crate::subject::{LONG, PATIENT, Subject, ends_within, exists, launch, only_survivor, runtime};

const DAEMON: &str = "(env -i setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!); cat";

#[test]
fn survivors_are_reported_for_the_right_subject() {
    const THREADS: usize = 20;
    let all_running = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for index in 0..THREADS {
            let all_running = &all_running;
            scope.spawn(move || {
                let label = format!("one of many {index}");
                runtime().block_on(async {
                    let mut subject = Subject::start(&label, DAEMON);
                    let daemon = subject.number().await;
                    all_running.wait();
                    let report = subject.shutdown(&PATIENT).await;
                    assert_eq!(only_survivor(&report).pid, daemon);
                    assert_eq!(report.label, label);
                    assert!(!exists(daemon));
                });
            });
        }
    });
}

#[test]
fn clean_subjects_are_not_blamed_for_their_neighbours() {
    runtime().block_on(async {
        let mut messy = Subject::start("messy", DAEMON);
        let daemon = messy.number().await;
        let mut tidy = Subject::start("tidy neighbour", "cat");
        let report = tidy.shutdown(&PATIENT).await;
        assert!(report.is_clean(), "{report:?}");
        assert!(exists(daemon), "it belongs to a subject that is still running");
        assert_eq!(only_survivor(&messy.shutdown(&PATIENT).await).pid, daemon);
    });
}

#[test]
fn nothing_adds_up() {
    alone("parallel::nothing_adds_up", || {
        let runtime = runtime();
        let quiet = launch("cycle", "echo words >&2; cat");
        let cycle = |launch: &Launch| {
            let (mut process, stdin, stdout) = reaper::process::Process::spawn(launch).unwrap();
            drop(stdout);
            (process.pid(), async move { process.shutdown(Some(stdin), &PATIENT).await })
        };
        let run = |rounds: usize| {
            runtime.block_on(async {
                for _ in 0..rounds {
                    let (pid, shutdown) = cycle(&quiet);
                    assert!(shutdown.await.is_clean());
                    assert!(!exists(pid));
                }
            });
        };
        run(1);
        let before = fs::read_dir("/proc/self/fd").unwrap().count();
        run(200);
        // The thread that reads stderr closes the last pipes when it runs.
        let deadline = Instant::now() + LONG;
        let after = loop {
            let after = fs::read_dir("/proc/self/fd").unwrap().count();
            if after <= before || Instant::now() >= deadline {
                break after;
            }
            std::thread::yield_now();
        };
        assert!(after <= before, "{before} descriptors before, {after} after");
        assert_eq!(our_children(), Vec::<String>::new(), "no zombies");
    });
}

#[test]
fn audit_finds_left_over_processes_and_spares_running_subjects() {
    alone("parallel::audit_finds_left_over_processes_and_spares_running_subjects", || {
        let runtime = runtime();
        let _guard = runtime.enter();
        let mut subject = Subject::start("running", DAEMON);
        let daemon = runtime.block_on(subject.number());
        let found = audit();
        assert!(found.is_clean(), "{found:?}");
        assert!(exists(daemon) && subject.process.exit().is_none());
        assert_eq!(only_survivor(&runtime.block_on(subject.shutdown(&PATIENT))).pid, daemon);
        assert!(audit().is_clean());
        assert_eq!(our_children(), Vec::<String>::new());
    });
}

#[test]
fn children_that_others_start_are_left_alone() {
    alone("parallel::children_that_others_start_are_left_alone", || {
        let start = |program: &str, group: i32| {
            let mut command = Command::new(program);
            command
                .process_group(group)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        };
        let mut running = start("cat", getpgrp().as_raw_nonzero().get());
        let mut spared = spare(|| start("cat", 0), |child| Some(child.id()));
        let mut ended = start("true", getpgrp().as_raw_nonzero().get());
        assert!(ends_within(ended.id(), LONG));
        runtime().block_on(async {
            let mut subject = Subject::start("among others", DAEMON);
            let daemon = subject.number().await;
            assert_eq!(only_survivor(&subject.shutdown(&PATIENT).await).pid, daemon);
        });
        assert!(audit().is_clean());
        assert!(ended.wait().unwrap().success(), "its exit was not stolen");
        for child in [&mut running, &mut spared] {
            assert!(child.try_wait().unwrap().is_none(), "it runs on");
            drop(child.stdin.take());
            assert!(child.wait().unwrap().success());
        }
    });
}

fn our_children() -> Vec<String> {
    let mut children = Vec::new();
    for thread in fs::read_dir("/proc/self/task").unwrap() {
        let list = fs::read_to_string(thread.unwrap().path().join("children")).unwrap();
        children.extend(list.split_ascii_whitespace().map(str::to_owned));
    }
    children
}
