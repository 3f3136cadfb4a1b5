//! What a list shows: which conversations, and what it says of each.

use std::path::Path;

use harness::failure::{OrInconclusive, Result};
use harness::{Context, Dialect, check, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::{Value, json};

use crate::stored::files::{set_changed, written};
use crate::stored::listing::{Query, ids, list, page, pages};
use crate::stored::{begun, conversation, id, seed, seed_all, two_turns};
use crate::words::{greet, run_turn, start};

/// A server MUST list a conversation of its own with its id, its rollout and what the user said first.
#[check(v1, v2, source = "app-server README, Threads: list; app-server tests, list_resume")]
async fn lists_its_own(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([says("one"), says("two")]);
    run_turn(cx, &thread, "what was said first").await?;
    run_turn(cx, &thread, "what was said next").await?;
    written(cx, &thread, "two").await?;
    let page = list(cx).await?;
    ensure_eq!(page.ids(), [&thread.id], "the ids in the list");
    ensure_eq!(page.items[0].preview, "what was said first", "the preview");
    ensure_eq!(page.items[0].path, thread.path, "the path in the list");
    Ok(())
}

/// A server MUST list after a restart what was said before it.
#[check(v1, v2, source = "app-server README, Threads: list; every release does")]
async fn lists_after_a_restart(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([says("one")]);
    run_turn(cx, &thread, "remember me").await?;
    written(cx, &thread, "one").await?;
    cx.restart().await;
    greet(cx).await?;
    let page = list(cx).await?;
    ensure_eq!(page.ids(), [&thread.id], "the ids in the list after a restart");
    ensure_eq!(page.items[0].preview, "remember me", "the preview");
    Ok(())
}

/// A server MUST NOT list conversations in which the user has not said anything.
#[check(v1, v2, source = "app-server README, Threads: list; every release does")]
async fn silent_ones_are_left_out(cx: &mut Context) -> Result {
    seed(cx, &conversation(1))?;
    seed(cx, &conversation(2).turns([]))?;
    greet(cx).await?;
    start(cx).await?;
    ensure_eq!(ids(cx).await?, [id(1).to_string()], "the ids in the list");
    Ok(())
}

/// A server MUST name the rollout of each conversation by its absolute path.
#[check(v1, v2, source = "app-server tests, list_resume and thread_list")]
async fn paths_are_absolute(cx: &mut Context) -> Result {
    let paths = [seed(cx, &conversation(1))?, seed(cx, &conversation(0))?];
    greet(cx).await?;
    let listed: Vec<_> = list(cx).await?.items.into_iter().map(|item| item.path).collect();
    ensure_eq!(listed, paths, "the paths in the list");
    Ok(())
}

/// A server MUST tell with each conversation when it began.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; app-server tests, list_resume and thread_list"
)]
async fn tells_when_it_began(cx: &mut Context) -> Result {
    let path = seed(cx, &conversation(7))?;
    set_changed(&path, begun(90))?;
    greet(cx).await?;
    let page = list(cx).await?;
    ensure_eq!(page.ids(), [id(7).to_string()], "the ids in the list");
    let item = &page.items[0].value;
    if cx.dialect() == Dialect::V1 {
        let told = item["timestamp"].as_str().and_then(|time| time.parse::<jiff::Timestamp>().ok());
        let told = told.map(|time| time.to_string());
        ensure_eq!(told, Some(begun(7).to_string()), "`timestamp`");
    } else {
        ensure_eq!(item["createdAt"], begun(7).as_second(), "`createdAt`, in seconds");
    }
    Ok(())
}

/// A server MUST tell with each conversation when its rollout was changed last.
#[check(
    v1(since = "0.90"),
    v2(since = "0.90"),
    source = "app-server tests, list_resume and thread_list: updatedAt"
)]
async fn tells_when_it_was_changed(cx: &mut Context) -> Result {
    let path = seed(cx, &conversation(7))?;
    set_changed(&path, begun(90))?;
    greet(cx).await?;
    let page = list(cx).await?;
    ensure_eq!(page.ids(), [id(7).to_string()], "the ids in the list");
    let item = &page.items[0].value;
    let wanted = if cx.dialect() == Dialect::V1 {
        json!(begun(90).strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    } else {
        json!(begun(90).as_second())
    };
    ensure_eq!(item["updatedAt"], wanted, "`updatedAt`");
    Ok(())
}

/// A server MUST tell with each conversation its directory, its source, its client's version and its repository.
#[check(
    v1(since = "0.58"),
    v2(since = "0.80"),
    source = "app-server tests, list_resume and thread_list"
)]
async fn tells_where_it_came_from(cx: &mut Context) -> Result {
    let rollout = conversation(1).cwd("/somewhere").git(
        "0123abc",
        "main",
        "https://example.test/repository.git",
    );
    seed(cx, &rollout)?;
    greet(cx).await?;
    let page = list(cx).await?;
    ensure_eq!(page.ids(), [id(1).to_string()], "the ids in the list");
    let url = if cx.dialect() == Dialect::V1 { "origin_url" } else { "originUrl" };
    let wanted = json!({
        "cwd": "/somewhere",
        "cliVersion": "0.0.0",
        "source": "cli",
        "modelProvider": "mock",
        "gitInfo": { "sha": "0123abc", "branch": "main", url: "https://example.test/repository.git" },
    });
    ensure_includes!(page.items[0].value, wanted, "the conversation in the list");
    Ok(())
}

/// A server MUST show what the user said first, and nothing that was said later.
#[check(v1, v2, source = "app-server tests, list_resume and thread_list")]
async fn previews_the_first_message(cx: &mut Context) -> Result {
    seed(cx, &two_turns(1))?;
    greet(cx).await?;
    let previews: Vec<_> = list(cx).await?.items.into_iter().map(|item| item.preview).collect();
    ensure_eq!(previews, ["the first question"], "the previews in the list");
    Ok(())
}

/// A server MUST leave out of a preview what an editor put before the user's own words.
#[check(
    v1,
    v2,
    source = "app-server protocol, the marker before the user's request; every release does"
)]
async fn previews_the_users_own_words(cx: &mut Context) -> Result {
    let text = "# Context from my IDE setup:\n\n## Open tabs:\n- main.rs\n\n## My request for Codex:\nfix the bug";
    seed(cx, &conversation(1).preview(text))?;
    greet(cx).await?;
    let previews: Vec<_> = list(cx).await?.items.into_iter().map(|item| item.preview).collect();
    ensure_eq!(previews, ["fix the bug"], "the previews in the list");
    Ok(())
}

/// A server MUST list only conversations with one of the model providers that the client names.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, list_resume and thread_list: modelProviders"
)]
async fn filters_by_provider(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).provider("left"))?;
    seed(cx, &conversation(2).provider("right"))?;
    seed(cx, &conversation(3).provider("left"))?;
    greet(cx).await?;
    for (wanted, numbers) in [("left", vec![3, 1]), ("right", vec![2]), ("neither", vec![])] {
        let page = page(cx, &Query { providers: Some(&[wanted]), ..Query::default() }).await?;
        let numbers: Vec<String> =
            numbers.into_iter().map(|number| id(number).to_string()).collect();
        ensure_eq!(page.ids(), numbers, "the ids in the list of provider {wanted:?}");
    }
    Ok(())
}

/// A server MUST list conversations of every model provider when the client's filter is empty.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, list_resume and thread_list: modelProviders"
)]
async fn an_empty_filter_lets_all_pass(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).provider("left"))?;
    seed(cx, &conversation(2).provider("right"))?;
    greet(cx).await?;
    let page = page(cx, &Query { providers: Some(&[]), ..Query::default() }).await?;
    ensure_eq!(page.ids(), [id(2).to_string(), id(1).to_string()], "the ids in the list");
    Ok(())
}

/// A server MUST take a conversation whose rollout names no model provider for one with the provider that is configured.
#[check(
    v1(since = "0.58"),
    v2,
    source = "app-server tests, list_resume: provider fallback; every release does"
)]
async fn no_provider_means_the_configured_one(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).provider(None))?;
    greet(cx).await?;
    let page = page(cx, &Query { providers: Some(&[]), ..Query::default() }).await?;
    let providers: Vec<_> =
        page.items.iter().map(|item| item.value["modelProvider"].clone()).collect();
    ensure_eq!(providers, [fixtures::Config::PROVIDER], "the providers in the list");
    Ok(())
}

/// A server MUST go on looking until a page is full when its filter leaves conversations out.
#[check(
    v1(since = "0.58"),
    v2,
    source = "app-server tests, list_resume and thread_list: filtered pages are filled"
)]
async fn filtered_pages_are_full(cx: &mut Context) -> Result {
    for number in 0..12 {
        let provider = if number % 3 == 0 { "rare" } else { "common" };
        seed(cx, &conversation(number).provider(provider))?;
    }
    greet(cx).await?;
    let query = Query { limit: Some(2), providers: Some(&["rare"]), ..Query::default() };
    let pages = pages(cx, &query).await?;
    let found: Vec<_> = pages.iter().map(|page| page.ids()).collect();
    let id = |number: u32| id(number).to_string();
    ensure_eq!(
        found,
        [[id(9), id(6)], [id(3), id(0)]],
        "the ids on each page of the rare provider"
    );
    Ok(())
}

/// A server MUST list the conversations of a home in which other files lie between them.
#[check(v1, v2, source = "robustness; every release does")]
async fn foreign_files_are_no_obstacle(cx: &mut Context) -> Result {
    let rollout = conversation(1);
    let path = seed(cx, &rollout)?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    let nonsense = conversation(2).file_name();
    let empty = conversation(3).file_name();
    for (name, text) in [
        ("notes.txt", "notes"),
        ("rollout-of-nobody.jsonl", "{}\n"),
        (&nonsense, "no json\n"),
        (&empty, ""),
    ] {
        std::fs::write(folder.join(name), text).or_inconclusive("seeding a foreign file")?;
    }
    greet(cx).await?;
    ensure_eq!(ids(cx).await?, [rollout.id().to_string()], "the ids in the list");
    Ok(())
}

/// The ids that a list with this filter has.
async fn filtered(cx: &mut Context, more: Value) -> Result<Vec<String>> {
    let page = page(cx, &Query { more, ..Query::default() }).await?;
    Ok(page.items.into_iter().map(|item| item.id).collect())
}

/// A server MUST list only conversations about the directory that the client names.
#[check(v2(since = "0.104"), source = "app-server tests, thread_list: cwd")]
async fn filters_by_directory(cx: &mut Context) -> Result {
    seed(cx, &conversation(1).cwd("/one"))?;
    seed(cx, &conversation(2).cwd("/two"))?;
    seed(cx, &conversation(3).cwd("/one/below"))?;
    greet(cx).await?;
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

/// A server MUST list only conversations whose title contains the text that the client searches for.
#[check(v2(since = "0.107"), source = "app-server README, thread/list: searchTerm")]
async fn filters_by_text(cx: &mut Context) -> Result {
    greet(cx).await?;
    cx.model.script([says("painted"), says("mended")]);
    let mut ids = Vec::new();
    for (text, answer) in [("paint the fence", "painted"), ("mend the roof", "mended")] {
        let thread = start(cx).await?;
        run_turn(cx, &thread, text).await?;
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

/// A server MUST list only conversations that a person began, unless the client asks for another kind.
#[check(v2(since = "0.90"), source = "app-server tests, thread_list: sourceKinds")]
async fn filters_by_source(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    seed(cx, &conversation(2).source("exec"))?;
    seed(cx, &conversation(3).source("vscode"))?;
    greet(cx).await?;
    let id = |number: u32| id(number).to_string();
    ensure_eq!(
        filtered(cx, Value::Null).await?,
        [id(3), id(1)],
        "the ids in the list without a wish"
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
