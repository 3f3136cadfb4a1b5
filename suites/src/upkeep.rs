//! What clients keep with the server, and what they ask of it besides its threads: counts, switches,
//! diagnostics.

use harness::{Context, Failure, Result, check, code, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, entries, messages};
use crate::rows::Rows;
use crate::stored::UNKNOWN;
use crate::stored::files::written;

/// A stored thread over an initialized connection.
async fn stored(cx: &mut Context) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("it is stored")]);
    cx.client().turn(&thread, "hello").await?;
    written(cx, &thread, "it is stored").await?;
    Ok(thread)
}

/// A server MUST count the questions of others that a thread waits for, and report it as paused while
/// there are any.
#[check(
    v2(since = "0.120"),
    source = "app-server protocol, thread/increment_elicitation, thread/decrement_elicitation; every release since does",
    faults(ELICITATIONS_NOT_COUNTED, ELICITATIONS_BELOW_ZERO),
    shared
)]
async fn questions_of_others_are_counted(cx: &mut Context) -> Result {
    const MORE: &str = "thread/increment_elicitation";
    const LESS: &str = "thread/decrement_elicitation";
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let params = json!({ "threadId": thread.id });
    let mut rows = Rows::of_waits();
    let steps = [(MORE, 1), (MORE, 2), (LESS, 1), (MORE, 2), (LESS, 1), (LESS, 0)];
    for (number, (method, expected)) in steps.into_iter().enumerate() {
        let result = cx.peer.call(method, params.clone()).await?;
        let judged = || -> Result {
            let seen = [&result["count"], &result["paused"]];
            ensure_eq!(seen, [&json!(expected), &json!(expected > 0)], "count and paused");
            Ok(())
        };
        rows.judge(format!("step {}, `{method}`", number + 1), judged())?;
    }
    let reply = cx.peer.request(LESS, params).await?;
    let refused = reply.refused(code::INVALID_REQUEST, format!("answer to `{LESS}` below zero"));
    rows.judge("one question less than none", refused.map(|_| ()))?;
    rows.end()
}

/// Requests to mark a thread; the answer.
async fn mark(
    cx: &mut Context,
    thread: &Thread,
    revision: &Value,
    kind: &str,
) -> Result<harness::Reply> {
    let params = json!({ "threadId": thread.id, "expectedRevision": revision,
        "operation": { "type": kind } });
    cx.peer.request("thread/readState/update", params).await
}

/// The current state of what is unread, which the refusal of a wrong revision names.
async fn unread(cx: &mut Context, thread: &Thread) -> Result<Value> {
    let reply = mark(cx, thread, &json!("proctor"), "read").await?;
    let error = reply.refused(code::INVALID_REQUEST, "answer to a change of another revision")?;
    let data = error.data.unwrap_or_default();
    ensure_eq!(data["reason"], "readStateConflict", "`reason` in the data of the refusal");
    Ok(data["readState"].clone())
}

/// A server MUST mark a thread as read or unread, announce it, and reject a change of any but the
/// current revision.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/readState/update: expectedRevision; thread/readState/changed; every release since does",
    faults(READ_STATE_OVERWRITTEN, READ_STATE_UNTOLD),
    shared
)]
async fn what_is_unread_has_a_revision(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = stored(cx).await?;
    cx.client().barrier(&thread).await?;
    let mut revision = unread(cx, &thread).await?["revision"].take();
    for (kind, is_read) in [("read", true), ("unread", false), ("read", true)] {
        let reply = mark(cx, &thread, &revision, kind).await?;
        let result = reply.granted(format!("answer to `{kind}` of the current revision"))?.clone();
        let state = &result["readState"];
        ensure_eq!(state["firstUnread"].is_null(), is_read, "whether nothing is unread then");
        ensure!(state["revision"] != revision, "the revision then", "another", state.to_string());
        let of_it = |call: &harness::Call| {
            call.method == "thread/readState/changed" && call.params["readState"] == *state
        };
        cx.peer.next_matching("`thread/readState/changed` with this state", of_it).await?;
        let again = mark(cx, &thread, &revision, kind).await?;
        again.refused(code::INVALID_REQUEST, "answer to a change of the revision before")?;
        revision = state["revision"].clone();
    }
    ensure_eq!(unread(cx, &thread).await?["revision"], revision, "the revision in the refusal");
    Ok(())
}

/// A server MUST accept each memory mode for a thread, and reject an unknown thread.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/memoryMode/set; every release since does",
    faults(MEMORY_OF_NO_THREAD),
    shared
)]
async fn the_memory_mode_is_of_a_thread(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = stored(cx).await?;
    for mode in ["enabled", "disabled", "enabled"] {
        let set = |id: &str| json!({ "threadId": id, "mode": mode });
        let result = cx.peer.call("thread/memoryMode/set", set(&thread.id)).await?;
        ensure!(result.is_object(), "the result", "an object", result.to_string());
        let reply = cx.peer.request("thread/memoryMode/set", set(UNKNOWN)).await?;
        reply.refused(code::INVALID_REQUEST, "answer to the memory mode of an unknown thread")?;
    }
    Ok(())
}

/// A server MUST report no memory of a new thread, and reject an unknown thread.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/memory/read; every release since does",
    faults(MEMORY_MADE_UP, MEMORY_OF_NO_THREAD),
    shared
)]
async fn a_new_thread_has_no_memory(cx: &mut Context) -> Result {
    const READ: &str = "thread/memory/read";
    cx.client().initialize_experimental().await?;
    let thread = stored(cx).await?;
    let result = cx.peer.call(READ, json!({ "threadId": thread.id })).await?;
    ensure_eq!(result["summary"], Value::Null, "the summary of a new thread");
    let reply = cx.peer.request(READ, json!({ "threadId": UNKNOWN })).await?;
    reply.refused(code::INVALID_REQUEST, "answer to the memory of an unknown thread").map(|_| ())
}

/// A server MUST report its own process and each gauge once.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, server/diagnostics; every release since does",
    faults(DIAGNOSTICS_OF_ANOTHER_PROCESS)
)]
async fn diagnostics_are_of_the_server(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    cx.client().start_thread().await?;
    let result = cx.peer.call("server/diagnostics", json!({})).await?;
    let pid = cx.peer.pid().map_or(Value::Null, |pid| json!(pid));
    ensure_eq!(result["process"]["id"], pid, "the process id");
    let gauges = result["gauges"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<_> = gauges.iter().map(|gauge| gauge["name"].to_string()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    ensure_eq!(names.len(), count, "names of gauges, of {count} gauges");
    Ok(())
}

/// A server MUST keep the turns of every thread when it compresses its files.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, rollout/compress; every release since does",
    faults(COMPRESSION_LOSES_TURNS)
)]
async fn compression_keeps_the_turns(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let threads = [stored(cx).await?, stored(cx).await?];
    for _ in 0..2 {
        cx.peer.call("rollout/compress", Value::Null).await?;
        for thread in &threads {
            let read = cx.client().read_thread(&thread.id, true).await?;
            let shown = messages(&read["turns"]);
            ensure_eq!(
                shown,
                ["user: hello", "assistant: it is stored"],
                "the messages of a thread"
            );
        }
    }
    Ok(())
}

/// A feature that clients can switch, and whether it is on: one that is on if there is one.
async fn switchable(cx: &mut Context) -> Result<(String, bool)> {
    let mut found = None;
    for (name, on) in features(cx).await? {
        let params = json!({ "enablement": { (name.as_str()): on } });
        let reply = cx.peer.request("experimentalFeature/enablement/set", params).await?;
        if reply.is_error() || reply.result()?["enablement"][name.as_str()] != on {
            continue;
        }
        if on {
            return Ok((name, on));
        }
        found.get_or_insert((name, on));
    }
    found.ok_or_else(|| Failure::lacks("features that a client can switch"))
}

/// The names of all features, and whether they are on.
async fn features(cx: &mut Context) -> Result<Vec<(String, bool)>> {
    let mut all = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let params = json!({ "limit": 100, "cursor": cursor });
        let page = cx.peer.call("experimentalFeature/list", params).await?;
        let named = entries(&page).into_iter().filter_map(|feature| {
            Some((feature["name"].as_str()?.to_owned(), feature["enabled"].as_bool()?))
        });
        all.extend(named);
        if page["nextCursor"].is_null() || page["nextCursor"] == cursor {
            return Ok(all);
        }
        cursor = page["nextCursor"].clone();
    }
}

/// A server MUST list a feature as the client has switched it, and not confirm an unknown feature.
#[check(
    v2(since = "0.120"),
    source = "app-server README, experimentalFeature/enablement/set; every release since does",
    faults(FEATURE_STAYS_OFF, UNKNOWN_FEATURE_ENABLED)
)]
async fn features_can_be_switched(cx: &mut Context) -> Result {
    const SET: &str = "experimentalFeature/enablement/set";
    cx.client().initialize().await?;
    let (name, on) = switchable(cx).await?;
    let params = json!({ "enablement": { (name.as_str()): !on } });
    let result = cx.peer.call(SET, params).await?;
    ensure_eq!(result["enablement"][&*name], !on, "`{name}` in the answer to its switch");
    let listed = features(cx).await?.into_iter().find(|(listed, _)| *listed == name);
    ensure_eq!(listed, Some((name, !on)), "the feature in the list");
    let unknown = json!({ "enablement": { "proctor_unknown": true } });
    let reply = cx.peer.request(SET, unknown).await?;
    if !reply.is_error() {
        let confirmed = &reply.result()?["enablement"];
        ensure!(
            confirmed["proctor_unknown"].is_null(),
            "the features in the answer to the switch of an unknown one",
            "no `proctor_unknown`",
            confirmed.to_string()
        );
    }
    Ok(())
}

/// A server MUST name each requested app that it does not have as missing.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, app/read: missingAppIds; app/installed; every release since does",
    faults(MISSING_APPS_UNTOLD),
    shared
)]
async fn missing_apps_are_named(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let installed = cx.peer.call("app/installed", json!({})).await?;
    ensure_eq!(installed["apps"], json!([]), "the apps of a new home");
    for wanted in [json!([]), json!(["no such app", "ñ"])] {
        let result = cx.peer.call("app/read", json!({ "appIds": wanted })).await?;
        let seen = [&result["apps"], &result["missingAppIds"]];
        ensure_eq!(seen, [&json!([]), &wanted], "apps and missing ids in the answer to {wanted}");
    }
    Ok(())
}

/// A server MUST make a configured provider the default and use it for new threads, and reject one
/// that is not configured.
#[check(
    v2(since = "0.171"),
    source = "app-server protocol, modelProvider/default/set; 0.171 does",
    faults(UNKNOWN_PROVIDER_IS_DEFAULT)
)]
async fn the_default_provider_can_be_set(cx: &mut Context) -> Result {
    const SET: &str = "modelProvider/default/set";
    let url = cx.model.base_url();
    crate::template::configure(cx, |config| {
        config
            .set("model_providers.other.name", "Other")
            .set("model_providers.other.base_url", url)
            .set("model_providers.other.wire_api", "responses")
    })?;
    cx.client().initialize().await?;
    let provider = |id: &str| json!({ "providerId": id });
    let reply = cx.peer.request(SET, provider("none")).await?;
    reply.refused(code::INVALID_REQUEST, "answer to a default that is not configured")?;
    let result = cx.peer.call(SET, provider("other")).await?;
    ensure_eq!(result["status"], "ok", "the status of the change");
    let list = cx.peer.call("modelProvider/list", json!({})).await?;
    ensure_eq!(list["defaultProviderId"], "other", "the default in the list of providers");
    let thread = cx.client().start_thread().await?;
    ensure_eq!(thread.result["modelProvider"], "other", "the provider of a new thread");
    Ok(())
}

/// A server MUST report whether its provider generates images and searches the web.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, modelProvider/capabilities/read; every release since does",
    faults(CAPABILITIES_ARE_WORDS),
    shared
)]
async fn capabilities_are_reported(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let result = cx.peer.call("modelProvider/capabilities/read", json!({})).await?;
    for name in ["imageGeneration", "webSearch"] {
        let value = &result[name];
        ensure!(value.is_boolean(), format!("`{name}`"), "true or false", value.to_string());
    }
    Ok(())
}
