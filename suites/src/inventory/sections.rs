//! Sections of threads: created, renamed, filled, listed and deleted.

use harness::{Context, Result, check, ensure, ensure_eq, text_at};
use serde_json::{Value, json};

use crate::client::{ContextExt, Query, Thread};
use crate::rows::Rows;
use crate::stored::{conversation, seed_all};

/// Makes a section; its id.
async fn section(cx: &mut Context, name: &str) -> Result<String> {
    let result = cx.peer.call("threadSection/create", json!({ "name": name })).await?;
    ensure_eq!(result["section"]["name"], name, "the name of the new section");
    text_at(&result, "/section/id", "the result of `threadSection/create`").map(str::to_owned)
}

/// The name of a section in the list of sections; null if it is not listed.
async fn listed(cx: &mut Context, id: &str) -> Result<Value> {
    let result = cx.peer.call("threadSection/list", json!({})).await?;
    let mut sections = result["data"].as_array().into_iter().flatten();
    Ok(sections.find(|section| section["id"] == id).map_or(Value::Null, |it| it["name"].clone()))
}

/// The threads of a section.
async fn threads(cx: &mut Context, section: &str) -> Result<Vec<String>> {
    let query = Query { more: json!({ "sectionId": section }), ..Query::default() };
    Ok(cx.client().page(&query).await?.items.into_iter().map(|item| item.id).collect())
}

/// Moves a thread into a section, or out of all with null.
async fn move_to(cx: &mut Context, thread: &Thread, section: impl Into<Value>) -> Result {
    let params = json!({ "threadId": thread.id, "sectionId": section.into() });
    cx.peer.call("thread/section/move", params).await.map(|_| ())
}

/// A server MUST list a section from `threadSection/create` on, under its latest name, until
/// `threadSection/delete`.
#[check(
    v2(since = "0.147"),
    source = "app-server README, threadSection/list; every release does",
    faults(SECTION_UNLISTED, SECTION_RENAME_FORGOTTEN, SECTION_OUTLIVES_ITS_END)
)]
async fn a_section_is_listed_while_it_exists(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let id = section(cx, "Work").await?;
    ensure_eq!(listed(cx, &id).await?, "Work", "the name of the section in the list");
    let renamed = json!({ "sectionId": id, "name": "Play" });
    cx.peer.call("threadSection/update", renamed).await?;
    ensure_eq!(listed(cx, &id).await?, "Play", "the name of the section after it was renamed");
    cx.peer.call("threadSection/delete", json!({ "sectionId": id })).await?;
    ensure_eq!(listed(cx, &id).await?, Value::Null, "the name of the section after its deletion");
    let again = cx.peer.request("threadSection/delete", json!({ "sectionId": id })).await?;
    again.refusal("the answer to a second deletion of a section")?;
    Ok(())
}

/// A server MUST reject a section without a name.
#[check(v2(since = "0.147"), source = "every release does", faults(SECTION_WITHOUT_A_NAME), shared)]
async fn a_section_has_a_name(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for name in ["", " \t"] {
        let reply = cx.peer.request("threadSection/create", json!({ "name": name })).await?;
        let refused = reply.refusal("the answer to a section without a name");
        rows.judge(format!("{name:?}"), refused.map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST list exactly the threads of a section in `thread/list` with its `sectionId`.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/list: sectionId; every release does",
    faults(SECTION_FILTER_IGNORED, SECTION_MOVE_FORGOTTEN)
)]
async fn threads_are_listed_by_section(cx: &mut Context) -> Result {
    cx.peer.gate().offers("thread/section/move")?;
    seed_all(cx, 0..3)?;
    cx.client().initialize().await?;
    let moved = cx.client().resume_seeded(&conversation(1)).await?;
    let (full, empty) = (section(cx, "full").await?, section(cx, "empty").await?);
    move_to(cx, &moved, full.clone()).await?;
    ensure_eq!(
        threads(cx, &full).await?,
        std::slice::from_ref(&moved.id),
        "the threads of the section"
    );
    ensure_eq!(threads(cx, &empty).await?.len(), 0, "threads of a section that has none");
    move_to(cx, &moved, Value::Null).await?;
    ensure_eq!(threads(cx, &full).await?.len(), 0, "threads of the section that was emptied");
    Ok(())
}

/// A server MUST announce `thread/section/changed` when a thread is moved to a section.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/section/changed; every release does",
    faults(SECTION_MOVE_UNTOLD)
)]
async fn a_move_is_announced(cx: &mut Context) -> Result {
    cx.peer.gate().offers("thread/section/move")?;
    seed_all(cx, 0..1)?;
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(&conversation(0)).await?;
    let section = section(cx, "Work").await?;
    move_to(cx, &thread, section.clone()).await?;
    let call = cx.client().notification(&thread, "thread/section/changed").await?;
    ensure_eq!(call.params["sectionId"], section, "the section in the notification");
    Ok(())
}

/// A server MUST keep the threads of a section that is deleted.
#[check(v2(since = "0.147"), source = "every release does", faults(SECTION_ENDS_WITH_ITS_THREADS))]
async fn threads_outlive_their_section(cx: &mut Context) -> Result {
    cx.peer.gate().offers("thread/section/move")?;
    seed_all(cx, 0..2)?;
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(&conversation(0)).await?;
    let section = section(cx, "Work").await?;
    move_to(cx, &thread, section.clone()).await?;
    cx.peer.call("threadSection/delete", json!({ "sectionId": section })).await?;
    let ids = cx.client().listed_ids().await?;
    ensure!(
        ids.contains(&thread.id),
        "the threads after the deletion of their section",
        format!("{} among them", thread.id),
        ids.join(", ")
    );
    Ok(())
}

/// A server MUST reject a move to a section that does not exist.
#[check(v2(since = "0.147"), source = "every release does", faults(SECTION_MADE_UP))]
async fn an_unknown_section_is_rejected(cx: &mut Context) -> Result {
    cx.peer.gate().offers("thread/section/move")?;
    seed_all(cx, 0..1)?;
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(&conversation(0)).await?;
    let params = json!({ "threadId": thread.id, "sectionId": crate::stored::UNKNOWN });
    let reply = cx.peer.request("thread/section/move", params).await?;
    reply.refusal("the answer to a move to an unknown section")?;
    Ok(())
}
