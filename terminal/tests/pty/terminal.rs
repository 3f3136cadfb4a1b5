//! The properties of a terminal: size, environment, echo, answers, signals, and its whole output.

use std::process::Command;
use std::time::Duration;

use pretty_assertions::assert_eq;
use reaper::process::Exit;
use rustix::process::Signal;
use terminal::pty::{LINE_LIMIT, Pty, PtyError, Terminal};

use crate::interpreters::LONG;

fn sh(script: &str) -> Pty {
    Pty::spawn(Command::new("sh").args(["-c", script]), Terminal::default())
        .expect("sh in a terminal")
}

async fn all_of(pty: Pty) -> terminal::pty::Finished {
    assert!(pty.wait(LONG).await.is_some(), "it ends by itself: {}", pty.screen());
    pty.finish().await.clean().expect("nothing is left")
}

#[tokio::test]
async fn everything_from_the_first_byte_to_the_last_is_kept() {
    let script = "echo early; read x; echo \"got $x\"; printf 'last\\033[1m words'; exit 3";
    let mut pty = sh(script);
    pty.expect("early\n").await.unwrap();
    pty.send("a line\n").await.unwrap();
    let finished = all_of(pty).await;
    assert_eq!(finished.text, "early\na line\ngot a line\nlast words");
    assert_eq!(finished.raw, b"early\r\na line\r\ngot a line\r\nlast\x1b[1m words");
    assert_eq!(finished.exit, Some(Exit::Code(3)));
}

#[tokio::test]
async fn environment_is_clean_and_the_size_is_fixed() {
    let mut command = Command::new("sh");
    command.args(["-c", "env | sort; stty size"]).env("MINE", "1").env("LANG", "C");
    let terminal = Terminal { rows: 30, columns: 132, echo: true };
    let finished = all_of(Pty::spawn(&command, terminal).unwrap()).await;
    let names = finished.text.lines().filter_map(|line| line.split_once('='));
    let names: Vec<_> = names.filter(|(name, _)| *name != "_").collect();
    let sought = ["HOME", "LANG", "MINE", "PATH", "PROCTOR_TAG", "PWD", "SHELL", "TERM", "TZ"];
    assert_eq!(names.iter().map(|(name, _)| *name).collect::<Vec<_>>(), sought);
    assert!(names.contains(&("LANG", "C")) && names.contains(&("TERM", "xterm")));
    assert!(finished.text.ends_with("30 132\n"), "{}", finished.text);
}

#[tokio::test]
async fn program_learns_of_a_new_size() {
    let mut pty = sh("trap 'stty size' WINCH; echo ready; while :; do read x && exit; done");
    pty.expect("ready").await.unwrap();
    pty.resize(40, 100).unwrap();
    pty.expect("40 100").await.unwrap();
    pty.send("\n").await.unwrap();
    all_of(pty).await;
}

#[tokio::test]
async fn cursor_query_is_answered_with_where_the_cursor_is() {
    let script = "stty raw -echo; printf 'abc\\033[6n'; dd bs=1 count=6 2>/dev/null | od -An -c";
    let finished = all_of(sh(script)).await;
    let answer: String = finished.text.split_whitespace().collect();
    assert_eq!(answer, "abc033[1;4R");
}

#[tokio::test]
async fn keys_and_signals_reach_the_foreground() {
    let mut pty =
        sh("trap 'echo int' INT; trap 'echo usr1' USR1; echo ready; while :; do read x; done");
    pty.expect("ready").await.unwrap();
    pty.send("\x03").await.unwrap();
    pty.expect("int").await.unwrap();
    assert!(pty.signal(Signal::USR1));
    pty.expect("usr1").await.unwrap();
    let finished = pty.finish().await.clean().unwrap();
    assert_eq!(finished.exit, Some(Exit::Signal(Signal::HUP.as_raw())), "the terminal was hung up");
}

#[tokio::test]
async fn without_echo_only_the_program_is_seen() {
    let terminal = Terminal { echo: false, ..Terminal::default() };
    let mut pty =
        Pty::spawn(Command::new("sh").args(["-c", "echo go; read x; echo $x$x"]), terminal)
            .unwrap();
    pty.expect("go\n").await.unwrap();
    pty.send("hidden\n").await.unwrap();
    assert_eq!(all_of(pty).await.text, "go\nhiddenhidden\n");
}

#[tokio::test]
async fn line_that_the_terminal_would_cut_is_refused_and_the_longest_is_taken() {
    let mut pty = sh("while read x; do echo ${#x}; done");
    let error = pty.send(format!("short\n{}\n", "x".repeat(LINE_LIMIT + 1))).await.unwrap_err();
    assert!(matches!(error, PtyError::LineTooLong { line: 2, length: 4096 }), "{error}");
    pty.send(format!("{}\n", "y".repeat(LINE_LIMIT))).await.unwrap();
    pty.expect("4095\n").await.unwrap();
    assert!(!pty.text().contains("short"), "nothing of what was refused was typed");
    pty.finish().await.clean().unwrap();
}

#[tokio::test]
async fn long_line_is_taken_whole_by_a_program_that_reads_keys() {
    let size = 300_000;
    let mut pty = sh(&format!("stty raw -echo; echo ready; head -c {size} | wc -c"));
    pty.expect("ready").await.unwrap();
    pty.send("x".repeat(size)).await.unwrap();
    pty.expect("300000").await.unwrap();
    all_of(pty).await;
}

#[tokio::test]
async fn last_words_of_a_program_that_ends_at_once_are_kept() {
    for _ in 0..50 {
        let finished =
            all_of(sh("i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done")).await;
        assert_eq!(finished.text.lines().count(), 200);
        assert!(finished.text.ends_with("line 199\n"));
    }
}

#[tokio::test]
async fn program_that_is_not_there_is_said() {
    let error = Pty::spawn(&Command::new("/nowhere/program"), Terminal::default()).unwrap_err();
    assert!(matches!(error, PtyError::Start(_)), "{error:?}");
    let mut command = Command::new("sh");
    let error = Pty::spawn(command.current_dir("/nowhere"), Terminal::default()).unwrap_err();
    assert_eq!(error.to_string(), "no working directory /nowhere");
    let error = Pty::spawn(&Command::new("no-such-program"), Terminal::default()).unwrap_err();
    assert!(error.to_string().starts_with("no executable no-such-program in "), "{error}");
}

#[test]
fn dropped_program_is_ended_without_a_runtime() {
    let mut pty = sh("trap '' HUP TERM; while :; do read x; done");
    let pid = pty.pid();
    let moment = Duration::from_millis(50);
    pty.set_ladder(reaper::process::Ladder { eof: moment, term: moment, ..Default::default() });
    drop(pty);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}
