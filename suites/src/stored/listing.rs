//! Lists of stored conversations, page by page.

use std::path::PathBuf;

use harness::failure::{Failure, Result};
use harness::message::{Reply, text_at};
use harness::{Context, Dialect};
use serde_json::{Value, json};

use crate::v2;
use crate::words::unspoken;

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// How many conversations a page may have.
    pub limit: Option<usize>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Only conversations with one of these model providers; with an empty list, any.
    pub providers: Option<&'a [&'a str]>,
    /// Further members of the request, in the dialect of the check.
    pub more: Value,
}

/// One conversation in a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its rollout; empty if it is in no file.
    pub path: PathBuf,
    /// What the user said first.
    pub preview: String,
    /// All that the list says of it.
    pub value: Value,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The conversations.
    pub items: Vec<Item>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl Page {
    /// The ids of its conversations, in order.
    pub fn ids(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.id.as_str()).collect()
    }
}

/// Asks for a page.
pub async fn ask(cx: &mut Context, query: &Query<'_>) -> Result<Reply> {
    let (method, size) = match cx.dialect() {
        Dialect::V1 => ("listConversations", "pageSize"),
        Dialect::V2 => ("thread/list", "limit"),
        Dialect::Mcp => return Err(unspoken(cx)),
    };
    let mut params = json!({});
    if let Some(limit) = query.limit {
        params[size] = json!(limit);
    }
    if let Some(cursor) = &query.cursor {
        params["cursor"] = json!(cursor);
    }
    if let Some(providers) = query.providers {
        params["modelProviders"] = json!(providers);
    }
    v2::add(&mut params, query.more.clone());
    cx.peer.request(method, params).await
}

/// A page.
pub async fn page(cx: &mut Context, query: &Query<'_>) -> Result<Page> {
    let result = ask(cx, query).await?.into_result()?;
    let (items, id) = match cx.dialect() {
        Dialect::V1 => (&result["items"], "/conversationId"),
        _ => (&result["data"], "/id"),
    };
    let items = items.as_array().ok_or_else(|| {
        Failure::mismatch(
            "result of the list",
            "a list of conversations",
            harness::ensure::show(&result),
        )
    })?;
    let items = items.iter().map(|item| self::item(item, id)).collect::<Result<_>>()?;
    let next = result["nextCursor"].as_str().map(str::to_owned);
    Ok(Page { items, next })
}

fn item(value: &Value, id: &str) -> Result<Item> {
    let text =
        |pointer: &str| text_at(value, pointer, "a conversation in the list").map(str::to_owned);
    Ok(Item {
        id: text(id)?,
        // A server that keeps a thread elsewhere than in a file says so by `null`.
        path: match value.get("path") {
            Some(Value::Null) => PathBuf::new(),
            _ => PathBuf::from(text("/path")?),
        },
        preview: text("/preview")?,
        value: value.clone(),
    })
}

/// The first page, as it comes without a wish.
pub async fn list(cx: &mut Context) -> Result<Page> {
    page(cx, &Query::default()).await
}

/// The ids on the first page.
pub async fn ids(cx: &mut Context) -> Result<Vec<String>> {
    Ok(list(cx).await?.items.into_iter().map(|item| item.id).collect())
}

/// All pages, from the first one to the one without a cursor; an empty one at the end does not count.
pub async fn pages(cx: &mut Context, query: &Query<'_>) -> Result<Vec<Page>> {
    /// More pages than any check fills.
    const MOST: usize = 50;
    let mut pages = Vec::new();
    let mut query = query.clone();
    while pages.len() < MOST {
        let page = page(cx, &query).await?;
        // Early releases name a next page until one is empty.
        if page.items.is_empty() {
            return Ok(pages);
        }
        query.cursor.clone_from(&page.next);
        pages.push(page);
        if query.cursor.is_none() {
            return Ok(pages);
        }
    }
    let cursor = query.cursor.unwrap_or_default();
    Err(Failure::mismatch(
        "how a list goes on from page to page",
        "a last page, without a cursor",
        format!("after {MOST} pages another cursor, {cursor:?}"),
    ))
}
