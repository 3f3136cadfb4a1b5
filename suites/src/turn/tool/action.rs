//! The parsed actions of a command.

use harness::{Context, OrInconclusive, Result, check, ensure_eq};
use mock_model::{runs_command, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Protocol};
use crate::turn::observed::first;

/// A server SHOULD report the parts of a command, each as a read, a list, a search or an unknown
/// action with its file name and search text.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: commandActions, of which `unknown` is one; every release does",
    faults(PARTS_UNTOLD),
    shared
)]
async fn the_parts_of_a_command_are_reported(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    std::fs::write(cx.home.work().join("old one.txt"), "needle\n")
        .or_inconclusive("writing a file")?;
    for (line, parts) in [
        ("cat 'old one.txt' | wc -l", json!([["read", "cat 'old one.txt'", "old one.txt", null]])),
        ("ls -la", json!([["list", "ls -la", null, null]])),
        ("grep -r needle .", json!([["search", "grep -r needle .", null, "needle"]])),
        (
            "echo $((40+2)) > made.txt",
            json!([["unknown", "echo $((40+2)) > made.txt", null, null]]),
        ),
    ] {
        cx.model.script([runs_command(line), says("done")]);
        let turn = cx.client().turn(&thread, "run it").await?;
        let &Protocol { command_started: event, actions, .. } = cx.protocol();
        let started =
            first(&turn.calls, "the start of the command", |call| event.is(call, &thread))?;
        let actions = event.content(started)[actions].as_array();
        let actions: Vec<Value> = actions.into_iter().flatten().map(short).collect();
        ensure_eq!(json!(actions), parts, "the parts of `{line}`: kind, command, name, query");
    }
    Ok(())
}

/// Kind, command, name and query of a part, in the words of neither dialect.
fn short(part: &Value) -> Value {
    let kind = match part["type"].as_str().unwrap_or_default() {
        "list_files" | "listFiles" => "list",
        other => other,
    };
    json!([kind, part.get("cmd").unwrap_or(&part["command"]), part["name"], part["query"]])
}
