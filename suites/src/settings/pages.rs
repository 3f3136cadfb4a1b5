//! How much of its history the answer to a request for a thread has.

use harness::{Context, Result, check, code, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, messages};
use crate::rows::Rows;
use crate::stored::files::written;
use crate::stored::{UNKNOWN, last_request};

const QUESTIONS: [&str; 3] = ["one", "two", "three"];

/// A stored thread in which each of the questions was asked, and the ids of its turns.
async fn asked(cx: &mut Context) -> Result<(Thread, Vec<String>)> {
    let thread = cx.client().start_thread().await?;
    let mut ids = Vec::new();
    for question in QUESTIONS {
        ids.push(ask(cx, &thread, question).await?);
    }
    written(cx, &thread, "answer to three").await?;
    Ok((thread, ids))
}

/// Asks a question; the id of the turn.
async fn ask(cx: &mut Context, thread: &Thread, question: &str) -> Result<String> {
    cx.model.script([says(format!("answer to {question}"))]);
    let begun = cx.client().begin_turn(thread, question).await?;
    cx.client().end_turn(thread, &begun).await?;
    Ok(begun.id().to_owned())
}

/// Asks another question; those that the model received with it.
async fn received(cx: &mut Context, thread: &Thread) -> Result<Vec<String>> {
    ask(cx, thread, "four").await?;
    let request = last_request(cx)?;
    let known = |text: &&str| QUESTIONS.contains(text) || *text == "four";
    Ok(request.user_texts().into_iter().filter(known).map(str::to_owned).collect())
}

/// A server MUST return no turn to a resume or a fork that excludes them, and still send the whole
/// history to the model.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/resume, thread/fork: excludeTurns; every release since does",
    faults(EXCLUDED_TURNS_RETURNED),
    shared
)]
async fn turns_can_be_left_out(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let mut rows = Rows::of_waits();
    for method in ["thread/resume", "thread/fork"] {
        let (thread, _) = asked(cx).await?;
        for (exclude, expected) in [(true, 0), (false, 3)] {
            let params = json!({ "threadId": thread.id, "excludeTurns": exclude });
            let result = cx.peer.call(method, params).await?;
            let turns = result["thread"]["turns"].as_array().map_or(0, Vec::len);
            let opened = (cx.protocol().opened)(result)?;
            let judged = || -> Result {
                ensure_eq!(turns, expected, "turns in the answer");
                Ok(())
            };
            rows.judge(format!("`{method}`, excludeTurns: {exclude}"), judged())?;
            if exclude && method == "thread/fork" {
                let texts = received(cx, &opened).await?;
                ensure_eq!(texts, ["one", "two", "three", "four"], "what the fork asks the model");
            }
        }
    }
    rows.end()
}

/// The ids of the turns in a page.
fn ids_of(page: &Value) -> Vec<&str> {
    let turns = page["data"].as_array().into_iter().flatten();
    turns.filter_map(|turn| turn["id"].as_str()).collect()
}

/// A server MUST return to a resume with `initialTurnsPage` the page that `thread/turns/list` has for
/// the same limit, direction and view.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/resume: initialTurnsPage; every release since does",
    faults(FIRST_PAGE_IGNORES_THE_LIMIT),
    shared
)]
async fn the_first_page_comes_with_a_resume(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, ids) = asked(cx).await?;
    let mut rows = Rows::of_waits();
    let pages = [
        (json!({ "limit": 1 }), vec![&ids[2]]),
        (json!({ "limit": 2, "sortDirection": "asc" }), vec![&ids[0], &ids[1]]),
        (
            json!({ "limit": 2, "sortDirection": "desc", "itemsView": "full" }),
            vec![&ids[2], &ids[1]],
        ),
    ];
    for (wanted, expected) in pages {
        let params = json!({ "threadId": thread.id, "excludeTurns": true,
            "initialTurnsPage": wanted });
        let result = cx.peer.call("thread/resume", params).await?;
        let listed = cx.client().history_page("thread/turns/list", &thread, wanted.clone()).await?;
        let judged = || -> Result {
            let page = &result["initialTurnsPage"];
            ensure_eq!(ids_of(page), expected, "the ids of the turns in the page");
            ensure_eq!(
                messages(&page["data"]),
                messages(&listed["data"]),
                "the messages of the page"
            );
            Ok(())
        };
        rows.judge(wanted, judged())?;
    }
    rows.end()
}

/// A server MUST end a fork before the turn that the request names, for the client and for the model.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/fork: beforeTurnId; every release since does",
    faults(FORK_IGNORES_THE_TURN_BEFORE),
    shared
)]
async fn a_fork_ends_before_the_named_turn(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, ids) = asked(cx).await?;
    let params = json!({ "threadId": thread.id, "beforeTurnId": ids[1] });
    let result = cx.peer.call("thread/fork", params).await?;
    let shown = messages(&result["thread"]["turns"]);
    ensure_eq!(shown, ["user: one", "assistant: answer to one"], "the messages of the fork");
    let fork = (cx.protocol().opened)(result)?;
    ensure_eq!(received(cx, &fork).await?, ["one", "four"], "what the fork asks the model");
    let params = json!({ "threadId": thread.id, "beforeTurnId": UNKNOWN });
    let reply = cx.peer.request("thread/fork", params).await?;
    reply.refused(code::INVALID_REQUEST, "answer to a fork before an unknown turn").map(|_| ())
}

/// A server MUST give an ephemeral fork no file, and leave it out of the list of threads.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/fork: ephemeral; every release since does",
    faults(EPHEMERAL_FORK_IS_STORED),
    shared
)]
async fn an_ephemeral_fork_is_in_no_list(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, _) = asked(cx).await?;
    let params = json!({ "threadId": thread.id, "ephemeral": true, "excludeTurns": true });
    let result = cx.peer.call("thread/fork", params).await?;
    ensure_eq!(result["thread"]["ephemeral"], true, "`ephemeral` of the fork");
    let fork = (cx.protocol().opened)(result)?;
    ensure_eq!(fork.path.as_os_str().is_empty(), true, "whether the fork has no path");
    ensure_eq!(received(cx, &fork).await?.len(), 4, "the questions that the fork asks the model");
    let list = cx.peer.call("thread/list", json!({})).await?;
    let listed = list["data"].as_array().into_iter().flatten();
    let found = listed.filter(|listed| listed["id"] == json!(fork.id)).count();
    ensure_eq!(found, 0, "entries for the fork in the list of threads");
    Ok(())
}
