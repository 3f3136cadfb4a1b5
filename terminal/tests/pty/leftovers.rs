//! Processes that a program in a terminal leaves behind are found, reported with their descriptors,
//! and ended.

use std::process::Command;
use std::time::Duration;

use reaper::leak::Stream;
use reaper::process::{EndedBy, Exit, Ladder};
use terminal::pty::{Pty, Terminal};
use terminal::repl::Profile;

use crate::interpreters::{LONG, start};

/// Prints that it has started once only SIGKILL can end it, and waits for ever.
const STAYS: &str = "trap '' HUP; mkfifo ~/fifo; echo started; read y <~/fifo";

fn sh(script: &str) -> Pty {
    Pty::spawn(Command::new("sh").args(["-c", script]), Terminal::default())
        .expect("sh in a terminal")
}

#[tokio::test]
async fn grandchild_that_keeps_the_terminal_is_evidence() {
    let mut pty = sh(&format!("({STAYS}) & read x"));
    pty.expect("started").await.unwrap();
    pty.send("\n").await.unwrap();
    assert_eq!(pty.wait(LONG).await, Some(Exit::Code(0)));
    let left = pty.finish().await.clean().unwrap_err();
    let [survivor] = left.0.survivors.as_slice() else { panic!("{left}") };
    assert!(survivor.command.contains("sh -c"), "{survivor}");
    assert!(survivor.how.contains("in the subject's session"), "{survivor}");
    let held = survivor.holds.iter().filter(|held| held.stream == Some(Stream::Terminal)).count();
    assert!(held >= 2, "stdout and stderr at least: {survivor}");
    assert!(survivor.is_gone(), "it was ended nevertheless");
}

#[tokio::test]
async fn daemon_in_a_session_of_its_own_is_found() {
    let mut pty = sh(&format!("setsid sh -c {STAYS:?} & read x"));
    pty.expect("started").await.unwrap();
    let finished = pty.finish().await;
    let left = finished.clean().unwrap_err();
    assert_eq!(left.0.survivors.len(), 1, "{left}");
    assert!(left.to_string().contains("in a session of its own"), "{left}");
}

#[tokio::test]
async fn stubborn_program_is_killed_within_the_bound() {
    let mut pty = sh("trap '' HUP TERM INT; echo ready; while :; do read x; done");
    pty.expect("ready").await.unwrap();
    let moment = Duration::from_millis(100);
    pty.set_ladder(Ladder { eof: moment, term: moment, ..Ladder::default() });
    let finished = pty.finish().await;
    assert_eq!((finished.report.ended_by, finished.exit), (EndedBy::Kill, Some(Exit::Signal(9))));
    finished.clean().unwrap();
}

#[tokio::test]
async fn program_that_closes_its_terminal_and_runs_on_is_reported() {
    let mut pty = sh("exec sleep 300 <&- >&- 2>&-");
    let error = pty.expect_within("ready", LONG).await.unwrap_err();
    assert!(
        error.to_string().contains("it closed its terminal and runs on without one"),
        "{error}"
    );
    let finished = pty.finish().await.clean().unwrap();
    assert_eq!(finished.exit, Some(Exit::Signal(1)));
}

#[tokio::test]
async fn job_of_a_shell_outlives_it_and_is_reported() {
    let mut repl = start(&Profile::bash()).await;
    repl.begin(&format!("({STAYS}) & disown")).await.unwrap();
    repl.pty().expect("started").await.unwrap();
    repl.output().await.unwrap();
    let left = repl.end().await.clean().unwrap_err();
    assert_eq!(left.0.survivors.len(), 1, "{left}");
}

#[test]
fn test_that_forgets_to_look_fails() {
    let forgotten = std::panic::catch_unwind(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut pty = sh(&format!("setsid sh -c {STAYS:?} & read x"));
        runtime.block_on(pty.expect("started")).unwrap();
        drop(pty);
    });
    let said = forgotten.unwrap_err();
    let said = said.downcast_ref::<String>().unwrap();
    assert!(said.contains("was not ended cleanly") && said.contains("sh -c"), "{said}");
}
