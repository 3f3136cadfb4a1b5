//! What a list shows: which conversations, and what it says of each.

use std::path::Path;

use harness::{Context, OrInconclusive, Result, check, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, Protocol};
use crate::stored::files::{set_changed, written};
use crate::stored::{begun, conversation, id, seed, two_turns};

/// A server MUST list a conversation of its own with its id, its rollout and the user's first
/// message.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; app-server tests, list_resume",
    faults(LIST_PATHS_RELATIVE, PREVIEW_OF_THE_LAST_MESSAGE)
)]
async fn lists_its_own(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one"), says("answer-two")]);
    cx.client().turn(&thread, "what was said first").await?;
    cx.client().turn(&thread, "what was said next").await?;
    written(cx, &thread, "answer-two").await?;
    let page = cx.client().first_page().await?;
    ensure_eq!(page.ids(), [&thread.id], "the ids in the list, where one conversation was held");
    ensure_eq!(
        page.items[0].preview,
        "what was said first",
        "the preview of the conversation in the list"
    );
    ensure_eq!(page.items[0].path, thread.path, "the path in the list");
    Ok(())
}

/// A server MUST list its earlier conversations, with their previews, after a restart.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; every release does",
    faults(LISTS_WHAT_IS_LOADED)
)]
async fn lists_after_a_restart(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one")]);
    cx.client().turn(&thread, "remember me").await?;
    written(cx, &thread, "answer-one").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    ensure_eq!(page.ids(), [&thread.id], "the ids in the list after a restart");
    ensure_eq!(page.items[0].preview, "remember me", "the preview of the conversation in the list");
    Ok(())
}

/// A server MUST NOT list conversations without a user message.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; every release does",
    faults(LISTS_SILENT)
)]
async fn omits_conversations_without_messages(cx: &mut Context) -> Result {
    seed(cx, &conversation(1))?;
    seed(cx, &conversation(2).turns([]))?;
    cx.client().initialize().await?;
    cx.client().start_thread().await?;
    ensure_eq!(
        cx.client().listed_ids().await?,
        [id(1).to_string()],
        "the ids in the list, where a conversation without a message was left out"
    );
    Ok(())
}

/// A server MUST return the absolute path of the rollout of each listed conversation.
#[check(
    v1,
    v2,
    source = "app-server tests, list_resume and thread_list",
    faults(LIST_PATHS_RELATIVE)
)]
async fn paths_are_absolute(cx: &mut Context) -> Result {
    let paths = [seed(cx, &conversation(1))?, seed(cx, &conversation(0))?];
    cx.client().initialize().await?;
    let listed: Vec<_> =
        cx.client().first_page().await?.items.into_iter().map(|item| item.path).collect();
    ensure_eq!(listed, paths, "the paths in the list");
    Ok(())
}

/// A server MUST return the creation time of each listed conversation.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; app-server tests, list_resume and thread_list",
    faults(BEGAN_WHEN_CHANGED)
)]
async fn returns_the_creation_time(cx: &mut Context) -> Result {
    let path = seed(cx, &conversation(7))?;
    set_changed(&path, begun(90))?;
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    ensure_eq!(page.ids(), [id(7).to_string()], "the ids in the list of one conversation");
    let item = &page.items[0].value;
    let &Protocol { created_at: member, read_time, .. } = cx.protocol();
    let created = read_time(&item[member]).map(|time| time.to_string());
    ensure_eq!(created, Some(begun(7).to_string()), "`{member}` (creation time) in the list");
    Ok(())
}

/// A server MUST return the modification time of each listed conversation's rollout as `updatedAt`.
#[check(
    v1(since = "0.90"),
    v2(since = "0.90"),
    source = "app-server tests, list_resume and thread_list: updatedAt",
    faults(CHANGED_WHEN_BEGAN)
)]
async fn returns_the_modification_time(cx: &mut Context) -> Result {
    let path = seed(cx, &conversation(7))?;
    set_changed(&path, begun(90))?;
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    ensure_eq!(page.ids(), [id(7).to_string()], "the ids in the list of one conversation");
    let item = &page.items[0].value;
    let wanted = (cx.protocol().write_time)(begun(90));
    ensure_eq!(
        item["updatedAt"],
        wanted,
        "`updatedAt` in the list: when the conversation was changed last"
    );
    Ok(())
}

/// A server MUST return the directory, CLI version, source, provider and repository of each listed
/// conversation.
#[check(
    v1(since = "0.58"),
    v2(since = "0.80"),
    source = "app-server tests, list_resume and thread_list",
    faults(REPOSITORY_FORGOTTEN)
)]
async fn returns_the_origin(cx: &mut Context) -> Result {
    let rollout = conversation(1).cwd("/somewhere").git(
        "0123abc",
        "main",
        "https://example.test/repository.git",
    );
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    ensure_eq!(page.ids(), [id(1).to_string()], "the ids in the list of one conversation");
    let url = cx.protocol().repository_url;
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

/// A server MUST use only the user's first message as the preview of a conversation.
#[check(
    v1,
    v2,
    source = "app-server tests, list_resume and thread_list",
    faults(PREVIEW_OF_THE_LAST_MESSAGE)
)]
async fn previews_the_first_message(cx: &mut Context) -> Result {
    seed(cx, &two_turns(1))?;
    cx.client().initialize().await?;
    let previews: Vec<_> =
        cx.client().first_page().await?.items.into_iter().map(|item| item.preview).collect();
    ensure_eq!(previews, ["the first question"], "the previews in the list");
    Ok(())
}

/// A server MUST omit from a preview the context that an editor puts before the user's request.
#[check(
    v1,
    v2,
    source = "app-server protocol, the marker before the user's request; every release does",
    faults(PREVIEW_WITH_PREAMBLE)
)]
async fn the_preview_omits_editor_context(cx: &mut Context) -> Result {
    let text = "# Context from my IDE setup:\n\n## Open tabs:\n- main.rs\n\n## My request for Codex:\nfix the bug";
    seed(cx, &conversation(1).preview(text))?;
    cx.client().initialize().await?;
    let previews: Vec<_> =
        cx.client().first_page().await?.items.into_iter().map(|item| item.preview).collect();
    ensure_eq!(previews, ["fix the bug"], "the previews in the list");
    Ok(())
}

/// A server MUST ignore files that are not valid rollouts when it lists conversations.
#[check(v1, v2, source = "robustness; every release does", faults(LIST_HALTS_AT_FOREIGN_FILES))]
async fn foreign_files_are_ignored(cx: &mut Context) -> Result {
    let rollout = conversation(1);
    let path = seed(cx, &rollout)?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    let nonsense = conversation(2).file_name();
    let empty = conversation(3).file_name();
    for (name, text) in [
        ("notes.txt", "notes"),
        ("rollout-without-an-id.jsonl", "{}\n"),
        (&nonsense, "no json\n"),
        (&empty, ""),
    ] {
        std::fs::write(folder.join(name), text).or_inconclusive("seeding a foreign file")?;
    }
    cx.client().initialize().await?;
    ensure_eq!(
        cx.client().listed_ids().await?,
        [rollout.id().to_string()],
        "the ids in the list, with foreign files beside the one rollout"
    );
    Ok(())
}
