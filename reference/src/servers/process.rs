//! The process of an MCP server.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::Spec;
use super::connection::Connection;
use crate::fault::fault;
use crate::process::Group;

/// How long a server may take to end by itself after the end of its input.
const GRACE: Duration = Duration::from_millis(200);

/// Starts the process and connects it.
pub(super) fn start(spec: &Spec, cwd: &Path, connection: &Rc<Connection>) -> io::Result<()> {
    let program = spec.command.as_ref().ok_or(io::ErrorKind::Unsupported)?;
    let mut command = Command::new(program);
    command.args(&spec.args).envs(&spec.env).current_dir(cwd).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let group = Group::of(&child);
    if let Some(stdin) = child.stdin.take() {
        hold(&stdin)?;
        tokio::task::spawn_local(feed(stdin, connection.feed()));
    }
    tokio::task::spawn_local(live(child, group, connection.clone()));
    Ok(())
}

/// Whether servers are meant to outlive this process.
pub(crate) fn outlive() -> bool {
    fault!(EXIT_LEAVES_SERVERS)
}

/// Lets another process hold the input of a server open, where a defect says so.
fn hold(stdin: &ChildStdin) -> io::Result<()> {
    if !fault!(SERVERS_KEEP_THEIR_INPUT) {
        return Ok(());
    }
    let held = stdin.as_fd().try_clone_to_owned()?;
    let mut holder = Command::new("sleep");
    holder.arg("20").stdin(Stdio::null()).stdout(held).process_group(0).spawn().map(drop)
}

async fn feed(mut stdin: ChildStdin, mut lines: UnboundedReceiver<Vec<u8>>) {
    while let Some(line) = lines.recv().await {
        if stdin.write_all(&line).await.is_err() {
            return;
        }
    }
}

/// Reads what the server says until it ends or has to.
async fn live(mut child: Child, group: Group, connection: Rc<Connection>) {
    let Some(stdout) = child.stdout.take() else { return };
    let mut lines = BufReader::new(stdout).lines();
    loop {
        tokio::select! {
            line = lines.next_line() => match line {
                Ok(Some(line)) => connection.receive(&line),
                _ => break,
            },
            () = connection.end.fired() => break,
        }
    }
    connection.close(fault!(DEAD_SERVER_HANGS));
    let _ = timeout(GRACE, child.wait()).await;
    // Whoever is left of it is ended.
    drop(group);
}
