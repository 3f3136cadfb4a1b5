//! Search: which threads hold a text, and where in a thread it is.

use harness::{Context, Result, check, code, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, entries};
use crate::rows::Rows;
use crate::stored::files::written;

/// A stored thread in which this was asked and answered, over an initialized connection.
async fn said(cx: &mut Context, question: &str, answer: &str) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    cx.model.script([says(answer)]);
    cx.client().turn(&thread, question).await?;
    written(cx, &thread, answer).await?;
    Ok(thread)
}

/// A server MUST find exactly the threads in which the user or the agent said the searched text.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/search; every release does",
    faults(SEARCH_FINDS_EVERY_THREAD, SEARCH_OF_FIRST_MESSAGES),
    shared
)]
async fn the_threads_that_hold_a_text_are_found(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let asked = said(cx, "what eats a quokka?", "leaves").await?;
    let heard = said(cx, "which animal smiles?", "a happy quokka does").await?;
    said(cx, "what is a numbat?", "an animal").await?;
    let mut rows = Rows::of_waits();
    for (term, expected) in [("quokka", vec![&heard.id, &asked.id]), ("wombat", vec![])] {
        let result = cx.peer.call("thread/search", json!({ "searchTerm": term })).await?;
        let found = entries(&result);
        let mut ids: Vec<_> =
            found.iter().filter_map(|entry| entry["thread"]["id"].as_str()).collect();
        let mut expected: Vec<&str> = expected.into_iter().map(String::as_str).collect();
        ids.sort_unstable();
        expected.sort_unstable();
        let judged = || -> Result {
            ensure_eq!(ids, expected, "the threads that were found");
            Ok(())
        };
        rows.judge(format!("a search for {term:?}"), judged())?;
    }
    rows.end()
}

/// A server MUST reject a search for an empty text with the error code -32600.
#[check(
    v2(since = "0.147"),
    source = "every release does: requires a non-empty searchTerm",
    faults(EMPTY_SEARCH_TAKEN),
    shared
)]
async fn an_empty_text_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    for term in ["", "  "] {
        let reply = cx.peer.request("thread/search", json!({ "searchTerm": term })).await?;
        reply.refused(code::INVALID_REQUEST, format!("answer to a search for {term:?}"))?;
    }
    Ok(())
}

/// A server MUST return each place in a thread that holds the searched text in any case, with its
/// turn, its item and the text around it.
#[check(
    v2(since = "0.160"),
    source = "app-server README, thread/searchOccurrences: literal, case-insensitive; every release since does",
    faults(OCCURRENCES_IN_THIS_CASE_ONLY, OCCURRENCES_OF_THE_USER_ONLY),
    shared
)]
async fn occurrences_name_their_place(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = said(cx, "what eats a Quokka?", "leaves").await?;
    for (question, answer) in [("and who?", "the quokka eats them"), ("why?", "it is hungry")] {
        cx.model.script([says(answer)]);
        cx.client().turn(&thread, question).await?;
    }
    written(cx, &thread, "it is hungry").await?;
    let read = cx.client().read_thread(&thread.id, true).await?;
    let at = |turn: usize, item: usize| {
        let turn = &read["turns"][turn];
        let item = turn["items"].get(item).unwrap_or(&Value::Null);
        [turn["id"].clone(), item["id"].clone()]
    };
    let params = json!({ "threadId": thread.id, "searchTerm": "QUOKKA" });
    let result = cx.peer.call("thread/searchOccurrences", params).await?;
    let found = entries(&result);
    let places: Vec<_> =
        found.iter().map(|entry| [entry["turnId"].clone(), entry["itemId"].clone()]).collect();
    ensure_eq!(places, [at(0, 0), at(1, 1)], "turn and item of each occurrence");
    for entry in &found {
        let snippet = entry["snippet"].as_str().unwrap_or_default();
        let place = |end: &str| usize::try_from(entry["snippetMatchRange"][end].as_u64()?).ok();
        let named = place("start").zip(place("end")).and_then(|(from, to)| snippet.get(from..to));
        let fits = named.is_some_and(|named| named.eq_ignore_ascii_case("quokka"));
        ensure!(fits, "the match in the snippet", "\"quokka\", in any case", entry.to_string());
    }
    Ok(())
}

/// A server MUST announce by `thread/search/partial` only threads that the answer to the search has as
/// well, and find the same threads without a stream.
#[check(
    v2(since = "0.171"),
    source = "app-server protocol, thread/search/stream, thread/search/partial; 0.171 does",
    faults(SEARCH_STREAMS_OTHERS),
    shared
)]
async fn what_is_announced_is_found(cx: &mut Context) -> Result {
    const PARTIAL: &str = "thread/search/partial";
    cx.client().initialize_experimental().await?;
    said(cx, "where is the numbat?", "in a log").await?;
    let thread = said(cx, "where is the wombat?", "in its burrow").await?;
    let ids = |found: &Value| -> Vec<Value> {
        entries(found).iter().map(|entry| entry["thread"]["id"].clone()).collect()
    };
    let mark = cx.peer.mark();
    let params = json!({ "searchTerm": "wombat" });
    let result = cx.peer.call("thread/search/stream", params.clone()).await?;
    ensure_eq!(ids(&result), [thread.id.as_str()], "the threads in the answer");
    cx.client().barrier(&thread).await?;
    let calls = cx.peer.calls_since(mark);
    for call in calls.iter().filter(|call| call.method == PARTIAL) {
        cx.peer.looked_at(call);
        ensure_eq!(ids(&call.params), [thread.id.as_str()], "the announced threads");
    }
    let again = cx.peer.call("thread/search", params).await?;
    ensure_eq!(ids(&again), ids(&result), "the threads that a search without a stream finds");
    Ok(())
}
