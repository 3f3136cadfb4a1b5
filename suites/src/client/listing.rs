//! Lists of stored threads, page by page.

use std::path::PathBuf;

use harness::show;
use harness::{Failure, Result};
use harness::{Reply, text_at};
use serde_json::{Value, json};

use super::{Client, add};

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// How many threads a page may have.
    pub limit: Option<usize>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Only threads with one of these model providers; with an empty list, any.
    pub providers: Option<&'a [&'a str]>,
    /// Further members of the request, in the dialect of the check.
    pub more: Value,
}

/// One thread in a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its rollout; empty if it is in no file.
    pub path: PathBuf,
    /// The first message of the user.
    pub preview: String,
    /// The whole item.
    pub value: Value,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The threads.
    pub items: Vec<Item>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl Page {
    /// The ids of its threads, in order.
    pub fn ids(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.id.as_str()).collect()
    }
}

impl Client<'_> {
    /// Requests a page.
    pub async fn request_page(&mut self, query: &Query<'_>) -> Result<Reply> {
        let protocol = self.protocol();
        let mut params = json!({});
        if let Some(limit) = query.limit {
            params[protocol.page_size] = json!(limit);
        }
        if let Some(cursor) = &query.cursor {
            params["cursor"] = json!(cursor);
        }
        if let Some(providers) = query.providers {
            params["modelProviders"] = json!(providers);
        }
        add(&mut params, query.more.clone());
        self.cx.peer.request(protocol.list, params).await
    }

    /// A page.
    pub async fn page(&mut self, query: &Query<'_>) -> Result<Page> {
        let protocol = self.protocol();
        let result = self.request_page(query).await?.into_result()?;
        let Some(items) = result[protocol.listed].as_array() else {
            let expected = "a list of conversations";
            return Err(Failure::mismatch("result of the list", expected, show(&result)));
        };
        let items = items.iter().map(|item| self::item(item, protocol.listed_id));
        let items = items.collect::<Result<_>>()?;
        let next = result["nextCursor"].as_str().map(str::to_owned);
        Ok(Page { items, next })
    }

    /// The first page, for a request without a filter.
    pub async fn first_page(&mut self) -> Result<Page> {
        self.page(&Query::default()).await
    }

    /// The ids on the first page.
    pub async fn listed_ids(&mut self) -> Result<Vec<String>> {
        Ok(self.first_page().await?.items.into_iter().map(|item| item.id).collect())
    }

    /// All pages, from the first one to the one without a cursor; an empty one at the end does not
    /// count.
    pub async fn pages(&mut self, query: &Query<'_>) -> Result<Vec<Page>> {
        /// More pages than any check fills.
        const MOST: usize = 50;
        let mut pages = Vec::new();
        let mut query = query.clone();
        while pages.len() < MOST {
            let page = self.page(&query).await?;
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
}

fn item(value: &Value, id: &str) -> Result<Item> {
    let text = |member: &str| {
        let pointer = format!("/{member}");
        text_at(value, &pointer, "a conversation in the list").map(str::to_owned)
    };
    Ok(Item {
        id: text(id)?,
        // A server that keeps a thread elsewhere than in a file says so by `null`.
        path: match value.get("path") {
            Some(Value::Null) => PathBuf::new(),
            _ => PathBuf::from(text("path")?),
        },
        preview: text("preview")?,
        value: value.clone(),
    })
}
