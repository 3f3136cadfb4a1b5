//! In a terminal the command is in the foreground: it may read, it knows the size of the window,
//! and Ctrl-C reaches it once.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use crate::stage::proctor;

/// `proctor supervise` on a terminal of its own, which `script` (util-linux) makes; what is written
/// to its stdin is typed.
fn on_a_terminal(script: &str) -> Child {
    let supervise = format!("exec '{}' supervise -- sh -c '{script}'", proctor().display());
    Command::new("script")
        .args(["-qec", &supervise, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads until this text has come.
fn read_until(child: &mut Child, text: &str) -> String {
    let stdout = child.stdout.as_mut().unwrap();
    let (mut all, mut byte) = (Vec::new(), [0]);
    while !String::from_utf8_lossy(&all).contains(text) {
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&all));
        all.push(byte[0]);
    }
    String::from_utf8(all).unwrap()
}

#[test]
fn command_may_read_the_terminal() {
    let script = "stty cols 77 rows 33; test -t 0 && test -t 1 && echo rea\"\"dy; read line; \
                  echo \"got $line\"; stty size; exit 5";
    let mut child = on_a_terminal(script);
    read_until(&mut child, "ready");
    child.stdin.as_mut().unwrap().write_all(b"a line\n").unwrap();
    let said = read_until(&mut child, "33 77");
    assert!(said.contains("got a line"), "{said}");
    assert_eq!(child.wait().unwrap().code(), Some(5));
}

#[test]
fn interrupt_reaches_the_command_once() {
    let script = "trap \"echo INTERRUPTED\" INT; trap \"exit 9\" QUIT; echo ready; \
                  while :; do sleep 0.01; done";
    let mut child = on_a_terminal(script);
    read_until(&mut child, "ready");
    child.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    read_until(&mut child, "INTERRUPTED");
    child.stdin.as_mut().unwrap().write_all(b"\x1c").unwrap();
    let mut rest = String::new();
    child.stdout.as_mut().unwrap().read_to_string(&mut rest).unwrap();
    assert!(!rest.contains("INTERRUPTED"), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(9));
}
