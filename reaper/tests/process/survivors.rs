//! Descendants that outlive their subject are found, described and ended, however they left it.

use std::fs;
use std::path::Path;

use reaper::leak::Leak;
use reaper::process::{EndedBy, Exit, Ladder, ShutdownReport};
use tokio::io::AsyncWriteExt;

use crate::subject::{LONG, PATIENT, Subject, ends_within, exists, only_survivor, runtime};

/// Starts a subject that starts a process, prints its pid, and ends with its input; returns the pid
/// and the report.
fn leave_behind(script: &str) -> (u32, ShutdownReport) {
    runtime().block_on(async {
        let script = format!("{script}\necho ready; cat; exit 0");
        let mut subject = Subject::start("parent", &script);
        // The script's own wait is over when it is ready; the process may take longer.
        let lines = [subject.line().await, subject.line().await];
        let left = lines.iter().find(|line| *line != "ready").unwrap().parse().unwrap();
        let report = subject.shutdown(&PATIENT).await;
        assert_eq!((report.ended_by, report.exit), (EndedBy::Eof, Some(Exit::Code(0))));
        assert!(!exists(left), "ended and reaped");
        (left, report)
    })
}

/// The descriptors of a survivor, except those that the whole test inherits from its parent.
fn holds(survivor: &Leak) -> Vec<String> {
    let holds = survivor.holds("the subject").into_iter();
    holds.filter(|held| !held.contains("our own descriptor")).collect()
}

#[test]
fn child_in_the_group_of_the_subject() {
    let (left, report) = leave_behind("sh -c 'echo $$; kill -STOP $$' &");
    let survivor = only_survivor(&report);
    assert_eq!((survivor.pid, survivor.pgid), (left, report.pid));
    assert_eq!(survivor.command, "sh -c echo $$; kill -STOP $$");
    let parents: Vec<_> =
        survivor.parents.iter().map(|one| (one.pid, one.command.as_str())).collect();
    assert_eq!(parents, [(report.pid, "sh")]);
    assert!(survivor.how.starts_with("child of the subject, in the subject's process group;"));
    assert!(survivor.is_gone());
}

#[test]
fn child_in_a_session_of_its_own() {
    let (left, report) = leave_behind("setsid sh -c 'echo $$; exec sleep 1000' &");
    let survivor = only_survivor(&report);
    assert_eq!((survivor.pid, survivor.pgid, survivor.sid), (left, left, left));
    assert!(survivor.how.starts_with("child of the subject, in a session of its own (setsid);"));
}

#[test]
fn grandchild_is_reported_with_its_parents() {
    let script = "sh -c 'trap \"\" HUP; sleep 1000 & echo $!; wait' &";
    let (left, report) = leave_behind(script);
    assert_eq!(report.survivors.len(), 2, "the shell between them outlives the subject too");
    let survivor = report.survivors.iter().find(|survivor| survivor.pid == left).unwrap();
    let between = report.survivors.iter().find(|survivor| survivor.pid != left).unwrap();
    let parents: Vec<_> = survivor.parents.iter().map(|parent| parent.pid).collect();
    assert_eq!(parents, [between.pid, report.pid]);
    let way = format!("descendant of the subject by way of sh ({})", between.pid);
    assert!(survivor.how.starts_with(&way), "{}", survivor.how);
}

/// A script that starts a daemon through `start` and prints its pid once it runs; the daemon never
/// had the subject's pipes.
fn daemon(start: &str, folder: &Path) -> String {
    let file = folder.join("pid");
    let file = file.display();
    format!(
        "{start} sh -c 'echo $$ >{file}; exec sleep 1000' </dev/null >/dev/null 2>&1
        until [ -s {file} ]; do :; done; cat {file}"
    )
}

#[test]
fn daemon_that_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (left, report) = leave_behind(&daemon("setsid -f", folder.path()));
    let survivor = only_survivor(&report);
    assert_eq!((survivor.pid, survivor.sid), (left, left));
    assert_eq!(holds(survivor), Vec::<String>::new());
    assert!(survivor.how.starts_with("orphaned before it was first seen, in a session of its own"));
}

#[test]
fn daemon_with_a_cleared_environment() {
    let folder = tempfile::tempdir().unwrap();
    let (left, report) = leave_behind(&daemon("setsid -f env -i", folder.path()));
    let survivor = only_survivor(&report);
    assert_eq!((survivor.pid, survivor.sid), (left, left));
    assert!(survivor.how.ends_with("it carries the subject's mark in its limits"));
}

#[test]
fn orphan_whose_parent_died_in_between() {
    let (left, report) = leave_behind("sh -c 'sh -c \"sleep 1000 & echo \\$!\"; :'");
    let survivor = only_survivor(&report);
    assert_eq!((survivor.pid, survivor.pgid), (left, report.pid));
    assert!(survivor.parents.is_empty(), "{:?}", survivor.parents);
}

#[test]
fn descriptors_show_whose_pipes_are_held() {
    let (_, report) = leave_behind("sleep 1000 3</etc/passwd & echo $!");
    let holds = holds(only_survivor(&report));
    let held = |fd: u32, end: &str| {
        holds
            .iter()
            .any(|held| held.starts_with(&format!("fd {fd} -> pipe:[")) && held.ends_with(end))
    };
    assert!(held(1, ", the subject's stdout") && held(2, ", the subject's stderr"), "{holds:?}");
    assert!(holds.iter().any(|held| held == "fd 3 -> /etc/passwd"), "{holds:?}");
    // A shell gives `/dev/null` as stdin to background processes; that does not count.
    assert_eq!(holds.len(), 3, "{holds:?}");
}

#[test]
fn stdin_of_the_subject_is_named_too() {
    let (_, report) = leave_behind("exec 4<&0; sleep 1000 & echo $!");
    let holds = only_survivor(&report).holds("the subject");
    assert!(
        holds.iter().any(|held| held.starts_with("fd 4") && held.ends_with("the subject's stdin"))
    );
}

#[test]
fn survivor_that_ignores_signals_is_killed() {
    let (_, report) =
        leave_behind("sh -c \"trap '' TERM HUP INT; echo \\$\\$; exec sleep 1000\" &");
    assert!(only_survivor(&report).is_gone());
}

#[test]
fn child_that_ends_just_after_the_subject_is_no_survivor() {
    let folder = tempfile::tempdir().unwrap();
    // The child sees the end of the fifo when the subject is gone, and then takes longer.
    let script = format!(
        "mkfifo {0}; (cat <{0}; sleep 0.02) & exec 3>{0}; echo ready; cat",
        folder.path().join("tie").display()
    );
    let report = runtime().block_on(async {
        let mut subject = Subject::start("tied", &script);
        assert_eq!(subject.line().await, "ready");
        subject.shutdown(&Ladder { settle: LONG, ..PATIENT }).await
    });
    assert!(report.is_clean(), "{report:?}");
    assert!(report.steps.last().unwrap().took.as_millis() >= 10, "it was awaited: {report:?}");
}

/// The report on a subject whose child works for this many hundredths of a second after the
/// subject's end.
fn at_work_for(hundredths: u32) -> ShutdownReport {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "now() {{ read up rest </proc/uptime; now=${{up%.*}}${{up#*.}}; }}
        mkfifo {0}
        (cat <{0}; now; end=$((now+{hundredths})); while [ $now -lt $end ]; do now; done) &
        exec 3>{0}; echo ready; cat",
        folder.path().join("tie").display()
    );
    runtime().block_on(async {
        let mut subject = Subject::start("at work", &script);
        assert_eq!(subject.line().await, "ready");
        subject.shutdown(&PATIENT).await
    })
}

#[test]
fn child_that_is_at_work_gets_its_time() {
    let twice = 2 * u32::try_from(PATIENT.settle.as_millis()).unwrap() / 10;
    let report = at_work_for(twice);
    assert!(report.is_clean(), "{report:?}");
    assert!(report.steps.last().unwrap().took > PATIENT.settle, "it was awaited: {report:?}");
}

#[test]
fn child_that_works_without_end_is_a_survivor() {
    assert!(only_survivor(&at_work_for(1_000_000)).is_gone());
}

#[test]
fn zombie_is_no_survivor() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("end");
    let script = format!("mkfifo {0}; sh -c 'read line' <{0} & echo $!; exec cat", fifo.display());
    let report = runtime().block_on(async {
        let mut subject = Subject::start("careless", &script);
        let child = subject.number().await;
        // The shell would reap it; `cat`, which has replaced the shell once it answers, does not.
        subject.stdin.as_mut().unwrap().write_all(b"here\n").await.unwrap();
        assert_eq!(subject.line().await, "here");
        fs::write(&fifo, "end\n").unwrap();
        assert!(ends_within(child, LONG) && exists(child), "a zombie");
        let report = subject.shutdown(&PATIENT).await;
        assert!(!exists(child), "reaped");
        report
    });
    assert!(report.is_clean(), "{report:?}");
}

#[test]
fn many_survivors_are_all_found() {
    let report = runtime().block_on(async {
        let script =
            "i=0; while [ $i -lt 30 ]; do (setsid sleep 1000 &); i=$((i+1)); done; echo ready; cat";
        let mut subject = Subject::start("fertile", script);
        assert_eq!(subject.line().await, "ready");
        subject.shutdown(&PATIENT).await
    });
    assert_eq!(report.survivors.len(), 30);
    assert!(report.survivors.iter().all(|survivor| survivor.is_gone() && !exists(survivor.pid)));
    assert_eq!(report.doubts, Vec::<String>::new());
}

#[test]
fn chain_that_forks_without_end_is_ended() {
    let report = runtime().block_on(async {
        let script = "setsid sh -c 'next() { (next) & }; echo ready; next' & cat";
        let mut subject = Subject::start("hopping", script);
        assert_eq!(subject.line().await, "ready");
        subject.shutdown(&Ladder { kill: LONG, ..Ladder::default() }).await
    });
    assert_eq!(report.doubts, Vec::<String>::new());
    assert!(report.survivors.iter().all(|survivor| survivor.is_gone()), "{report:?}");
}

#[test]
fn crash_of_the_subject_leaves_nothing_either() {
    runtime().block_on(async {
        let mut subject = Subject::start("crashed", "sleep 1000 & echo $!; kill -SEGV $$");
        let left = subject.number().await;
        assert_eq!(subject.process.wait(LONG).await, Some(Exit::Signal(11)));
        let report = subject.shutdown(&PATIENT).await;
        assert_eq!(report.ended_by, EndedBy::Itself);
        assert_eq!(only_survivor(&report).pid, left);
        assert!(!exists(left));
    });
}
