//! What a command leaves in the terminal does not spoil the next one: answers that it did not read,
//! and other modes.

use std::process::Command;
use std::time::Duration;

use pretty_assertions::assert_eq;
use terminal::pty::{Pty, PtyError, Terminal};
use terminal::repl::{Profile, Repl, ReplError};

use crate::interpreters::{LONG, end, language, profiles, start};

/// Questions to the terminal, and what could be left by their answers.
const QUESTIONS: [&str; 5] = ["[6n", "[c", "[?6n", "[>c", "]11;?\\007"];

/// A command that asks the terminal something and does not wait for the answer.
fn question(language: &str, asked: &str) -> String {
    match language {
        "shell" => format!("printf '\\033{asked}'"),
        "python" => format!("import os; _ = os.write(1, b'\\033{asked}')"),
        _ => format!("process.stdout.write('\\x1b{}'); void 0", asked.replace("\\007", "\\x07")),
    }
}

/// A command that changes the modes of the terminal.
fn stty(language: &str, modes: &str) -> String {
    match language {
        "shell" => format!("stty {modes}"),
        "python" => format!("import os; _ = os.system('stty {modes}')"),
        _ => format!(
            "require('child_process').execSync('stty {modes}', {{ stdio: 'inherit' }}); void 0"
        ),
    }
}

fn wide(language: &str) -> &'static str {
    match language {
        "shell" => "echo 'é 漢字 𝄞'",
        "python" => "print('é 漢字 𝄞')",
        _ => "console.log('é 漢字 𝄞'); void 0",
    }
}

async fn printed(repl: &mut Repl, code: &str, place: &str) -> String {
    let output = repl.run(code).await;
    output.unwrap_or_else(|error| panic!("{place}: {code}: {error}")).text()
}

#[tokio::test]
async fn unread_answers_and_changed_modes_spoil_nothing() {
    for profile in profiles() {
        let language = language(&profile);
        let tail = if language == "node" { "undefined\n" } else { "" };
        let mut repl = start(&profile).await;
        let wide = wide(language);
        for asked in QUESTIONS {
            let place = format!("{} {asked}", profile.name);
            let shown = printed(&mut repl, &question(language, asked), &place).await;
            assert_eq!(shown, format!("\x1b{}{tail}", asked.replace("\\007", "\x07")), "{place}");
            assert_eq!(printed(&mut repl, wide, &place).await, format!("é 漢字 𝄞\n{tail}"));
        }
        for modes in ["echo", "sane", "raw", "-icanon", "echo -opost"] {
            let place = format!("{} stty {modes}", profile.name);
            let shown = printed(&mut repl, &stty(language, modes), &place).await;
            assert_eq!(shown, tail, "{place}");
            assert_eq!(
                printed(&mut repl, wide, &place).await,
                format!("é 漢字 𝄞\n{tail}"),
                "{place}"
            );
        }
        end(repl).await;
    }
}

#[tokio::test]
async fn answer_is_no_output_where_a_command_has_switched_echo_on() {
    for profile in [Profile::sh(), Profile::bash()] {
        let mut repl = start(&profile).await;
        // It ends when it has read a part of the answer, so that the answer was typed before.
        let asks = "stty echo -icanon; printf '\\033[6n'; dd bs=1 count=4 >/dev/null 2>&1";
        for _ in 0..10 {
            let shown = printed(&mut repl, asks, &profile.name).await;
            assert_eq!(shown, "\x1b[6n", "{}", profile.name);
        }
        end(repl).await;
    }
}

#[tokio::test]
async fn status_stays_what_it_was_when_the_terminal_is_put_in_order() {
    for profile in [Profile::sh(), Profile::bash()] {
        let mut repl = start(&profile).await;
        repl.run("printf '\\033[6n'; stty echo; (exit 7)").await.unwrap();
        assert_eq!(repl.run("echo $?").await.unwrap().text(), "7\n", "{}", profile.name);
        end(repl).await;
    }
}

#[tokio::test]
async fn empty_command_prints_nothing() {
    for profile in profiles() {
        let mut repl = start(&profile).await;
        for empty in ["", "\n", "  "] {
            assert_eq!(repl.run(empty).await.unwrap().bytes, b"", "{}", profile.name);
        }
        let tail = if language(&profile) == "node" { "undefined\n" } else { "" };
        let shown = printed(&mut repl, wide(language(&profile)), &profile.name).await;
        assert_eq!(shown, format!("é 漢字 𝄞\n{tail}"));
        end(repl).await;
    }
}

#[tokio::test]
async fn echo_that_cannot_be_undone_is_an_error() {
    // A program that shows what it reads by itself.
    let loud = "while IFS= read -r line; do printf '%s\\n' \"$line\"; eval \"$line\"; \
                N=$((N*{factor}+{term})); printf '{p:%s}' $N; done";
    let profile = Profile::new("loud", "sh", "echo '{left}''{right}'", "exit").args([
        "-c",
        &format!("N=$(({{seed}}*{{factor}}+{{term}})); printf '{{p:%s}}' $N; {loud}"),
    ]);
    let mut repl = start(&profile).await;
    let error = repl.run("echo one").await.expect_err("it shows what is typed");
    assert!(matches!(error, ReplError::Echoes { .. }), "{error}");
    end(repl).await;
}

#[tokio::test]
async fn password_is_typed_when_the_terminal_hides_it() {
    let script = "printf 'Password: '; stty -echo; IFS= read -r p; stty echo; echo \"got $p\"";
    let mut pty = Pty::spawn(Command::new("sh").args(["-c", script]), Terminal::default()).unwrap();
    pty.expect("Password: ").await.unwrap();
    pty.expect_no_echo(LONG).await.unwrap();
    pty.send("secret\n").await.unwrap();
    pty.expect("got secret").await.unwrap();
    let error = pty.expect_no_echo(Duration::from_millis(20)).await.expect_err("it is on again");
    assert!(matches!(error, PtyError::Ended(_) | PtyError::TimedOut(_)), "{error}");
    pty.finish().await.clean().unwrap();
}

#[tokio::test]
async fn words_are_found_on_the_screen_in_whatever_order_they_were_drawn() {
    let script = "printf '\\033[2J\\033[3;9Hworld\\033[3;3Hhello'; read line";
    let mut pty = Pty::spawn(Command::new("sh").args(["-c", script]), Terminal::default()).unwrap();
    let screen = pty.expect_on_screen("  hello world", LONG).await.unwrap();
    assert_eq!(screen, "\n\n  hello world");
    let soon = Duration::from_millis(20);
    let error = pty.expect_on_screen("nothing", soon).await.expect_err("it is not there");
    assert!(error.to_string().contains("\"nothing\" on the screen"), "{error}");
    pty.finish().await.clean().unwrap();
}
