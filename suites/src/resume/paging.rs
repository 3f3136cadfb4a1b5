//! Pages of a list: every conversation appears exactly once, and the last page has no cursor.

use harness::{Context, Result, check, code, ensure, ensure_eq};
use jiff::SignedDuration;
use serde_json::json;

use crate::client::{ContextExt, Page, Query};
use crate::stored::{begun, conversation, id, seed, seed_all};

/// A query for pages of this size.
fn by(limit: usize) -> Query<'static> {
    Query { limit: Some(limit), ..Query::default() }
}

/// The ids of the conversations with these numbers.
fn ids_of(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| id(number).to_string()).collect()
}

/// All ids on these pages, in their order.
fn ids_on(pages: &[Page]) -> Vec<&str> {
    pages.iter().flat_map(Page::ids).collect()
}

/// A server MUST list conversations by creation time, the newest first.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; app-server tests, list_resume and thread_list",
    faults(LIST_OLDEST_FIRST, LISTS_WHAT_IS_LOADED)
)]
async fn newest_first(cx: &mut Context) -> Result {
    // Neither the order in which the files come to be nor that of their names in a directory is the
    // right one.
    seed_all(cx, [2, 0, 3, 1])?;
    seed(cx, &fixtures::Rollout::new(id(4), begun(4) - SignedDuration::from_hours(24 * 40)))?;
    cx.client().initialize().await?;
    ensure_eq!(
        cx.client().first_page().await?.ids(),
        ids_of([3, 2, 1, 0, 4]),
        "the ids in the list, the newest first"
    );
    Ok(())
}

/// A server MUST return every conversation exactly once over the pages of a list, in the order of
/// the list.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; app-server tests, list_resume and thread_list",
    faults(LIST_OLDEST_FIRST, PAGE_REPEATS_LAST)
)]
async fn nothing_is_skipped_or_repeated(cx: &mut Context) -> Result {
    seed_all(cx, 0..10)?;
    cx.client().initialize().await?;
    let pages = cx.client().pages(&by(3)).await?;
    ensure_eq!(ids_on(&pages), ids_of((0..10).rev()), "the ids on all pages");
    Ok(())
}

/// A server MUST return every conversation exactly once over the pages of a list, even if several
/// have the same creation time.
#[check(
    v1,
    v2,
    source = "app-server tests, thread_list: ties are broken by id",
    faults(CURSOR_BY_TIME_ALONE, PAGE_REPEATS_LAST)
)]
async fn equal_times_skip_or_repeat_nothing(cx: &mut Context) -> Result {
    for number in [4, 1, 6, 0, 3, 5, 2] {
        seed(cx, &fixtures::Rollout::new(id(number), begun(0)))?;
    }
    cx.client().initialize().await?;
    let pages = cx.client().pages(&by(2)).await?;
    let mut found = ids_on(&pages);
    found.sort_unstable();
    ensure_eq!(found, ids_of(0..7), "the ids on all pages, sorted");
    Ok(())
}

/// A server MUST fill every page of a list except the last one.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; app-server tests, list_resume and thread_list",
    faults(PAGE_REPEATS_LAST, PAGES_ONE_SHORT)
)]
async fn pages_are_full(cx: &mut Context) -> Result {
    seed_all(cx, 0..5)?;
    cx.client().initialize().await?;
    let sizes: Vec<_> =
        cx.client().pages(&by(2)).await?.iter().map(|page| page.items.len()).collect();
    ensure_eq!(sizes, [2, 2, 1], "the sizes of the pages");
    Ok(())
}

/// A server MUST return a cursor with every page of a list except the last one.
#[check(
    v1(fixed_in("0.53", "the last page has a cursor that leads to an empty page")),
    v2,
    source = "app-server tests, list_resume and thread_list",
    faults(CURSOR_ON_THE_LAST_PAGE)
)]
async fn the_last_page_has_no_cursor(cx: &mut Context) -> Result {
    seed_all(cx, 0..4)?;
    cx.client().initialize().await?;
    let first = cx.client().page(&by(2)).await?;
    ensure!(first.next.is_some(), "`nextCursor` of the first page", "a cursor", "none");
    let last = cx.client().page(&Query { cursor: first.next, ..by(2) }).await?;
    ensure_eq!(last.ids(), ids_of([1, 0]), "the ids on the second page");
    ensure_eq!(last.next, None::<String>, "`nextCursor` of the second page, which is the last");
    Ok(())
}

/// A server MUST continue a list after the last conversation of the previous page, even if a
/// conversation was created since.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list: a cursor is a place, not a number; every release does",
    faults(CURSOR_IS_A_NUMBER, PAGE_REPEATS_LAST)
)]
async fn a_new_conversation_shifts_nothing(cx: &mut Context) -> Result {
    seed_all(cx, 0..4)?;
    cx.client().initialize().await?;
    let first = cx.client().page(&by(2)).await?;
    ensure_eq!(first.ids(), ids_of([3, 2]), "the ids on the first page");
    seed(cx, &conversation(9))?;
    let second = cx.client().page(&Query { cursor: first.next, ..by(2) }).await?;
    ensure_eq!(second.ids(), ids_of([1, 0]), "the ids on the second page");
    Ok(())
}

/// A server MUST continue a list after the last conversation of the previous page, even if that
/// conversation was archived since.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list: a cursor is a place, not a number; every release does",
    faults(CURSOR_IS_A_NUMBER, CURSOR_NEEDS_ITS_CONVERSATION)
)]
async fn an_archived_conversation_shifts_nothing(cx: &mut Context) -> Result {
    seed_all(cx, 0..4)?;
    cx.client().initialize().await?;
    let first = cx.client().page(&by(2)).await?;
    cx.client().archive_seeded(&conversation(2)).await?;
    let second = cx.client().page(&Query { cursor: first.next, ..by(2) }).await?;
    ensure_eq!(second.ids(), ids_of([1, 0]), "the ids on the second page");
    Ok(())
}

/// A server MUST return an empty list without a cursor when no conversations are stored.
#[check(v1, v2, source = "app-server tests, thread_list", faults(CURSOR_ON_AN_EMPTY_LIST))]
async fn an_empty_home_has_no_pages(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    ensure_eq!(page.items.len(), 0, "conversations in an empty home");
    ensure_eq!(page.next, None::<String>, "`nextCursor` of an empty list");
    Ok(())
}

/// A server MUST reject an invalid cursor as an invalid request, with a message that names the
/// cursor as the cause.
#[check(
    v1(fixed_in("0.90", "an invalid cursor restarts the list")),
    v2(fixed_in("0.90", "an invalid cursor restarts the list")),
    source = "app-server tests, thread_list",
    faults(BAD_CURSOR_IGNORED)
)]
async fn an_invalid_cursor_is_rejected(cx: &mut Context) -> Result {
    seed_all(cx, 0..2)?;
    cx.client().initialize().await?;
    for cursor in ["not-a-cursor", "|"] {
        let query = Query { cursor: Some(cursor.to_owned()), ..by(1) };
        let refused = cx.client().request_page(&query).await?;
        refused.refused(code::INVALID_REQUEST, format_args!("error for the cursor {cursor:?}"))?;
        let message = refused.error()?.message;
        ensure!(
            message.contains("cursor"),
            "message of the error",
            "that it is about the cursor",
            message
        );
    }
    Ok(())
}

/// A server SHOULD return 25 conversations on a page when the request names no limit.
#[check(
    v1,
    v2,
    source = "app-server protocol, listConversations and thread/list: default page size",
    faults(PAGE_OF_ANY_SIZE)
)]
async fn the_default_page_size_is_applied(cx: &mut Context) -> Result {
    seed_all(cx, 0..27)?;
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    ensure_eq!(page.items.len(), 25, "conversations on a page without a requested size");
    ensure!(page.next.is_some(), "`nextCursor` of the page", "a cursor", "none");
    Ok(())
}

/// A server MUST return at most 100 conversations on a page, even if the request names a higher
/// limit.
#[check(
    v2(fixed_in("0.90", "a page has as many threads as the request names")),
    source = "app-server tests, thread_list: limit",
    faults(PAGE_LIMIT_UNCLAMPED)
)]
async fn the_page_size_is_capped(cx: &mut Context) -> Result {
    seed_all(cx, 0..103)?;
    cx.client().initialize().await?;
    let pages = cx.client().pages(&by(200)).await?;
    let sizes: Vec<_> = pages.iter().map(|page| page.items.len()).collect();
    ensure_eq!(sizes, [100, 3], "the sizes of the pages");
    Ok(())
}

/// A server MUST sort threads by their last change, over all pages, when `sortKey` is `updated_at`.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_list: sortKey",
    faults(CHANGED_WHEN_BEGAN, SORT_KEY_IGNORED)
)]
async fn sorted_by_their_last_change(cx: &mut Context) -> Result {
    // The older a conversation, the later it was changed.
    for number in 0..5 {
        let path = seed(cx, &conversation(number))?;
        crate::stored::files::set_changed(&path, begun(60 - number))?;
    }
    cx.client().initialize().await?;
    let query = Query { more: json!({ "sortKey": "updated_at" }), ..by(2) };
    let pages = cx.client().pages(&query).await?;
    ensure_eq!(ids_on(&pages), ids_of(0..5), "the ids on all pages, sorted by their last change");
    Ok(())
}

/// A server MUST return every loaded thread exactly once over the pages of `thread/loaded/list`.
#[check(
    v2(since = "0.80"),
    source = "app-server README, thread/loaded/list: cursor, limit",
    faults(LOADED_IN_ONE_PAGE)
)]
async fn loaded_ones_come_in_pages(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut started = Vec::new();
    for _ in 0..3 {
        started.push(cx.client().start_thread().await?.id);
    }
    let (mut seen, mut cursor, mut sizes) = (Vec::new(), json!(null), Vec::new());
    while sizes.len() < 3 {
        let params = json!({ "limit": 2, "cursor": cursor });
        let mut page = cx.peer.call("thread/loaded/list", params).await?;
        let ids = page["data"].as_array().cloned().unwrap_or_default();
        sizes.push(ids.len());
        seen.extend(ids.iter().filter_map(|id| id.as_str().map(str::to_owned)));
        cursor = page["nextCursor"].take();
        if cursor.is_null() {
            break;
        }
    }
    ensure_eq!(sizes, [2, 1], "how many are on each page");
    seen.sort();
    started.sort();
    ensure_eq!(seen, started, "the ids on all pages");
    Ok(())
}

/// A server MUST reject an invalid cursor of `thread/loaded/list` as an invalid request.
#[check(
    v2(since = "0.80"),
    source = "app-server README, thread/loaded/list: cursor, limit",
    faults(LOADED_CURSOR_UNCHECKED)
)]
async fn an_invalid_cursor_of_loaded_threads_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    // With no thread loaded, real servers answer without a look at the cursor.
    cx.client().start_thread().await?;
    let refused = cx.peer.request("thread/loaded/list", json!({ "cursor": "?" })).await?;
    ensure_eq!(refused.error_code()?, code::INVALID_REQUEST, "error for a bad cursor");
    Ok(())
}
