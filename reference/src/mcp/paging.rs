//! Lists that come page by page.

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, code};
use crate::fault::fault;
use crate::variant::variant;

/// How many entries a page has.
const PAGE: usize = 8;
/// How many a page of resources has: they come on several pages.
const PAGE_OF_RESOURCES: usize = 2;

/// The page of a list that the parameters ask for, as the result of a request.
pub(super) fn page(member: &str, entries: Vec<Value>, params: &Params) -> Result<Value, Refusal> {
    let size = match member {
        _ if variant!(MCP_ONE_ENTRY_A_PAGE) => 1,
        "resources" => PAGE_OF_RESOURCES,
        _ => PAGE,
    };
    let start = match params.get("cursor") {
        None | Some(Value::Null) => 0,
        Some(Value::String(cursor)) if cursor.is_empty() => size.min(entries.len()),
        Some(Value::String(cursor)) => match start(cursor, entries.len()) {
            Some(start) => start,
            None if fault!(MCP_BAD_CURSOR_SERVED) => 0,
            None => return Err(Refusal::params("unknown cursor")),
        },
        Some(_) if fault!(MCP_CURSOR_OF_ANOTHER_TYPE_IS_FATAL) => std::process::exit(1),
        Some(Value::Number(cursor)) if are_numbers() => {
            cursor.as_u64().and_then(|cursor| usize::try_from(cursor).ok()).unwrap_or_default()
        }
        Some(_) => return Err(Refusal::new(code::INVALID_PARAMS, "cursor is no text")),
    };
    let end = entries.len().min(start + size);
    let mut page = json!({ member: entries[start..end] });
    let more = end < entries.len();
    if more {
        let may_be_empty = start == 0;
        page["nextCursor"] = json!(cursor(end, may_be_empty));
    }
    if fault!(MCP_CURSOR_NEVER_ENDS) && start > 0 {
        page["nextCursor"] = params["cursor"].clone();
    }
    if more && are_numbers() {
        page["nextCursor"] = json!(end);
    }
    if fault!(MCP_ENTRY_ON_TWO_PAGES) && start > 0 {
        page[member][0] = entries[0].clone();
    }
    Ok(page)
}

/// The cursor of the page that begins with this entry. An empty one leads to the second page.
fn cursor(start: usize, may_be_empty: bool) -> String {
    if may_be_empty && variant!(MCP_EMPTY_CURSOR) { String::new() } else { format!("from {start}") }
}

/// The first entry of the page that a cursor leads to.
fn start(cursor: &str, entries: usize) -> Option<usize> {
    let start: usize = cursor.strip_prefix("from ")?.parse().ok()?;
    (start < entries).then_some(start)
}

/// Whether cursors are numbers, which they may not be.
fn are_numbers() -> bool {
    fault!(MCP_CURSOR_IS_A_NUMBER)
}
