//! The end of a conversation: each stream on its own, and the subject.

use std::io::{Read, Write};

use pretty_assertions::assert_eq;
use proxy::{End, Relay};

use crate::world::{World, said, with_fault};

/// The numbers of `SIGKILL` and `SIGPIPE` on every system.
const KILL: i32 = 9;
const PIPE: i32 = 13;

#[test]
fn the_exit_code_is_passed_on() {
    assert_eq!(said(Relay::default(), "exit 7", b"").1, End::Code(7));
}

#[test]
fn a_signal_that_ends_the_subject_is_passed_on() {
    assert_eq!(said(Relay::default(), "kill -KILL $$", b"").1, End::Signal(KILL));
}

#[test]
fn output_before_the_end_is_delivered() {
    let (output, end) = said(Relay::default(), "echo last words; exit 3", b"");
    assert_eq!((output.as_slice(), end), (&b"last words\n"[..], End::Code(3)));
}

#[test]
fn a_process_that_keeps_the_stream_open_does_not_hold_up_the_end() {
    let (output, end) = said(Relay::default(), "sleep 1000 & echo $!; exit 3", b"");
    assert_eq!(end, End::Code(3));
    let orphan = String::from_utf8(output).unwrap();
    let killed = std::process::Command::new("kill").arg(orphan.trim()).status().unwrap();
    assert!(killed.success());
}

#[test]
fn a_stdout_that_is_closed_is_closed_for_the_client() {
    let mut world = World::start(Relay::default(), "echo one; exec >&-; exec cat >/dev/null");
    assert_eq!(world.line(), "one\n");
    assert_eq!(world.output.read(&mut [0]).unwrap(), 0);
    assert_eq!(world.leave(), End::Code(0));
}

#[test]
fn a_writer_learns_that_the_reader_is_gone() {
    let mut world = World::start(Relay::default(), "exec 0<&-; exec yes");
    assert_eq!(world.line(), "y\n");
    let error = loop {
        if let Err(error) = world.input.write_all(b"anybody?\n") {
            break error;
        }
    };
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
    // The subject learns that the client is gone.
    assert_eq!(world.leave(), End::Signal(PIPE));
}

#[test]
fn the_end_may_be_falsified() {
    for (fault, script, end) in [
        ("exit-code-altered", "exit 0", End::Code(3)),
        ("exit-code-altered", "exit 5", End::Code(5)),
        ("exit-code-hidden", "exit 5", End::Code(0)),
        ("ends-by-signal", "exit 0", End::Signal(KILL)),
    ] {
        assert_eq!(said(with_fault(fault), script, b"").1, end, "{fault} after {script}");
    }
}

#[test]
fn the_end_of_the_input_may_be_kept_back() {
    // A script that sees the end of its input says so; one that does not is ended by a word.
    let script = "while read word; do [ $word = stop ] && exit 4; echo $word; done; exit 5";
    assert_eq!(said(Relay::default(), script, b"one\n").1, End::Code(5));
    let fault = with_fault("stdin-never-closed");
    let mut world = World::start(fault, "echo $$; exec cat");
    let subject = world.line();
    let World { input, output, .. } = &mut world;
    input.write_all(b"one\n").unwrap();
    let mut one = [0; 4];
    output.read_exact(&mut one).unwrap();
    let ended = std::thread::spawn(move || world.end());
    let killed = std::process::Command::new("kill").args(["-KILL", subject.trim()]).status();
    assert!(killed.unwrap().success());
    assert_eq!(ended.join().unwrap(), (Vec::new(), End::Signal(KILL)));
}

#[test]
fn a_command_that_does_not_exist_is_an_error() {
    let ((theirs, _input), (_output, ours)) = (std::io::pipe().unwrap(), std::io::pipe().unwrap());
    let ran = Relay::default().run(vec!["/no/such/program".into()], theirs.into(), ours.into());
    let said = ran.unwrap_err().to_string();
    assert!(said.starts_with("cannot start /no/such/program: "), "{said}");
}
