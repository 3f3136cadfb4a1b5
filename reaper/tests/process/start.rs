//! A process is started in an environment of its own, or the error says why not.

use std::fs;
use std::path::PathBuf;

use reaper::process::{Finding, Mechanism, Process, SpawnError, Waiting, tag_prefix};

use crate::subject::{PATIENT, Subject, launch, runtime};

#[test]
fn environment_is_the_one_of_the_launch() {
    runtime().block_on(async {
        let mut launch = launch("environment", "env | sort; echo end; cat");
        launch.env.insert("A".into(), "b".into());
        let mut subject = Subject::of(&launch);
        let mut lines = Vec::new();
        loop {
            match subject.line().await.as_str() {
                "end" => break,
                // The shell adds this variable.
                line if line.starts_with("PWD=") => {}
                line => lines.push(line.to_owned()),
            }
        }
        let tag = format!("PROCTOR_TAG={}", subject.process.tag());
        assert_eq!(lines, ["A=b".to_owned(), "PATH=/usr/bin:/bin".to_owned(), tag]);
        assert!(subject.process.tag().starts_with(tag_prefix()));
        assert!(subject.shutdown(&PATIENT).await.is_clean());
    });
}

#[test]
fn subject_leads_a_group_and_starts_in_its_directory() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    runtime().block_on(async {
        let mut launch = launch("place", "pwd; cut -d' ' -f1,5 /proc/$$/stat; cat");
        launch.cwd = folder.clone();
        let mut subject = Subject::of(&launch);
        assert_eq!(subject.line().await, folder.display().to_string());
        let pid = subject.process.pid();
        assert_eq!(subject.line().await, format!("{pid} {pid}"));
    });
}

#[test]
fn a_failed_start_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "no program").unwrap();
    runtime().block_on(async {
        let mut bad = launch("bad", "");
        bad.program = "no-such-program".into();
        let error = Process::spawn(&bad).map(drop).unwrap_err();
        assert_eq!(error.to_string(), "no executable no-such-program in `/usr/bin:/bin`");

        bad.program = text.clone();
        let error = Process::spawn(&bad).map(drop).unwrap_err();
        assert!(matches!(error, SpawnError::Refused { program, .. } if program == text));

        let mut lost = launch("lost", "");
        lost.cwd = PathBuf::from("/no/such/place");
        let error = Process::spawn(&lost).map(drop).unwrap_err();
        assert_eq!(error.to_string(), "no working directory /no/such/place");
    });
    let error = Process::spawn(&launch("early", "")).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "no runtime to start sh in");
}

#[test]
fn linux_has_the_best_means() {
    let best = Mechanism { waiting: Waiting::Pidfd, finding: Finding::Subreaper };
    assert_eq!(Mechanism::in_force(), best);
    assert_eq!(best.to_string(), "pidfd; subreaper and children lists");
}
