//! Actions of the model become calls of a tool that the request offers.

use mock_model::{
    Answer, Reply, Script, applies_patch, misuses_commands, opens_program, runs_command, says,
    uses_tool, writes_to,
};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::client::{ask, model, send, within};

/// The call in a reply to a request with these tools, without the members that every call has.
async fn called(reply: Reply, tools: Value) -> Value {
    called_for(reply, json!({ "tools": tools })).await
}

async fn called_for(reply: Reply, request: Value) -> Value {
    let model = model([reply.id("c")]).await;
    let answer = ask(&model, &request).await;
    let mut item = answer.of_type("response.output_item.done")[0]["item"].clone();
    assert_eq!(item["call_id"], "c", "{item}");
    for member in ["id", "call_id", "status"] {
        item.as_object_mut().expect("an item").remove(member);
    }
    if let Some(arguments) = item["arguments"].as_str() {
        item["arguments"] = serde_json::from_str(arguments).unwrap_or_else(|_| arguments.into());
    }
    item
}

fn function(name: &str, properties: Value, required: Value) -> Value {
    let parameters = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "type": "function", "name": name, "parameters": parameters })
}

fn exec_command() -> Value {
    let properties = json!({ "cmd": { "type": "string" }, "workdir": { "type": "string" },
        "tty": { "type": "boolean" }, "yield_time_ms": { "type": "number" } });
    function("exec_command", properties, json!(["cmd"]))
}

fn write_stdin() -> Value {
    let properties = json!({ "session_id": { "type": "number" }, "chars": { "type": "string" },
        "yield_time_ms": { "type": "number" } });
    function("write_stdin", properties, json!(["session_id"]))
}

fn shell() -> Value {
    let words = json!({ "type": "array", "items": { "type": "string" } });
    let properties = json!({ "command": words, "workdir": { "type": "string" } });
    function("shell", properties, json!(["command"]))
}

fn words(line: &str) -> Value {
    json!(["bash", "-lc", line])
}

fn calls(name: &str, arguments: Value) -> Value {
    json!({ "type": "function_call", "name": name, "arguments": arguments })
}

#[tokio::test]
async fn a_command_is_run_by_the_tool_that_is_known() {
    let line =
        function("shell_command", json!({ "command": { "type": "string" } }), json!(["command"]));
    for (tools, expected) in [
        (json!([shell(), exec_command()]), calls("exec_command", json!({ "cmd": "ls" }))),
        (json!([shell()]), calls("shell", json!({ "command": words("ls") }))),
        (json!([line]), calls("shell_command", json!({ "command": "ls" }))),
        (
            json!([{ "type": "function", "name": "shell" }]),
            calls("shell", json!({ "command": words("ls") })),
        ),
        (
            json!([{ "type": "local_shell" }]),
            json!({ "type": "local_shell_call",
                "action": { "type": "exec", "command": words("ls"), "env": {} } }),
        ),
    ] {
        assert_eq!(called(runs_command("ls"), tools.clone()).await, expected, "{tools}");
    }
}

#[tokio::test]
async fn a_tool_of_another_name_is_known_by_its_schema() {
    let run = function(
        "run_in_terminal",
        json!({
            "script": { "type": "string" },
            "explanation": { "type": "string" },
            "isBackground": { "type": "boolean" },
            "timeout_ms": { "type": ["integer", "null"] },
        }),
        json!(["script", "explanation", "isBackground", "timeout_ms"]),
    );
    let mut line = function("terminal", json!({ "line": { "type": "string" } }), json!(["line"]));
    let expected = json!({ "script": "ls", "explanation": "as asked for", "isBackground": false,
        "timeout_ms": null });
    assert_eq!(called(runs_command("ls"), json!([run])).await, calls("run_in_terminal", expected));
    assert_eq!(
        called(runs_command("ls"), json!([line])).await,
        calls("terminal", json!({ "line": "ls" }))
    );
    // The same member has another meaning in a tool that is not about commands.
    line["name"] = "draw".into();
    assert_unoffered(
        runs_command("ls"),
        json!({ "tools": [line] }),
        "tool that runs a command",
        &["draw"],
    )
    .await;
}

#[tokio::test]
async fn a_similar_tool_that_runs_no_commands_is_not_called() {
    let tools = json!([
        write_stdin(),
        function("apply_patch", json!({ "input": { "type": "string" } }), json!(["input"])),
        function("send_input", json!({ "message": { "type": "string" } }), json!(["message"])),
        function("type_in_terminal", json!({ "command": { "type": "string" }, "session_id": { "type": "number" } }),
            json!(["session_id", "command"])),
        { "type": "web_search" },
    ]);
    let offered = ["write_stdin", "apply_patch", "send_input", "type_in_terminal", "web_search"];
    let request = json!({ "tools": tools });
    assert_unoffered(runs_command("ls"), request, "tool that runs a command", &offered).await;
}

#[tokio::test]
async fn a_tool_in_a_namespace_is_called_there() {
    let tools = json!([{ "type": "namespace", "name": "space", "tools": [exec_command()] }]);
    let mut expected = calls("exec_command", json!({ "cmd": "ls" }));
    expected["namespace"] = "space".into();
    assert_eq!(called(runs_command("ls"), tools).await, expected);
}

#[tokio::test]
async fn a_directory_is_put_into_the_argument_for_it() {
    let place = |reply: Reply| reply.workdir("sub");
    let run = runs_command("ls");
    assert_eq!(
        called(place(run.clone()), json!([shell()])).await,
        calls("shell", json!({ "command": words("ls"), "workdir": "sub" }))
    );
    let local = called(place(run.clone()), json!([{ "type": "local_shell" }])).await;
    assert_eq!(local["action"]["working_directory"], "sub");
    let bare = function("shell", json!({ "command": { "type": "string" } }), json!(["command"]));
    let wanted = "tool that runs a command in a directory that the call names";
    assert_unoffered(place(run), json!({ "tools": [bare] }), wanted, &["shell"]).await;
}

#[tokio::test]
async fn a_patch_uses_its_own_tool_or_a_shell_that_supports_it() {
    let patch = "*** Begin Patch\n*** End Patch\n";
    let free = json!({ "type": "custom", "name": "apply_patch" });
    assert_eq!(
        called(applies_patch(patch), json!([shell(), free])).await,
        json!({ "type": "custom_tool_call", "name": "apply_patch", "input": patch })
    );
    let typed = function("apply_patch", json!({ "input": { "type": "string" } }), json!(["input"]));
    assert_eq!(
        called(applies_patch(patch), json!([typed, shell()])).await,
        calls("apply_patch", json!({ "input": patch }))
    );
    let told = json!({ "tools": [shell()], "instructions": "Use apply_patch in the shell." });
    let line = format!("apply_patch <<'EOF'\n{patch}EOF\n");
    assert_eq!(
        called_for(applies_patch(patch), told).await,
        calls("shell", json!({ "command": words(&line) }))
    );
    let shell_only = json!([{ "type": "custom", "name": "apply_patch" }, shell()]);
    let told = json!({ "tools": shell_only, "instructions": "Use apply_patch in the shell." });
    assert_eq!(
        called_for(applies_patch(patch).workdir("a b"), told).await,
        calls("shell", json!({ "command": words(&format!("cd 'a b' && {line}")) }))
    );
    let wanted = "shell in which `apply_patch` applies a patch";
    let request = json!({ "tools": shell_only });
    assert_unoffered(applies_patch(patch).workdir("a"), request, wanted, &["apply_patch", "shell"])
        .await;
    let wanted = "tool that applies a patch, and no shell in which `apply_patch` does";
    assert_unoffered(applies_patch(patch), json!({ "tools": [shell()] }), wanted, &["shell"]).await;
}

#[tokio::test]
async fn a_program_is_opened_and_written_to() {
    let tools = json!([shell(), exec_command(), write_stdin()]);
    assert_eq!(
        called(opens_program("cat").yields_after(250), tools.clone()).await,
        calls("exec_command", json!({ "cmd": "cat", "tty": true, "yield_time_ms": 250 }))
    );
    assert_eq!(
        called(writes_to(7, "hi\n"), tools).await,
        calls("write_stdin", json!({ "session_id": 7, "chars": "hi\n" }))
    );
    let other = json!([
        function(
            "open",
            json!({ "command": { "type": "string" }, "pty": { "type": "boolean" } }),
            json!(["command"])
        ),
        function(
            "type_text",
            json!({ "session": { "type": "string" }, "input": { "type": "string" } }),
            json!(["session"])
        ),
    ]);
    assert_eq!(
        called(opens_program("cat"), other.clone()).await,
        calls("open", json!({ "command": "cat", "pty": true }))
    );
    assert_eq!(
        called(writes_to(7, "hi"), other).await,
        calls("type_text", json!({ "session": "7", "input": "hi" }))
    );
    let request = json!({ "tools": [shell()] });
    let wanted = "tool that opens a program at a terminal, to write to it later";
    assert_unoffered(opens_program("cat"), request.clone(), wanted, &["shell"]).await;
    assert_unoffered(writes_to(7, ""), request, "tool that writes to a program", &["shell"]).await;
}

#[tokio::test]
async fn the_tool_for_commands_gets_the_scripted_arguments() {
    let rubbish = misuses_commands(json!("{\"command\": ["));
    assert_eq!(called(rubbish, json!([shell()])).await, calls("shell", json!("{\"command\": [")));
    let request = json!({ "tools": [{ "type": "local_shell" }] });
    let wanted = "function that runs a command";
    assert_unoffered(misuses_commands(json!({})), request, wanted, &["local_shell"]).await;
}

#[tokio::test]
async fn a_chat_completion_is_offered_tools_in_its_own_way() {
    let model = model([runs_command("ls").id("c")]).await;
    let mut tool = json!({ "type": "function" });
    tool["function"] = json!({ "name": "exec_command",
        "parameters": { "properties": { "cmd": { "type": "string" } } } });
    let body = json!({ "stream": true, "tools": [tool] }).to_string();
    let answer = send(&model, "POST /v1/chat/completions", "", &body).await;
    let function = &answer.data()[1]["choices"][0]["delta"]["tool_calls"][0]["function"];
    assert_eq!(*function, json!({ "name": "exec_command", "arguments": r#"{"cmd":"ls"}"# }));
}

#[tokio::test]
async fn the_tool_of_an_mcp_server_is_found_by_its_names() {
    let tool = |name: &str| function(name, json!({}), json!([]));
    let space = json!({ "type": "namespace", "name": "mcp__stub", "tools": [tool("look")] });
    let used = || uses_tool("stub", "look", json!({ "text": "a" }));
    for (tools, name) in [
        (json!([tool("mcp__other__look"), tool("mcp__stub__look")]), "mcp__stub__look"),
        (json!([tool("mcp__stub__overlook"), tool("stub.look")]), "stub.look"),
        (json!([space, tool("look")]), "look"),
        (json!([tool("look")]), "look"),
    ] {
        let mut call = calls(name, json!({ "text": "a" }));
        if tools[0]["type"] == "namespace" {
            call["namespace"] = json!("mcp__stub");
        }
        assert_eq!(called(used(), tools).await, call, "{name}");
    }
    let request = json!({ "tools": [tool("mcp__other__look")] });
    assert_unoffered(used(), request, "tool of that MCP server", &["mcp__other__look"]).await;
}

#[tokio::test]
async fn every_want_has_its_json_form() {
    let script = Script::from_json(
        r#"{ "replies": [{ "send": [
            { "runs_command": { "command": "ls", "workdir": "sub", "id": "a" } },
            { "misuses_commands": { "arguments": "{" } },
            { "applies_patch": { "patch": "p" } },
            { "opens_program": { "command": "cat", "yields_after_ms": 250 } },
            { "writes_to": { "session": 1, "chars": "c" } }
        ] }] }"#,
    );
    let model = model(script.unwrap()).await;
    let free = json!({ "type": "custom", "name": "apply_patch" });
    let tools = json!([exec_command(), write_stdin(), free]);
    let answer = ask(&model, &json!({ "tools": tools })).await;
    let items = answer.of_type("response.output_item.done");
    let names: Vec<_> = items.iter().map(|event| event["item"]["name"].clone()).collect();
    let expected = ["exec_command", "exec_command", "apply_patch", "exec_command", "write_stdin"];
    assert_eq!(names, expected);
}

/// The client gets a text, its turn ends, and the journal has the missing tool.
async fn assert_unoffered(reply: Reply, request: Value, wanted: &str, offered: &[&str]) {
    let model = model([reply.id("c"), says("never said")]).await;
    let unoffered = model.unoffered();
    let answer = ask(&model, &request).await;
    let items = answer.of_type("response.output_item.done");
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["item"]["type"], "message");
    let unoffered = within(unoffered).await;
    assert_eq!(
        (unoffered.wanted.as_str(), unoffered.offered.as_slice()),
        (wanted, &offered.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()[..])
    );
    assert_eq!(*model.requests()[0].answer(), Answer::Unoffered(unoffered));
    let message = model.verify().expect_err("a reply that could not be served").to_string();
    assert!(message.contains("1 request without a tool for its reply"), "{message}");
}
