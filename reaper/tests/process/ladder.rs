//! The steps of a shutdown, each with a subject that needs it.

use std::time::Duration;

use reaper::process::{EndedBy, Exit, Ladder, Rung, take_undelivered_of};
use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};

use crate::subject::{IMPATIENT, LONG, PATIENT, Subject, ends_within, exists, runtime, to_pid};

fn rungs(report: &reaper::process::ShutdownReport) -> Vec<Rung> {
    report.steps.iter().map(|step| step.rung).collect()
}

#[test]
fn subject_that_ends_with_its_input_is_not_signalled() {
    runtime().block_on(async {
        let mut subject = Subject::start("polite", "echo ready; cat; exit 3");
        assert_eq!(subject.line().await, "ready");
        assert_eq!(subject.process.exit(), None);
        let report = subject.shutdown(&PATIENT).await;
        assert_eq!((report.ended_by, report.exit), (EndedBy::Eof, Some(Exit::Code(3))));
        assert_eq!(rungs(&report), [Rung::Look, Rung::Eof, Rung::Sweep]);
        assert!(report.is_clean(), "{report:?}");
        assert_eq!(report.label, "polite");
        assert!(!exists(report.pid), "reaped");
    });
}

#[test]
fn subject_that_ignores_the_end_of_its_input_is_terminated() {
    runtime().block_on(async {
        let mut subject = Subject::start("deaf", "echo ready; exec sleep 1000");
        assert_eq!(subject.line().await, "ready");
        let report = subject.shutdown(&Ladder { term: LONG, ..IMPATIENT }).await;
        assert_eq!((report.ended_by, report.exit), (EndedBy::Term, Some(Exit::Signal(15))));
        assert_eq!(rungs(&report), [Rung::Look, Rung::Eof, Rung::Term, Rung::Sweep]);
        assert!(report.is_clean(), "{report:?}");
    });
}

#[test]
fn subject_may_end_its_children_itself_when_terminated() {
    runtime().block_on(async {
        let script = "trap 'exit 7' TERM; sleep 1000 & echo $!; wait";
        let mut subject = Subject::start("tidy", script);
        let child = subject.number().await;
        let report = subject.shutdown(&Ladder { term: LONG, settle: LONG, ..IMPATIENT }).await;
        assert_eq!((report.ended_by, report.exit), (EndedBy::Term, Some(Exit::Code(7))));
        assert!(report.is_clean(), "{report:?}");
        assert!(!exists(child), "the child got the signal that its group got");
    });
}

#[test]
fn subject_that_ignores_everything_is_killed() {
    runtime().block_on(async {
        let script = "trap '' TERM; echo ready; while :; do sleep 1000; done";
        let mut subject = Subject::start("stubborn", script);
        assert_eq!(subject.line().await, "ready");
        let report = subject.shutdown(&Ladder { settle: LONG, ..IMPATIENT }).await;
        assert_eq!((report.ended_by, report.exit), (EndedBy::Kill, Some(Exit::Signal(9))));
        assert_eq!(rungs(&report), [Rung::Look, Rung::Eof, Rung::Term, Rung::Kill, Rung::Sweep]);
        assert!(report.is_clean(), "its `sleep` was killed with its group: {report:?}");
    });
}

#[test]
fn stopped_subject_acts_on_its_termination() {
    runtime().block_on(async {
        let mut subject = Subject::start("stopped", "echo ready; kill -STOP $$; cat");
        assert_eq!(subject.line().await, "ready");
        let pid = WaitId::Pid(to_pid(subject.process.pid()));
        waitid(pid, WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT).unwrap();
        let report = subject.shutdown(&Ladder { term: LONG, ..IMPATIENT }).await;
        assert_eq!((report.ended_by, report.exit), (EndedBy::Term, Some(Exit::Signal(15))));
    });
}

#[test]
fn subject_that_ended_before_keeps_its_exit() {
    runtime().block_on(async {
        for (script, exit) in [("exit 5", Exit::Code(5)), ("kill -9 $$", Exit::Signal(9))] {
            let mut subject = Subject::start("gone", script);
            assert_eq!(subject.process.wait(LONG).await, Some(exit));
            assert_eq!(subject.process.exit(), Some(exit));
            assert!(!subject.process.signal(Signal::TERM), "nobody is there to receive it");
            assert!(exists(subject.process.pid()), "its pid stays its own until it is shut down");
            let report = subject.shutdown(&PATIENT).await;
            assert_eq!((report.ended_by, report.exit), (EndedBy::Itself, Some(exit)));
            assert_eq!(rungs(&report), [Rung::Look, Rung::Sweep]);
            assert!(report.is_clean(), "{report:?}");
        }
    });
}

#[test]
fn waiting_ends_with_its_bound() {
    runtime().block_on(async {
        let mut subject = Subject::start("running", "cat");
        assert_eq!(subject.process.wait(Duration::from_millis(5)).await, None);
        assert!(subject.process.signal(Signal::KILL));
        assert_eq!(subject.process.wait(LONG).await, Some(Exit::Signal(9)));
    });
}

#[test]
fn drop_ends_a_subject_inside_a_runtime() {
    runtime().block_on(async {
        let mut subject = Subject::start("dropped inside", "echo ready; cat; exit 3");
        assert_eq!(subject.line().await, "ready");
        drop(subject.stdin.take());
        drop(subject);
    });
    let reports = take_undelivered_of(|report| report.label == "dropped inside");
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].ended_by, reports[0].exit), (EndedBy::Eof, Some(Exit::Code(3))));
    assert!(reports[0].is_clean() && !exists(reports[0].pid), "{reports:?}");
}

#[test]
fn drop_ends_a_subject_after_its_runtime() {
    let runtime = runtime();
    let mut subject = runtime.block_on(async {
        let script = "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done";
        Subject::start("dropped outside", script)
    });
    let child = runtime.block_on(subject.number());
    drop(runtime);
    subject.process.set_ladder(IMPATIENT);
    drop(subject);
    let reports = take_undelivered_of(|report| report.label == "dropped outside");
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].ended_by, reports[0].exit), (EndedBy::Kill, Some(Exit::Signal(9))));
    assert!(!exists(reports[0].pid) && ends_within(child, Duration::ZERO), "{reports:?}");
}

#[test]
fn drop_reads_the_output_of_a_blocked_subject() {
    let runtime = runtime();
    runtime.block_on(async {
        let script = "head -c 1000000 /dev/zero; cat; exit 4";
        let mut subject = Subject::start("talkative", script);
        drop(subject.stdin.take());
        // The reader, and with it the pipe, outlives the process, but never runs.
        let Subject { mut process, lines, .. } = subject;
        process.set_ladder(PATIENT);
        drop(process);
        drop(lines);
    });
    let reports = take_undelivered_of(|report| report.label == "talkative");
    assert_eq!((reports[0].ended_by, reports[0].exit), (EndedBy::Eof, Some(Exit::Code(4))));
}

#[test]
fn drop_goes_on_where_a_cancelled_shutdown_stopped() {
    runtime().block_on(async {
        let mut subject = Subject::start("cancelled", "echo ready; exec sleep 1000");
        assert_eq!(subject.line().await, "ready");
        let shutdown = subject.shutdown(&PATIENT);
        assert!(tokio::time::timeout(Duration::from_millis(5), shutdown).await.is_err());
        subject.process.set_ladder(IMPATIENT);
    });
    let reports = take_undelivered_of(|report| report.label == "cancelled");
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].exit, Some(Exit::Signal(15)));
    assert!(reports[0].is_clean(), "{reports:?}");
}

#[test]
fn report_is_given_once() {
    runtime().block_on(async {
        let mut subject = Subject::start("reported", "cat");
        let report = subject.shutdown(&PATIENT).await;
        assert_eq!(report.ended_by, EndedBy::Eof);
    });
    assert!(take_undelivered_of(|report| report.label == "reported").is_empty());
}
