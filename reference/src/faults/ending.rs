//! What keeps a process from ending when it should.

use std::future::pending;
use std::time::Duration;

use tokio::time::timeout;

use crate::fault::fault;
use crate::server::Server;

/// Whether the process outlives a signal that asks it to end.
pub(crate) fn ignores_signals(server: &Server) -> bool {
    fault!(IGNORES_SIGTERM)
        || (server.threads().iter().any(|thread| thread.active().is_some())
            && fault!(IGNORES_SIGTERM_IN_A_TURN))
        || (server.threads().iter().any(|thread| !thread.state().sessions.is_empty())
            && fault!(IGNORES_SIGTERM_IN_A_SESSION))
        || (server.programs.is_one_running() && fault!(IGNORES_SIGTERM_BESIDE_A_PROGRAM))
}

/// Whether the process outlives its input.
pub(crate) fn goes_on(server: &Server) -> bool {
    fault!(IGNORES_EOF)
        || (fault!(IGNORES_EARLY_EOF) && server.client().is_none())
        || (fault!(IGNORES_EOF_AFTER_A_TURN) && !server.threads().is_empty())
        || (server.threads().iter().any(|thread| !thread.state().questions.is_empty())
            && fault!(EOF_WAITS_FOR_APPROVALS))
        || (server.threads().iter().any(|thread| !thread.state().sessions.is_empty())
            && fault!(EOF_WAITS_FOR_SESSIONS))
        || (server.logins.is_pending() && fault!(EOF_WAITS_FOR_LOGIN))
}

/// Waits until no turn runs.
pub(crate) async fn wait_for_turns(server: &Server) {
    while server.threads().iter().any(|thread| thread.active().is_some()) {
        let _ = timeout(Duration::from_millis(1), pending::<()>()).await;
    }
}
