//! What a list leaves out when the client asks for less than everything.

use harness::{Context, Result, check, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Query};
use crate::stored::files::written;
use crate::stored::{conversation, id, seed, seed_all};

/// A server MUST list only the conversations with a model provider that the request names.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, list_resume and thread_list: modelProviders",
    faults(PROVIDER_FILTER_IGNORED)
)]
async fn by_provider(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).provider("left"))?;
    seed(cx, &conversation(2).provider("right"))?;
    seed(cx, &conversation(3).provider("left"))?;
    cx.client().initialize().await?;
    for (wanted, numbers) in [("left", vec![3, 1]), ("right", vec![2]), ("neither", vec![])] {
        let page =
            cx.client().page(&Query { providers: Some(&[wanted]), ..Query::default() }).await?;
        let numbers: Vec<String> =
            numbers.into_iter().map(|number| id(number).to_string()).collect();
        ensure_eq!(page.ids(), numbers, "the ids in the list of provider {wanted:?}");
    }
    Ok(())
}

/// A server MUST list the conversations of every model provider when the provider filter is empty.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, list_resume and thread_list: modelProviders",
    faults(EMPTY_FILTER_STOPS_ALL)
)]
async fn an_empty_filter_lets_all_pass(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).provider("left"))?;
    seed(cx, &conversation(2).provider("right"))?;
    cx.client().initialize().await?;
    let page = cx.client().page(&Query { providers: Some(&[]), ..Query::default() }).await?;
    ensure_eq!(
        page.ids(),
        [id(2).to_string(), id(1).to_string()],
        "the ids in the list with an empty filter of providers"
    );
    Ok(())
}

/// A server SHOULD list only the conversations with the configured model provider when the request
/// has no provider filter.
#[check(
    v1(since = "0.58"),
    v2,
    source = "app-server protocol, listConversations; every release does, though the README of thread/list says otherwise",
    faults(NO_FILTER_LETS_ALL_PASS)
)]
async fn defaults_to_the_configured_provider(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).provider("left"))?;
    seed(cx, &conversation(2))?;
    cx.client().initialize().await?;
    ensure_eq!(
        filtered(cx, Value::Null).await?,
        [id(2).to_string()],
        "the ids in the list without a filter of providers, where {} belongs to another",
        id(1)
    );
    Ok(())
}

/// A server MUST treat a conversation whose rollout names no model provider as one with the
/// configured provider.
#[check(
    v1(since = "0.58"),
    v2,
    source = "app-server tests, list_resume: provider fallback; every release does",
    faults(PROVIDER_DEFAULTS_TO_OPENAI)
)]
async fn a_missing_provider_is_the_configured_one(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).provider(None))?;
    cx.client().initialize().await?;
    let page = cx.client().page(&Query { providers: Some(&[]), ..Query::default() }).await?;
    let providers: Vec<_> =
        page.items.iter().map(|item| item.value["modelProvider"].clone()).collect();
    ensure_eq!(providers, [fixtures::Config::PROVIDER], "the providers in the list");
    Ok(())
}

/// A server MUST fill every page of a filtered list as long as more conversations match the filter.
#[check(
    v1(since = "0.58"),
    v2,
    source = "app-server tests, list_resume and thread_list: filtered pages are filled",
    faults(FILTER_AFTER_PAGING, PROVIDER_FILTER_IGNORED)
)]
async fn pages_are_full(cx: &mut Context) -> Result {
    for number in 0..12 {
        let provider = if number % 3 == 0 { "rare" } else { "common" };
        seed(cx, &conversation(number).provider(provider))?;
    }
    cx.client().initialize().await?;
    let query = Query { limit: Some(2), providers: Some(&["rare"]), ..Query::default() };
    let pages = cx.client().pages(&query).await?;
    let found: Vec<_> = pages.iter().map(|page| page.ids()).collect();
    let id = |number: u32| id(number).to_string();
    ensure_eq!(
        found,
        [[id(9), id(6)], [id(3), id(0)]],
        "the ids on each page of the rare provider"
    );
    Ok(())
}

/// The ids that a list with this filter has.
async fn filtered(cx: &mut Context, more: Value) -> Result<Vec<String>> {
    let page = cx.client().page(&Query { more, ..Query::default() }).await?;
    Ok(page.items.into_iter().map(|item| item.id).collect())
}

/// A server MUST list only the threads whose working directory is the one that the request names.
#[check(
    v2(since = "0.104"),
    source = "app-server tests, thread_list: cwd",
    faults(DIRECTORY_FILTER_TAKES_WHAT_IS_BELOW, FILTERS_IGNORED)
)]
async fn by_directory(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).cwd("/one"))?;
    seed(cx, &conversation(2).cwd("/two"))?;
    seed(cx, &conversation(3).cwd("/one/below"))?;
    cx.client().initialize().await?;
    ensure_eq!(
        filtered(cx, json!({ "cwd": "/one" })).await?,
        [id(1).to_string()],
        "the ids in the list of /one"
    );
    ensure_eq!(
        filtered(cx, json!({ "cwd": "/three" })).await?,
        [""; 0],
        "the ids in the list of /three"
    );
    Ok(())
}

/// A server MUST list only the threads whose title contains the search term of the request.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/list: searchTerm",
    faults(FILTERS_IGNORED)
)]
async fn by_text(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.model.script([says("painted"), says("mended")]);
    let mut ids = Vec::new();
    for (text, answer) in [("paint the fence", "painted"), ("mend the roof", "mended")] {
        let thread = cx.client().start_thread().await?;
        cx.client().turn(&thread, text).await?;
        written(cx, &thread, answer).await?;
        ids.push(thread.id);
    }
    ensure_eq!(
        filtered(cx, json!({ "searchTerm": "fence" })).await?,
        ids[..1],
        "the ids that have \"fence\""
    );
    ensure_eq!(
        filtered(cx, json!({ "searchTerm": "roof" })).await?,
        ids[1..],
        "the ids that have \"roof\""
    );
    ensure_eq!(
        filtered(cx, json!({ "searchTerm": "house" })).await?,
        [""; 0],
        "the ids that have \"house\""
    );
    Ok(())
}

/// A server MUST list only threads of the requested source kinds, or of the interactive kinds `cli`
/// and `vscode` when the request names none.
#[check(
    v2(since = "0.98"),
    source = "app-server tests, thread_list: sourceKinds",
    faults(FILTERS_IGNORED, LISTS_EVERY_SOURCE)
)]
async fn by_source(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    seed(cx, &conversation(2).source("exec"))?;
    seed(cx, &conversation(3).source("vscode"))?;
    cx.client().initialize().await?;
    let id = |number: u32| id(number).to_string();
    ensure_eq!(
        filtered(cx, Value::Null).await?,
        [id(3), id(1)],
        "ids in the list without a filter"
    );
    ensure_eq!(
        filtered(cx, json!({ "sourceKinds": [] })).await?,
        [id(3), id(1)],
        "the ids in the list of no kind"
    );
    ensure_eq!(
        filtered(cx, json!({ "sourceKinds": ["exec"] })).await?,
        [id(2)],
        "the ids in the list of `exec`"
    );
    let wish = json!({ "sourceKinds": ["cli", "exec"] });
    ensure_eq!(
        filtered(cx, wish).await?,
        [id(2), id(1)],
        "the ids in the list of `cli` and `exec`"
    );
    Ok(())
}
