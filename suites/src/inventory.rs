//! Lists of what a server has: their pages, their entries, and the sections that threads are sorted into.

mod feedback;
mod lists;
mod sections;

use harness::{Context, Failure, NoSuchMethod, Reply, Result, show};
use serde_json::{Value, json};

use crate::offered::may_have;

/// A method that lists something.
struct List {
    method: &'static str,
    /// The pointer to the entries in the result.
    entries: &'static str,
    /// The pointer to what tells an entry from the others; empty if the entry itself does.
    name: &'static str,
    /// Whether it takes a cursor.
    paged: bool,
    /// Whether a cursor is checked: one that is the name of an entry is valid when the entry has gone.
    checked: bool,
}

/// A list whose result has its entries as `data`, in pages.
const fn paged(method: &'static str, name: &'static str) -> List {
    List { method, entries: "/data", name, paged: true, checked: true }
}

/// A paged list whose cursors are the names of entries.
const fn by_name(method: &'static str, name: &'static str) -> List {
    List { method, entries: "/data", name, paged: true, checked: false }
}

/// A list that comes whole.
const fn whole(method: &'static str, entries: &'static str, name: &'static str) -> List {
    List { method, entries, name, paged: false, checked: false }
}

/// The lists that need no parameters.
const LISTS: [List; 14] = [
    paged("thread/list", "/id"),
    paged("thread/loaded/list", ""),
    paged("model/list", "/id"),
    paged("mcpServerStatus/list", "/name"),
    paged("experimentalFeature/list", "/name"),
    paged("permissionProfile/list", "/id"),
    paged("app/list", "/id"),
    by_name("threadSection/list", "/id"),
    whole("collaborationMode/list", "/data", "/name"),
    whole("modelProvider/list", "/data", "/id"),
    whole("hooks/list", "/data", "/cwd"),
    whole("skills/list", "/data", "/cwd"),
    whole("plugin/list", "/marketplaces", "/name"),
    whole("plugin/installed", "/marketplaces", "/name"),
];

/// More entries than any list has.
const ALL: usize = 1_000;

impl List {
    async fn request(&self, cx: &mut Context, params: Value) -> Result<Reply> {
        cx.peer.request(self.method, params).await
    }

    /// The names of all entries; `None` if the subject does not have the list.
    async fn all(&self, cx: &mut Context, none: &NoSuchMethod) -> Result<Option<Vec<Value>>> {
        if !may_have(cx, self.method) {
            return Ok(None);
        }
        let reply = self.request(cx, json!({})).await?;
        if none.is_said_of(self.method, &reply) {
            return Ok(None);
        }
        if self.paged {
            // A page may be smaller than it was asked to be.
            return self.pages(cx, ALL, ALL).await.map(Some);
        }
        self.names(&reply.into_result()?).map(Some)
    }

    /// The names of the entries in a result.
    fn names(&self, result: &Value) -> Result<Vec<Value>> {
        let wrong = || {
            let what = format!("the result of `{}`", self.method);
            let expected = format!("a list at {}, each entry with {}", self.entries, self.name);
            Failure::mismatch(what, expected, show(result))
        };
        let entries = result.pointer(self.entries).and_then(Value::as_array).ok_or_else(wrong)?;
        let name = |entry: &Value| entry.pointer(self.name).cloned().ok_or_else(wrong);
        entries.iter().map(name).collect()
    }

    /// The names on all pages of this size.
    async fn pages(&self, cx: &mut Context, limit: usize, most: usize) -> Result<Vec<Value>> {
        let mut names = Vec::new();
        let mut cursor = Value::Null;
        for _ in 0..=most {
            let reply = self.request(cx, json!({ "limit": limit, "cursor": cursor })).await?;
            let result = reply.into_result()?;
            let page = self.names(&result)?;
            if page.len() > limit {
                let expected = format!("at most {limit}");
                let observed = page.len().to_string();
                return Err(Failure::mismatch("entries on a page", expected, observed));
            }
            names.extend(page);
            cursor = result["nextCursor"].clone();
            if cursor.is_null() {
                return Ok(names);
            }
        }
        let what = format!("how the pages of `{}` end", self.method);
        let observed = format!("a cursor after {} pages", most + 1);
        Err(Failure::mismatch(what, "a page without a cursor", observed))
    }
}
