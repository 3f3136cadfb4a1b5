//! Lists that come page by page.

use harness::{Context, Failure, Result, check, code, ensure, show};
use serde_json::{Value, json};

use crate::mcp::client::{List, McpExt};

/// The number of pages after which a list counts as endless.
const PAGES: usize = 1_000;

/// A server MUST use a text as the cursor of the next page.
#[check(
    mcp,
    shared = "questions",
    source = "Pagination, Response Format",
    faults(MCP_CURSOR_IS_A_NUMBER)
)]
async fn a_cursor_is_a_text(cx: &mut Context) -> Result {
    let mut lists = 0;
    for list in List::ALL {
        let Some(page) = page(cx, list, Value::Null).await? else { continue };
        lists += 1;
        let Some(cursor) = page.get("nextCursor").filter(|cursor| !cursor.is_null()) else {
            continue;
        };
        ensure!(
            cursor.is_string(),
            format!("`nextCursor` in the result of `{}`", list.method),
            "a text",
            show(cursor)
        );
    }
    if lists == 0 { Err(Failure::not_offered("a list")) } else { Ok(()) }
}

/// A server MUST end each list after a finite number of pages.
#[check(
    mcp,
    shared = "questions",
    source = "Pagination, Pagination Flow",
    faults(MCP_CURSOR_NEVER_ENDS)
)]
async fn the_pages_end(cx: &mut Context) -> Result {
    for list in paged(cx).await? {
        pages(cx, list).await?;
    }
    Ok(())
}

/// A server MUST NOT list an entry on two pages.
#[check(
    mcp,
    shared = "questions",
    source = "Pagination, Pagination Flow: the rest of the results",
    faults(MCP_ENTRY_ON_TWO_PAGES)
)]
async fn an_entry_is_on_one_page(cx: &mut Context) -> Result {
    for list in paged(cx).await? {
        let mut before: Vec<Value> = Vec::new();
        for page in pages(cx, list).await? {
            if let Some(entry) = page.iter().find(|entry| before.contains(entry)) {
                return Err(Failure::mismatch(
                    format!("the pages of `{}`", list.method),
                    "each entry on one page only",
                    format!("on two pages: {}", show(entry)),
                ));
            }
            before.extend(page);
        }
    }
    Ok(())
}

/// A server SHOULD answer a cursor that it never gave with the error -32602.
#[check(
    mcp,
    shared = "questions",
    source = "Pagination, Error Handling",
    faults(MCP_BAD_CURSOR_SERVED)
)]
async fn an_unknown_cursor_is_a_wrong_parameter(cx: &mut Context) -> Result {
    for list in paged(cx).await? {
        let params = json!({ "cursor": "proctor has no such cursor" });
        let reply = cx.mcp().request(list.method, params).await?;
        let what = format!("`{}` with a cursor that the server never gave", list.method);
        reply.refused(code::INVALID_PARAMS, what)?;
    }
    Ok(())
}

/// A server MUST answer a list with a cursor of the wrong type.
#[check(
    mcp,
    shared = "questions",
    source = "every server does; JSON-RPC 2.0, Response object",
    faults(MCP_CURSOR_OF_ANOTHER_TYPE_IS_FATAL)
)]
async fn a_cursor_of_another_type_is_answered(cx: &mut Context) -> Result {
    let mut lists = 0;
    for list in List::ALL {
        if cx.declared().is_some_and(|declared| declared.has(list.capability)) {
            cx.mcp().request(list.method, json!({ "cursor": 5 })).await?;
            lists += 1;
        }
    }
    if lists == 0 { Err(Failure::not_offered("a list")) } else { Ok(()) }
}

/// A page of a list, if it is declared and given.
async fn page(cx: &mut Context, list: List, params: Value) -> Result<Option<Value>> {
    if cx.declared().is_none_or(|declared| !declared.has(list.capability)) {
        return Ok(None);
    }
    Ok(cx.mcp().request(list.method, params).await?.into_result().ok())
}

/// The lists that have more than one page.
async fn paged(cx: &mut Context) -> Result<Vec<List>> {
    let mut paged = Vec::new();
    for list in List::ALL {
        let page = page(cx, list, Value::Null).await?;
        if page.is_some_and(|page| page["nextCursor"].is_string()) {
            paged.push(list);
        }
    }
    if paged.is_empty() {
        Err(Failure::not_offered("a list of more than one page"))
    } else {
        Ok(paged)
    }
}

/// All pages of a list.
async fn pages(cx: &mut Context, list: List) -> Result<Vec<Vec<Value>>> {
    let (mut pages, mut cursors) = (Vec::new(), Vec::new());
    let mut params = Value::Null;
    loop {
        let page = cx.mcp().call(list.method, params).await?;
        pages.push(page[list.member].as_array().cloned().unwrap_or_default());
        let Some(cursor) = page.get("nextCursor").filter(|cursor| !cursor.is_null()) else {
            return Ok(pages);
        };
        let again = cursors.contains(cursor);
        if again || pages.len() > PAGES {
            let observed = if again {
                format!("page {} leads to {} for the second time", pages.len(), show(cursor))
            } else {
                format!("more than {PAGES} pages")
            };
            let what = format!("the pages of `{}`", list.method);
            return Err(Failure::mismatch(what, "a last page, without `nextCursor`", observed));
        }
        cursors.push(cursor.clone());
        params = json!({ "cursor": cursor });
    }
}
