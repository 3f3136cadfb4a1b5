//! A pipe that the command passes to a process that was there before it: no descendant holds it, and
//! whoever reads it waits.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use reaper::leak::{Class, Fate};

use crate::stage::{Ran, Stage, User, leaky};

/// A process that holds whatever it is sent.
struct Receiver {
    child: Child,
    kind: String,
}

impl Receiver {
    fn start(stage: &Stage, owner: &User) -> Self {
        let socket = stage.path("socket");
        let mut command = Command::new(leaky());
        command.arg("__receive").arg(&socket).current_dir(stage.path(""));
        let mut command = owner.run(&command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "listening\n");
        std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o777)).unwrap();
        Self { child, kind: format!("passed:{}", socket.display()) }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What is told of a pipe that was passed on, if user and receiver are these.
fn passed(stage: &Stage, user: &User, owner: &User) -> (Ran, u32) {
    let receiver = Receiver::start(stage, owner);
    let mut supervise = user.run(&stage.leaving(&[], &[&receiver.kind]));
    let mut supervise = supervise.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The end of the output would come only with that of the receiver.
    supervise.wait().unwrap();
    let pid = receiver.child.id();
    drop(receiver);
    (stage.ran(supervise.wait_with_output().unwrap()), pid)
}

#[test]
fn receiver_is_named() {
    let stage = Stage::new();
    let (ran, pid) = passed(&stage, &User::all()[0], &User::all()[0]);
    assert_eq!(ran.output.status.code(), Some(1), "{}", ran.stderr());
    let [leak] = ran.report.leaks.as_slice() else { panic!("{}", ran.stderr()) };
    assert_eq!((leak.pid, leak.class, leak.fate), (pid, Class::Sibling, Fate::Kept));
    assert!(leak.how.contains("passed its pipe on"), "{}", leak.how);
    assert_eq!((ran.report.tail.stdout, ran.report.tail.stderr), (None, None));
}

#[test]
fn pipe_that_stays_open_is_never_silent() {
    let all = User::all();
    for user in &all {
        for owner in all.iter().filter(|owner| owner.name != "contained") {
            let stage = Stage::new();
            let (ran, pid) = passed(&stage, user, owner);
            let told = ran.stderr();
            let place = format!("{} passes to {}: {told}", user.name, owner.name);
            assert_eq!(ran.output.status.code(), Some(1), "{place}");
            let named = ran.report.leaks.iter().any(|leak| leak.pid == pid);
            let doubted = ran.report.doubts.iter().any(|doubt| doubt.contains("still open"));
            assert!(named || doubted, "{place}");
            if user.name == "we" || (user.name, owner.name) == ("nobody", "nobody") {
                assert!(named, "{place}");
            }
        }
    }
}

#[test]
fn pipe_that_others_rightly_share_accuses_nobody() {
    // Two at once with the same pipes, which the shell and a process before them hold as well.
    let stage = Stage::new();
    let proctor = crate::stage::proctor();
    let one =
        format!("'{}' supervise --siblings -- sh -c 'echo one; read line <&8'", proctor.display());
    let two = format!("'{}' supervise --siblings -- echo two", proctor.display());
    let script = format!(
        "mkfifo hold; exec 8<>hold; sleep 1000 & held=$!; {one} & {two}; code=$?; echo go >&8; \
         wait $! ; other=$?; kill $held; echo $code $other"
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(stage.path("")).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with("0 0\n"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
