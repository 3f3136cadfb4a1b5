//! The end of the process: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server lives on after the end of its input if no session was opened.
    MCP_LIVES_ON_WITHOUT_A_SESSION,
    /// The server exits with code 3 at the end of its input.
    MCP_EXIT_CODE,
    /// The server ignores SIGTERM.
    MCP_IGNORES_SIGTERM,
    /// The server lives on after the end of its input if nobody reads its output.
    MCP_LIVES_ON_WITHOUT_A_READER,
    /// The server uses a whole processor while nobody reads its output.
    MCP_SPINS_WITHOUT_A_READER,
    /// The server lives on after the end of its input while a request of its own is not answered.
    MCP_WAITS_FOR_ITS_CLIENT,
    /// The server lives on after the end of its input while a client is subscribed to a resource.
    MCP_WAITS_WITH_A_SUBSCRIPTION,
    /// The server lives on after the end of its input while a subscription without a session is open.
    MCP_WAITS_FOR_ITS_LISTENERS,
    /// The server lives on after the end of its input while a call runs.
    MCP_WAITS_FOR_ITS_CALLS,
    /// The server lives on after the end of its input once it has had a task.
    MCP_WAITS_AFTER_A_TASK,
    /// The server lives on after the end of its input.
    MCP_NEVER_EXITS,
    /// The server leaves a process behind.
    MCP_LEAVES_A_PROCESS,
}
