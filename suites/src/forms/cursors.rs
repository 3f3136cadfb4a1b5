//! Cursors of every kind: those of another list, damaged ones, other page sizes, lists that change between their pages.

use std::collections::BTreeSet;

use harness::{Context, Dialect, Failure, Result, check, ensure, ensure_eq, show};
use mock_model::{Script, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, add};
use crate::rows::Rows;
use crate::stored::{conversation, seed_all};

/// A list in pages.
pub(super) struct List {
    /// As failures call it.
    pub(super) what: &'static str,
    pub(super) method: &'static str,
    params: Value,
    /// The member with the size of a page.
    size: &'static str,
    /// The member with the entries.
    entries: &'static str,
    /// Where an entry has its id.
    id: &'static str,
}

/// A page, as far as it matters here.
pub(super) struct Page {
    pub(super) ids: Vec<String>,
    pub(super) next: Option<String>,
}

impl List {
    /// A list of the second dialect.
    pub(super) fn of(
        what: &'static str,
        method: &'static str,
        params: Value,
        id: &'static str,
    ) -> Self {
        Self { what, method, params, size: "limit", entries: "data", id }
    }

    /// A list of conversations in the first dialect.
    pub(super) fn of_conversations(what: &'static str, params: Value) -> Self {
        let (method, size) = ("listConversations", "pageSize");
        Self { what, method, params, size, entries: "items", id: "/conversationId" }
    }

    pub(super) fn params(&self, size: usize, cursor: Option<&str>) -> Value {
        let mut params = self.params.clone();
        add(&mut params, json!({ (self.size): size }));
        if let Some(cursor) = cursor {
            add(&mut params, json!({ "cursor": cursor }));
        }
        params
    }

    pub(super) fn page(&self, result: &Value) -> Result<Page> {
        let Some(entries) = result[self.entries].as_array() else {
            let observed = show(result);
            return Err(Failure::mismatch("result of the list", "a list of entries", observed));
        };
        let id = |entry: &Value| match entry.pointer(self.id) {
            Some(Value::String(id)) => id.clone(),
            _ => entry.to_string(),
        };
        let ids = entries.iter().map(id).collect();
        Ok(Page { ids, next: result["nextCursor"].as_str().map(str::to_owned) })
    }

    /// A page of this size.
    pub(super) async fn get(
        &self,
        cx: &mut Context,
        size: usize,
        cursor: Option<&str>,
    ) -> Result<Page> {
        self.page(&cx.peer.call(self.method, self.params(size, cursor)).await?)
    }

    /// The rest of the list, in pages of these sizes, the last of which goes on.
    pub(super) async fn rest(
        &self,
        cx: &mut Context,
        sizes: &[usize],
        mut cursor: Option<String>,
    ) -> Result<Vec<String>> {
        /// More pages than any list of a check has.
        const MOST: usize = 40;
        let mut ids = Vec::new();
        let endless = std::iter::repeat(sizes.last().copied().unwrap_or(1));
        for size in sizes.iter().copied().chain(endless).take(MOST) {
            let page = self.get(cx, size, cursor.as_deref()).await?;
            // Early releases name a next page until one is empty.
            let over = page.next.is_none() || page.ids.is_empty();
            ids.extend(page.ids);
            if over {
                return Ok(ids);
            }
            cursor = page.next;
        }
        Err(Failure::mismatch("the list", "an end", format!("more than {MOST} pages")))
    }
}

/// The lists that the subject has, each of more than two entries.
async fn lists(cx: &mut Context) -> Result<Vec<List>> {
    seed_all(cx, 1..8)?;
    begin(cx).await?;
    if cx.dialect() == Dialect::V1 {
        return Ok(vec![List::of_conversations("conversations", json!({}))]);
    }
    cx.client().start_thread().await?;
    let mut of = Vec::new();
    for texts in [&["one", "two", "three"][..], &["one", "two"]] {
        let thread = spoken(cx, texts).await?;
        of.push(json!({ "threadId": thread.id, "sortDirection": "asc" }));
    }
    let all = [
        List::of("threads", "thread/list", json!({}), "/id"),
        List::of("loaded threads", "thread/loaded/list", json!({}), ""),
        List::of("turns", "thread/turns/list", of[0].clone(), "/id"),
        List::of("turns of another thread", "thread/turns/list", of[1].clone(), "/id"),
        List::of("items", "thread/items/list", of[0].clone(), "/item/id"),
        List::of("models", "model/list", json!({}), "/id"),
    ];
    offered(cx, all).await
}

/// Initializes the connection so that every list may be requested.
pub(super) async fn begin(cx: &mut Context) -> Result {
    match cx.dialect() {
        Dialect::V1 => cx.client().initialize().await,
        _ => cx.client().initialize_experimental().await,
    }
}

/// A thread in which this was said.
pub(super) async fn spoken(cx: &mut Context, texts: &[&str]) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    cx.model.script(Script::new([]).then_forever(says("done")));
    for text in texts {
        cx.client().turn(&thread, text).await?;
    }
    Ok(thread)
}

/// Those of these lists that the subject has; what it says of one that it has not is not judged
/// here.
pub(super) async fn offered(
    cx: &mut Context,
    all: impl IntoIterator<Item = List>,
) -> Result<Vec<List>> {
    let mut offered = Vec::new();
    for list in all {
        let has = cx.peer.gate().offers(list.method).is_ok();
        if has && !cx.peer.request(list.method, list.params(1, None)).await?.is_error() {
            offered.push(list);
        }
    }
    Ok(offered)
}

/// What may become of a cursor on its way, and what is none.
fn damaged(cursor: &str) -> Vec<(&'static str, String)> {
    let half = cursor.floor_char_boundary(cursor.len() / 2);
    vec![
        ("the cursor without its second half", cursor[..half].to_owned()),
        ("the cursor with a letter more", format!("{cursor}x")),
        ("the cursor and a NUL", format!("{cursor}\0")),
        ("the cursor a thousand times", cursor.repeat(1_000)),
        ("blanks", "  ".to_owned()),
        ("another alphabet", "ñ日本".to_owned()),
        ("a negative number", "-1".to_owned()),
        ("the word null", "null".to_owned()),
        ("100,000 letters", "a".repeat(100_000)),
    ]
}

/// A server MUST NOT return the first page of a list for a cursor that it did not return for that
/// list.
#[check(
    v1(fixed_in("0.90", "an invalid cursor restarts the list")),
    v2(fixed_in("0.90", "an invalid cursor restarts the list")),
    source = "app-server README, Pagination: opaque cursors; every release since rejects them",
    faults(BAD_CURSOR_IGNORED, HISTORY_CURSOR_RESTARTS)
)]
async fn no_other_cursor_restarts_a_list(cx: &mut Context) -> Result {
    let lists = lists(cx).await?;
    let mut firsts = Vec::new();
    for list in &lists {
        firsts.push(list.get(cx, 1, None).await?);
    }
    let mut rows = Rows::default();
    for (list, first) in lists.iter().zip(&firsts) {
        let Some(own) = &first.next else { continue };
        let others = lists.iter().zip(&firsts).filter_map(|(other, page)| {
            let foreign = page.next.as_ref().filter(|next| *next != own)?;
            Some((other.what, foreign.clone()))
        });
        let others = others.map(|(what, cursor)| (format!("a cursor of {what}"), cursor));
        let damaged = damaged(own).into_iter().map(|(what, cursor)| (what.to_owned(), cursor));
        for (what, cursor) in damaged.chain(others) {
            let reply = cx.peer.request(list.method, list.params(1, Some(&cursor))).await?;
            let outcome = match reply.result() {
                Ok(result) => is_another(&list.page(result)?, first),
                Err(_) => reply.refusal("answer").map(|_| ()),
            };
            rows.judge(format!("{what} for the list of {}", list.what), outcome)?;
        }
    }
    rows.end()
}

fn is_another(page: &Page, first: &Page) -> Result {
    let (wanted, restarted) = ("an error, or a later page", page.ids == first.ids);
    ensure!(!restarted, "page", wanted, format!("the first one: {}", first.ids.join(", ")));
    Ok(())
}

/// A server MUST return every entry of a list once, even if each page is requested in another size.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Pagination: limit and cursor of each request; every release does",
    faults(CURSOR_COUNTS_PAGES)
)]
async fn each_page_may_have_another_size(cx: &mut Context) -> Result {
    let mut rows = Rows::default();
    for list in lists(cx).await? {
        let whole = list.rest(cx, &[100], None).await?;
        for sizes in [&[2, 1][..], &[1, 2, 100]] {
            let paged = list.rest(cx, sizes, None).await?;
            let same = || -> Result {
                ensure_eq!(paged, whole, "ids on all pages");
                Ok(())
            };
            rows.judge(format!("{}, in pages of {}", list.what, show(sizes)), same())?;
        }
    }
    rows.end()
}

/// A server MUST NOT return an entry of a list twice if entries are added or used between its pages.
#[check(
    v2(since = "0.66"),
    source = "app-server README, Pagination; every release does",
    faults(CURSOR_IS_A_NUMBER, HISTORY_CURSOR_COUNTS)
)]
async fn no_entry_comes_twice(cx: &mut Context) -> Result {
    seed_all(cx, 1..7)?;
    begin(cx).await?;
    let thread = spoken(cx, &["one", "two", "three"]).await?;
    let latest = json!({ "threadId": thread.id, "sortDirection": "desc" });
    let all = [
        List::of("threads", "thread/list", json!({}), "/id"),
        List::of("threads by use", "thread/list", json!({ "sortKey": "updated_at" }), "/id"),
        List::of("turns", "thread/turns/list", latest.clone(), "/id"),
        List::of("items", "thread/items/list", latest, "/item/id"),
    ];
    let mut firsts = Vec::new();
    for list in offered(cx, all).await? {
        let first = list.get(cx, 2, None).await?;
        firsts.push((list, first));
    }
    // A thread of a later page is used, another one is new, and the thread has another turn.
    let used = cx.client().resume_seeded(&conversation(2)).await?;
    let new = cx.client().start_thread().await?;
    for thread in [&used, &new, &thread] {
        cx.client().turn(thread, "between the pages").await?;
    }
    let mut rows = Rows::default();
    for (list, first) in firsts {
        let rest = list.rest(cx, &[2], first.next).await?;
        rows.judge(list.what, ensure_once(first.ids.into_iter().chain(rest)))?;
    }
    rows.end()
}

pub(super) fn ensure_once(ids: impl Iterator<Item = String>) -> Result {
    let mut seen = BTreeSet::new();
    let twice: Vec<_> = ids.filter(|id| !seen.insert(id.clone())).collect();
    let expected = "each of the entries once";
    ensure!(twice.is_empty(), "all pages", expected, format!("again {}", twice.join(", ")));
    Ok(())
}
