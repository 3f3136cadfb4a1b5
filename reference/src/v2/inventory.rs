//! What clients ask for when they start, to fill their menus: the profiles of permissions, the skills, the
//! MCP servers.

use std::env;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cursor;
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;
use crate::servers;

/// The profiles that a server brings along, in their order.
const PROFILES: [&str; 3] = [":read-only", ":workspace", ":danger-full-access"];

/// Parameters of `permissionProfile/list`.
#[derive(Debug, Deserialize)]
pub(crate) struct Profiles {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Parameters of `skills/list`.
#[derive(Debug, Deserialize)]
pub(crate) struct Skills {
    cwds: Option<Vec<String>>,
}

/// Parameters of `mcpServerStatus/list`.
#[derive(Debug, Deserialize)]
pub(crate) struct Servers {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// `permissionProfile/list`: a page of the profiles.
pub(super) fn profiles(params: &Profiles) -> Result<Value, Refusal> {
    let all = PROFILES
        .iter()
        .map(|id| json!({ "id": id, "description": null, "allowed": true }))
        .collect();
    page(all, params.cursor.as_ref(), params.limit)
}

/// `mcpServerStatus/list`: a page of the configured MCP servers.
pub(super) fn servers(server: &Server, params: &Servers) -> Result<Value, Refusal> {
    page(servers::inventory(server, &server.cwd), params.cursor.as_ref(), params.limit)
}

/// A page of a list, its cursor being a position.
fn page(all: Vec<Value>, cursor: Option<&String>, limit: Option<u32>) -> Result<Value, Refusal> {
    let from = match cursor {
        None => 0,
        Some(cursor) => match cursor.parse::<usize>().ok().filter(|at| *at <= all.len()) {
            Some(at) => at.saturating_sub(usize::from(fault!(SERVER_PAGES_REPEAT))),
            None => return Err(Refusal::invalid(format!("invalid cursor: {cursor}"))),
        },
    };
    let limit = limit.map_or(all.len(), |limit| limit.max(1) as usize);
    let to = all.len().min(from.saturating_add(limit));
    let next = (to < all.len()).then(|| to.to_string());
    let data: Vec<Value> = all.into_iter().skip(from).take(to - from).collect();
    Ok(json!({ "data": data, "nextCursor": cursor::shown(next) }))
}

/// `skills/list`: there are none, and that is said of every directory that was asked about, existing or not; of the server's
/// own without any.
pub(super) fn skills(params: &Skills) -> Value {
    let own = || vec![env::current_dir().unwrap_or_default().to_string_lossy().into_owned()];
    let cwds = params.cwds.clone().filter(|cwds| !cwds.is_empty()).unwrap_or_else(own);
    let data: Vec<Value> =
        cwds.iter().map(|cwd| json!({ "cwd": cwd, "skills": [], "errors": [] })).collect();
    json!({ "data": data })
}
