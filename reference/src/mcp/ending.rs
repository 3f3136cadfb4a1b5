//! The end of the process, and the defects by which it does not come.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::server::Server;
use crate::fault::fault;

/// What begins with the process.
pub(super) fn begin() {
    if fault!(MCP_IGNORES_SIGTERM) {
        ignore_sigterm();
    }
    if fault!(MCP_LEAVES_A_PROCESS) {
        leave_a_process();
    }
}

/// The end of the input: what still runs is ended. Answers that are owed need not be given any more.
pub(super) fn end(server: &Server) -> ExitCode {
    let (is_asking, is_calling) = (server.asking.is_open(), server.calls.is_busy());
    server.end();
    if fault!(MCP_LAST_WORDS_ON_STDOUT) {
        server.out.write(b"bye\n");
    }
    if fault!(MCP_LAST_LINE_IS_CUT) {
        server.out.write(b"{\"jsonrpc\":\"2.0\",\"meth");
    }
    let has_session = server.state().session.is_some();
    let lives_on = fault!(MCP_NEVER_EXITS)
        || (fault!(MCP_LIVES_ON_WITHOUT_A_SESSION) && !has_session)
        || (fault!(MCP_LIVES_ON_WITHOUT_A_READER) && server.out.is_unread())
        || (fault!(MCP_WAITS_FOR_ITS_CLIENT) && is_asking)
        || (fault!(MCP_WAITS_FOR_ITS_LISTENERS) && server.subscriptions.is_open())
        || (fault!(MCP_WAITS_FOR_ITS_CALLS) && is_calling)
        || (fault!(MCP_WAITS_AFTER_A_TASK) && server.tasks.had_any())
        || (fault!(MCP_WAITS_WITH_A_SUBSCRIPTION) && server.state().is_subscribed)
        || (fault!(CODEX_MCP_WAITS_FOR_THE_MODEL) && server.conversations.is_busy());
    if lives_on {
        loop {
            thread::park();
        }
    }
    if fault!(MCP_EXIT_CODE) { ExitCode::from(3) } else { ExitCode::SUCCESS }
}

/// Has the signal reach a thread that does nothing about it.
fn ignore_sigterm() {
    thread::spawn(|| {
        let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            if let Ok(mut signals) = signal(SignalKind::terminate()) {
                while signals.recv().await.is_some() {}
            }
        });
    });
}

/// Starts a process of a group of its own, which lives on.
fn leave_a_process() {
    let mut command = Command::new("sleep");
    command.arg("600").process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Without it there is nothing to leave.
    drop(command.spawn());
}
