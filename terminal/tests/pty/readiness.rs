//! A REPL is ready when the handshake says so, or the failure says why it is not.

use std::time::Duration;

use pretty_assertions::assert_eq;
use reaper::process::Exit;
use std::process::Command;
use terminal::pty::{LINE_LIMIT, Pty, PtyError, Terminal};
use terminal::repl::{Flavour, Profile, Prompts, Repl, ReplError};

use crate::interpreters::{end, language, profiles, pythons, start};

/// `sh`, behind a script.
fn behind(script: &str) -> Profile {
    let mut profile = Profile::sh();
    profile.args = vec!["-c".to_owned(), format!("{script}; exec sh -i")];
    profile
}

#[tokio::test]
async fn input_before_readiness_is_garbled_and_later_input_is_not() {
    let python = pythons().remove(0);
    let profile = Profile::python(&python.program, Flavour::Readline);
    let mut command = Command::new(&python.program);
    command.env("TERM", "dumb").env("PYTHON_BASIC_REPL", "1");
    let mut pty = Pty::spawn(&command, Terminal::default()).unwrap();
    pty.send("print(6 * 7)\n").await.unwrap();
    let before = pty.expect(">>> ").await.unwrap().before;
    pty.finish().await.clean().unwrap();
    assert!(before.contains("print(6 * 7)"), "the race: it was echoed above the banner: {before}");

    let mut repl = start(&profile).await;
    assert_eq!(repl.run("print(6 * 7)").await.unwrap().text(), "42\n");
    let shown = end(repl).await.text;
    assert!(shown.starts_with("Python 3."), "what it showed first is kept: {shown}");
}

#[tokio::test]
async fn input_that_the_terminal_discards_is_typed_again() {
    // The worst case: a prompt first, and then the terminal is set up, which discards its input.
    let script = "import sys, termios, time\n\
        sys.stdout.write('ready> '); sys.stdout.flush()\n\
        sys.stdin.buffer.raw.read(1)\n\
        termios.tcflush(0, termios.TCIFLUSH)\n\
        for line in sys.stdin.buffer.raw:\n\
        \x20   line = line.decode().strip()\n\
        \x20   prompt = line[4:] if line.startswith('set ') else globals().get('prompt', 'ready> ')\n\
        \x20   if line.startswith('say '): print(line[4:].replace(' ', ''))\n\
        \x20   if line == 'bye': break\n\
        \x20   sys.stdout.write(prompt); sys.stdout.flush()\n";
    let python = pythons().remove(0);
    let prompts = Prompts::Set { first: "ready> ".to_owned(), command: "set {prompt}".to_owned() };
    let profile =
        Profile { prompts, ..Profile::new("worst", &python.program, "say {left} {right}", "bye") };
    let mut repl = start(&profile.args(["-u", "-c", script])).await;
    assert_eq!(repl.run("say 4 2").await.unwrap().text(), "42\n");
    assert_eq!(repl.run("say ready>").await.unwrap().text(), "ready>\n");
    let finished = end(repl).await;
    assert_eq!(finished.exit, Some(Exit::Code(0)));
}

#[tokio::test]
async fn program_that_never_prompts_is_shown_as_it_is() {
    let mut profile = Profile::sh();
    profile.args = vec!["-c".to_owned(), "echo loading; exec sleep 300".to_owned()];
    let error = Repl::start(&profile, Duration::from_millis(300)).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("sh did not become ready: waited "), "{text}");
    let ReplError::NotReady { source: PtyError::TimedOut(waiting), .. } = error else {
        panic!("{text}");
    };
    // How much longer depends on the machine: a busy one wakes us late.
    assert!(waiting.waited >= Duration::from_millis(300), "{:?}", waiting.waited);
    assert!(text.contains("for its first prompt") && text.contains("| loading"), "{text}");
}

#[tokio::test]
async fn program_that_dies_at_its_start_is_reported_with_its_output() {
    let error =
        Repl::start(&behind("echo 'no such library'; exit 127"), Duration::from_secs(20)).await;
    let ReplError::NotReady { source: PtyError::Ended(waiting), .. } = error.unwrap_err() else {
        panic!("it ended");
    };
    assert_eq!((waiting.exit, waiting.screen.as_str()), (Some(Exit::Code(127)), "no such library"));
}

#[tokio::test]
async fn program_that_prompts_and_hangs_is_not_ready() {
    let script = "printf 'ready> '; exec sleep 300";
    let first = "ready> ".to_owned();
    let hanging = Profile {
        prompts: Prompts::Typed { first, commands: vec![] },
        ..Profile::new("hanging", "sh", "echo {left} {right}", "exit")
    };
    let error = Repl::start(&hanging.args(["-c", script]), Duration::from_millis(700)).await;
    let text = error.unwrap_err().to_string();
    assert!(text.contains("for the answer to a marker") && text.contains("| ready>"), "{text}");
}

#[tokio::test]
async fn line_that_the_terminal_would_cut_is_rejected_untyped() {
    let mut repl = start(&Profile::sh()).await;
    let long = format!("echo begun\necho {}", "x".repeat(LINE_LIMIT));
    let error = repl.run(&long).await.unwrap_err();
    assert!(
        matches!(error, ReplError::Pty(PtyError::LineTooLong { line: 2, length: 4100 })),
        "{error}"
    );
    assert_eq!(repl.run("echo next").await.unwrap().text(), "next\n");
    end(repl).await;
}

#[tokio::test]
async fn long_line_is_whole_where_the_program_reads_keys() {
    for profile in profiles() {
        let mut repl = start(&profile).await;
        if !repl.pty().edits_lines() {
            let long = "x".repeat(6000);
            let code = match language(&profile) {
                "shell" => format!("echo {long}"),
                _ => format!("print('{long}')"),
            };
            let output =
                repl.run(&code).await.unwrap_or_else(|error| panic!("{}: {error}", profile.name));
            assert_eq!(output.text(), format!("{long}\n"), "{}", profile.name);
        }
        end(repl).await;
    }
}

#[tokio::test]
async fn key_in_a_command_is_refused() {
    let mut repl = start(&Profile::sh()).await;
    let error = repl.run("echo a\necho \x04").await.unwrap_err();
    assert!(matches!(error, ReplError::Key { character: '\x04', line: 2 }), "{error}");
    end(repl).await;
}

#[tokio::test]
async fn exit_in_the_middle_of_a_command_is_reported_with_status_and_output() {
    for profile in profiles() {
        let mut repl = start(&profile).await;
        let code = match language(&profile) {
            "shell" => "echo so far; exit 3",
            "python" => "import os; print('so far', flush=True); os._exit(3)",
            _ => "console.log('so far'); process.exit(3)",
        };
        let error = repl.run(code).await.unwrap_err();
        let ReplError::Exited { exit, output, .. } = &error else {
            panic!("{}: {error}", profile.name)
        };
        let printed = output.text();
        // bash prints this itself when an interactive shell ends.
        let printed = printed.strip_suffix("exit\n").unwrap_or(&printed);
        assert_eq!((*exit, printed), (Some(Exit::Code(3)), "so far\n"), "{}", profile.name);
        let finished = end(repl).await;
        assert_eq!(finished.exit, Some(Exit::Code(3)), "{}", profile.name);
        assert!(finished.text.contains("so far\n"));
    }
}

#[tokio::test]
async fn status_and_state_pass_from_one_command_to_the_next() {
    for profile in [Profile::sh(), Profile::bash()] {
        let mut repl = start(&profile).await;
        assert_eq!(repl.run("x=5; false").await.unwrap().status, Some(1));
        assert_eq!(repl.run("echo $? $x").await.unwrap().text(), "1 5\n");
        assert_eq!(repl.run("(exit 42)").await.unwrap().status, Some(42));
        end(repl).await;
    }
}

#[tokio::test]
async fn slow_command_continues_and_can_be_interrupted() {
    let mut repl = start(&Profile::bash()).await;
    repl.set_deadline(Duration::from_millis(300));
    let error = repl.run("echo begun; sleep 300").await.unwrap_err();
    assert!(matches!(error, ReplError::Pty(PtyError::TimedOut(_))), "{error}");
    assert!(matches!(repl.run("echo no").await, Err(ReplError::Busy)));
    repl.set_deadline(Duration::from_secs(20));
    let output = repl.interrupt().await.unwrap();
    assert_eq!((output.text().lines().next(), output.status), (Some("begun"), Some(130)));
    assert!(matches!(repl.interrupt().await, Err(ReplError::Idle)));
    assert_eq!(repl.run("echo next").await.unwrap().text(), "next\n");
    end(repl).await;
}

#[tokio::test]
async fn output_of_the_one_before_is_never_taken_for_that_of_the_next() {
    let mut repl = start(&Profile::bash()).await;
    let profile_prompt = repl.run("echo \"$PS1\" \"$PS2\" \"$PS0\"").await.unwrap();
    assert!(profile_prompt.text().contains("PROCTOR_N"), "the prompt is printed as it is written");
    let mut python = start(&Profile::python(&pythons().remove(0).program, Flavour::Readline)).await;
    let shown = python.run("import sys; print(sys.ps1, sys.ps2)").await.unwrap();
    assert_eq!(shown.text(), ">>>  >>> \n", "a program cannot seem to have ended");
    assert_eq!(python.run("print(1)").await.unwrap().text(), "1\n");
    end(python).await;
    end(repl).await;
}
