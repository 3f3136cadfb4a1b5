//! Lists that come page by page.

use harness::{Context, Failure, Kind, Result, check, code, ensure, show};
use serde_json::{Value, json};

use crate::mcp::client::{List, McpExt};

/// A server MUST use a text as the cursor of the next page.
#[check(
    mcp,
    shared = "questions",
    source = "Pagination, Response Format",
    faults(MCP_CURSOR_IS_A_NUMBER)
)]
async fn a_cursor_is_a_text(cx: &mut Context) -> Result {
    for (list, pages) in lists(cx).await? {
        for cursor in pages.iter().filter_map(next) {
            ensure!(
                cursor.is_string(),
                format!("`nextCursor` in the result of `{}`", list.method),
                "a text",
                show(cursor)
            );
        }
    }
    Ok(())
}

/// A server MUST end each list after a finite number of pages.
#[check(
    mcp,
    shared = "questions",
    source = "Pagination, Pagination Flow",
    faults(MCP_CURSOR_NEVER_ENDS)
)]
async fn the_pages_end(cx: &mut Context) -> Result {
    for (list, pages) in paged(cx).await? {
        // They were followed up to a cursor that had been there before, or one page too many.
        if let Some(cursor) = pages.last().and_then(next) {
            return Err(Failure::mismatch(
                format!("the pages of `{}`", list.method),
                "a last page, without `nextCursor`",
                format!("page {} leads on to {}, as one before", pages.len(), show(cursor)),
            ));
        }
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
    for (list, pages) in paged(cx).await? {
        let mut before: Vec<&Value> = Vec::new();
        for page in &pages {
            let entries: Vec<_> = page[list.member].as_array().into_iter().flatten().collect();
            if let Some(entry) = entries.iter().find(|entry| before.contains(entry)) {
                return Err(Failure::mismatch(
                    format!("the pages of `{}`", list.method),
                    "each entry on one page only",
                    format!("on two pages: {}", show(entry)),
                ));
            }
            before.extend(entries);
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
    for (list, _) in paged(cx).await? {
        let params = json!({ "cursor": "proctor has no such cursor" });
        let reply = cx.mcp().request(list.method, params).await?;
        let what = format!("`{}` with a cursor that the server never gave", list.method);
        reply.refused(code::INVALID_PARAMS, what)?;
    }
    Ok(())
}

/// A server MUST go on after a request for a list with a cursor of the wrong type.
#[check(
    mcp,
    shared = "questions",
    source = "every server does",
    faults(MCP_CURSOR_OF_ANOTHER_TYPE_IS_FATAL)
)]
async fn a_cursor_of_another_type_is_survived(cx: &mut Context) -> Result {
    for (list, _) in lists(cx).await? {
        // Silence is the matter of another check.
        let ticket = cx.mcp().send(list.method, json!({ "cursor": 5 })).await?;
        cx.mcp().answer_or_silence(&ticket).await?;
    }
    Ok(())
}

/// The cursor of the page after this one.
fn next(page: &Value) -> Option<&Value> {
    page.get("nextCursor").filter(|cursor| !cursor.is_null())
}

/// The lists that the server gives, with their pages.
async fn lists(cx: &mut Context) -> Result<Vec<(List, Vec<Value>)>> {
    let mut lists = Vec::new();
    for list in List::ALL {
        match cx.mcp().pages(list).await {
            Ok(pages) => lists.push((list, pages)),
            // That it is refused is the matter of another check.
            Err(failure) if matches!(failure.kind(), Kind::NotOffered | Kind::Inconclusive) => {}
            Err(failure) => return Err(failure),
        }
    }
    if lists.is_empty() { Err(Failure::lacks("a list")) } else { Ok(lists) }
}

/// Those of more than one page.
async fn paged(cx: &mut Context) -> Result<Vec<(List, Vec<Value>)>> {
    let mut paged = lists(cx).await?;
    paged.retain(|(_, pages)| pages.first().and_then(next).is_some());
    if paged.is_empty() {
        return Err(Failure::lacks("a list of more than one page"));
    }
    Ok(paged)
}
