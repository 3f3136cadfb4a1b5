//! What belongs to one client alone: what it does not want to hear, its programs, its name.

use harness::{Call, Context, Fifo, Result, check, ensure, ensure_eq, text_at};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::ContextExt;
use crate::websocket::two_clients;

/// The notification that one client does not want.
const UNWANTED: &str = "item/agentMessage/delta";

/// A server MUST NOT withhold from a client a notification that only another client does not want.
#[check(
    v2(since = "0.107"),
    source = "app-server README, Initialization: optOutNotificationMethods, per connection; every release does",
    faults(OPT_OUT_FOR_ALL_CLIENTS)
)]
async fn an_opt_out_is_for_its_own_client(cx: &mut Context) -> Result {
    cx.listen().await?;
    let mut params = cx.peer.initialize_params();
    params["capabilities"]["optOutNotificationMethods"] = json!([UNWANTED]);
    cx.peer.initialize_with(params).await?;
    cx.another_client()?;
    let thread = cx.client().start().await?;
    cx.model.script([says("one two three")]);
    let turn = cx.client().turn(&thread, "count").await?;
    let pieces = turn.calls.iter().filter(|call| call.method == UNWANTED);
    let text: String = pieces.filter_map(|call| call.params["delta"].as_str()).collect();
    ensure_eq!(text, "one two three", "the pieces of the message to a client that wants them");
    Ok(())
}

/// The parameters of a program with an input and an output that are talked to under this id.
fn program(id: &str, command: &str) -> Value {
    json!({
        "command": ["sh", "-c", command],
        "processId": id,
        "streamStdin": true,
        "streamStdoutStderr": true,
    })
}

/// A server MUST keep the programs of each client apart from those of other clients, even if two of
/// them have the same id.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: processId, connection-scoped; every release does",
    faults(PROGRAMS_OF_ALL_CLIENTS, OUTPUT_FOR_ALL_CLIENTS)
)]
async fn a_program_belongs_to_its_client(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let is_output = |call: &Call| call.method == "command/exec/outputDelta";
    let first = cx.peer.send("command/exec", program("own", "echo up; cat; exit 3")).await?;
    cx.peer.next_matching("the output of the program", is_output).await?;
    cx.swap(other);
    let close = json!({ "processId": "own", "closeStdin": true });
    let foreign = cx.peer.request("command/exec/write", close.clone()).await?;
    foreign.refusal("a write of the second client to the program of the first")?;
    let heard = cx.peer.calls_since(0).into_iter().filter(is_output).count();
    ensure_eq!(heard, 0, "pieces of output of the first client's program to the second client");
    let second = cx.peer.send("command/exec", program("own", "cat; exit 4")).await?;
    for (ticket, code) in [(second, 4), (first, 3)] {
        cx.peer.request("command/exec/write", close.clone()).await?.granted("the own program")?;
        let ended = cx.peer.answer(&ticket).await?.into_result()?;
        ensure_eq!(ended["exitCode"], code, "the code of each client's own program");
        cx.swap(other);
    }
    Ok(())
}

/// A server MUST end the programs of a client that closes its connection, while it serves others.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: programs are bound to their connection; every release does",
    faults(PROGRAMS_SURVIVE_THE_CONNECTION)
)]
async fn a_program_ends_with_its_client(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let mut up = Fifo::new(cx.home.join("up"))?;
    let command = format!("exec 3> '{}'; echo up >&3; exec sleep 1000", up.path().display());
    cx.peer.send("command/exec", program("lasting", &command)).await?;
    let within = cx.peer.settings().wait;
    up.line(within).await?;
    cx.restart().await;
    cx.swap(other);
    up.hung_up(within).await?;
    cx.peer.request("account/read", json!({})).await?.granted("`account/read`").map(|_| ())
}

/// A server SHOULD name each client in the user agent that it returns to that client.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Initialization: clientInfo identifies the client; releases up to 0.171 name the first one in all",
    faults(USER_AGENT_OF_THE_FIRST_CLIENT)
)]
async fn a_user_agent_names_its_own_client(cx: &mut Context) -> Result {
    cx.listen().await?;
    for name in ["first-client", "second-client"] {
        let mut params = cx.peer.initialize_params();
        params["clientInfo"]["name"] = json!(name);
        let answer = cx.peer.initialize_with(params).await?;
        let agent = text_at(&answer, "/userAgent", "the answer to `initialize`")?;
        ensure!(
            agent.starts_with(name),
            format!("the user agent for the client `{name}`"),
            format!("one that begins with {name:?}"),
            agent.to_owned()
        );
        if name == "first-client" {
            cx.another_client()?;
        }
    }
    Ok(())
}
