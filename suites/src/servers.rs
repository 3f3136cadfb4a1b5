//! MCP servers of the configuration: started with a thread, called by the model, ended with the thread.

mod calls;
mod direct;
mod lifetime;
mod questions;
mod start;

use fixtures::{Habit, ToolServer};
use harness::{Context, Failure, Kind, Looks, OrInconclusive, Result, ensure};
use mock_model::{Reply, says, uses_tool};
use serde_json::json;

use crate::client::{ContextExt, Start, Thread};
use crate::template::configure;

/// The need of whatever calls a tool of an MCP server.
pub const TOOLS: &str = "the tools of the MCP servers in its configuration";
/// The method of a subject that has MCP servers.
const STATUS: &str = "mcpServerStatus/list";
/// The name of the MCP server of a check that needs only one.
const NAME: &str = "stub";

/// One MCP server of the configuration.
#[derive(Clone, Copy)]
struct Wanted {
    name: &'static str,
    habits: &'static [Habit],
    required: bool,
}

impl Wanted {
    const USUAL: Self = Self { name: NAME, habits: &[], required: false };
}

/// Writes a configuration with these MCP servers. The subject must not be started yet.
///
/// Not applicable to a subject that has no MCP servers.
fn configured(cx: &Context, wanted: &[Wanted]) -> Result<Vec<ToolServer>> {
    cx.peer.gate().offers(STATUS)?;
    let program = cx.peer.settings().proctor.clone();
    let program = program.ok_or_else(|| {
        Failure::inconclusive("the MCP server of the check", "where `proctor` is is not known")
    })?;
    let journals = cx.home.work().with_file_name("servers");
    let servers = wanted.iter().map(|wanted| ToolServer::new(&journals, wanted.name));
    let servers: Vec<ToolServer> =
        servers.collect::<std::io::Result<_>>().or_inconclusive("making a directory")?;
    configure(cx, |mut config| {
        for (server, wanted) in servers.iter().zip(wanted) {
            config =
                server.configure(config, &program, &[fixtures::tool_server::WORD], wanted.habits);
            if wanted.required {
                config = config.set(&format!("mcp_servers.{}.required", wanted.name), true);
            }
        }
        config
    })?;
    Ok(servers)
}

/// Writes a configuration with the usual MCP server.
fn one(cx: &Context) -> Result<ToolServer> {
    cx.needs(TOOLS)?;
    let mut servers = configured(cx, &[Wanted::USUAL])?;
    Ok(servers.remove(0))
}

/// Starts a thread in which a tool that is marked as read-only runs unasked, and the questions of
/// MCP servers are put to the client.
async fn started(cx: &mut Context) -> Result<Thread> {
    cx.client().initialize().await?;
    asking_thread(cx).await
}

/// Starts such a thread over an initialized connection.
async fn asking_thread(cx: &mut Context) -> Result<Thread> {
    cx.client().start_with(Start { approval: Some("on-request"), ..Start::default() }).await
}

/// A reply of the model that calls a tool of the usual MCP server with this text.
fn uses(tool: &str, text: &str) -> Reply {
    uses_tool(NAME, tool, json!({ "text": text }))
}

/// Runs a turn, and fails unless the model is offered the tools of the usual MCP server in it; `when`
/// says when.
async fn offered(cx: &mut Context, thread: &Thread, when: &str) -> Result {
    let before = cx.model.requests().len();
    cx.model.script([says("done")]);
    cx.client().turn(thread, "hello").await?;
    let request = cx.asked(before + 1).await?;
    let names = request.tools();
    ensure!(
        names.iter().any(|name| name.ends_with("look")),
        format!("the tools that the model is offered {when}"),
        "the tool `look` of the MCP server, and others",
        names.join(", ")
    );
    Ok(())
}

/// Waits until as many of something are seen as expected; `what` says of what.
async fn until(cx: &Context, what: &str, expected: usize, look: impl Fn() -> usize) -> Result {
    let mut looks = Looks::until(cx.peer.deadline());
    loop {
        let observed = look();
        if observed == expected {
            return Ok(());
        }
        if !looks.again().await {
            let within = cx.peer.settings().wait;
            let expected = format!("{expected} within {within:?}");
            return Err(Failure::new(Kind::Timeout, what, expected, observed.to_string()));
        }
    }
}
