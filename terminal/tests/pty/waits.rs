//! Waits for text: in order, with a deadline, and with a message that shows the screen.

use std::process::Command;
use std::time::Duration;

use pretty_assertions::assert_eq;
use reaper::process::Exit;
use regex::Regex;
use terminal::pty::{Match, Pty, PtyError, Terminal};

fn sh(script: &str) -> Pty {
    Pty::spawn(Command::new("sh").args(["-c", script]), Terminal::default())
        .expect("sh in a terminal")
}

/// The message without the parts that differ from run to run.
fn masked(error: &PtyError) -> String {
    let text = error.to_string();
    let text =
        Regex::new(r"waited [^ ]+ for").expect("a pattern").replace(&text, "waited TIME for");
    Regex::new(r"pid \d+").expect("a pattern").replace(&text, "pid PID").into_owned()
}

#[tokio::test]
async fn each_match_begins_where_the_last_one_ended() {
    let mut pty = sh("echo one two one three");
    let first = pty.expect("one").await.unwrap();
    assert_eq!(first, Match { before: String::new(), text: "one".to_owned(), groups: vec![] });
    assert_eq!(pty.expect("one").await.unwrap().before, " two ");
    let last = pty.expect(Regex::new(r"(th)?(ree)(x)?\n").unwrap()).await.unwrap();
    assert_eq!((last.before.as_str(), last.text.as_str()), (" ", "three\n"));
    assert_eq!(last.groups, [Some("th".to_owned()), Some("ree".to_owned()), None]);
    pty.finish().await.clean().unwrap();
}

#[tokio::test]
async fn time_out_reports_the_awaited_text_and_the_screen() {
    let mut pty = sh("printf 'Pass\\rlogin: \\033[31mwho\\033[0m'; read x; echo; read y");
    pty.expect("who").await.unwrap();
    pty.send("me\n").await.unwrap();
    pty.expect("me\n\n").await.unwrap();
    let error = pty.expect_within("Welcome", Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(error, PtyError::TimedOut(_)), "{error:?}");
    let expected = "waited TIME for \"Welcome\"\n\
        \x20 program   sh (pid PID) is running\n\
        \x20 typed     \"me\\n\"\n\
        \x20 screen    24 lines of 80, cursor in line 3, column 1\n\
        \x20   | login: whome\n\
        \x20   | ";
    assert_eq!(masked(&error).trim_end(), expected.trim_end_matches("\n    | "));
    let error = pty.expect_within("login", Duration::from_millis(50)).await.unwrap_err();
    let hint =
        "note      it was shown before the last match, but the search begins after that match";
    assert!(error.to_string().contains(hint), "{error}");
    pty.finish().await.clean().unwrap();
}

#[tokio::test]
async fn program_that_ends_first_is_reported_with_its_last_output() {
    let mut pty = sh("echo 'cannot open display'; exit 7");
    let error = pty.expect("ready").await.unwrap_err();
    let PtyError::Ended(waiting) = &error else { panic!("{error:?}") };
    assert_eq!(waiting.exit, Some(Exit::Code(7)));
    let expected = "sh ended (exit code 7) before it showed \"ready\"\n\
        \x20 screen    24 lines of 80, cursor in line 2, column 1\n\
        \x20   | cannot open display";
    assert_eq!(error.to_string(), expected);
    let error = pty.send("more").await.unwrap_err();
    assert!(matches!(error, PtyError::Write(_)), "{error:?}");
    pty.finish().await.clean().unwrap();
}
