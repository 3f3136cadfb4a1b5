//! Signals reach the command as if nobody stood between, and a supervisor that is killed leaves
//! nothing.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::stage::{Stage, ends, proctor, until};

/// A supervised shell that has said that it is ready, and what it says from then on.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    _stage: Stage,
}

impl Drop for Running {
    /// A test that fails must not leave it: the guardian ends what a killed supervisor ran.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(script: &str) -> Self {
        let stage = Stage::new();
        let command = ["sh", "-c", script].map(OsString::from);
        let mut supervise = stage.supervise(&[], &command);
        let mut child = supervise.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, _stage: stage }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    fn number(&mut self) -> u32 {
        self.line().parse().unwrap()
    }

    fn send(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }
}

fn state(pid: u32) -> char {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
}

#[test]
fn signal_reaches_the_command_once() {
    let script = "trap 'echo TERM' TERM; trap 'echo HUP' HUP; trap 'echo USR1; exit 7' USR1
        echo ready; while :; do sleep 0.01; done";
    let mut running = Running::start(script);
    assert_eq!(running.line(), "ready");
    for (signal, name) in [
        (Signal::TERM, "TERM"),
        (Signal::HUP, "HUP"),
        (Signal::TERM, "TERM"),
        (Signal::USR1, "USR1"),
    ] {
        running.send(signal);
        assert_eq!(running.line(), name);
    }
    assert!(running.lines.next().is_none());
    assert_eq!(running.child.wait().unwrap().code(), Some(7));
}

#[test]
fn stop_and_continue_pass_through() {
    // A shell that starts children would not do: one that is stopped between its vfork and its exec
    // holds the shell.
    let mut running = Running::start("echo $$; exec sleep 1000");
    let (pid, supervisor) = (running.number(), running.child.id());
    running.send(Signal::TSTP);
    until(|| (state(pid) == 'T' && state(supervisor) == 'T').then_some(()));
    running.send(Signal::CONT);
    until(|| (state(pid) != 'T' && state(supervisor) != 'T').then_some(()));
    running.send(Signal::TERM);
    let status = running.child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
}

#[test]
fn what_was_ignored_stays_ignored() {
    let script = "trap '' HUP; exec \"$0\" supervise -- sh -c 'kill -HUP $$; echo unharmed'";
    let output = Command::new("sh").args(["-c", script]).arg(proctor()).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "unharmed\n");
    assert!(output.status.success());
}

#[test]
fn supervisor_that_is_killed_leaves_nothing() {
    let script = "setsid sh -c 'echo $$; exec sleep 1000' & echo $$; exec sleep 1000";
    let mut running = Running::start(script);
    let pids = [running.number(), running.number()];
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    for pid in pids {
        assert!(ends(pid), "{pid} was left");
    }
}

#[test]
fn guardian_that_comes_too_late_to_say_so_ends_what_is_left() {
    let mut left = Command::new("sleep").arg("1000").process_group(0).spawn().unwrap();
    let stat = fs::read_to_string(format!("/proc/{}/stat", left.id())).unwrap();
    let start = stat.rsplit_once(") ").unwrap().1.split(' ').nth(19).unwrap();
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    ours.write_all(format!("nobody.1. 1 2\n+{} {start}\n", left.id()).as_bytes()).unwrap();
    // Its parent has been killed before it got round to anything.
    drop(ours);
    let mut guardian = Command::new(proctor());
    let status = guardian.arg("__guardian").stdin(OwnedFd::from(theirs)).status().unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(left.wait().unwrap().signal(), Some(Signal::KILL.as_raw()));
}
