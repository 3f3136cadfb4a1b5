//! What clients ask for when they start, to fill their menus: the profiles of permissions, and the skills.

use std::env;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::message::Refusal;

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

/// `permissionProfile/list`: a page of the profiles, its cursor being a position.
pub(super) fn profiles(params: &Profiles) -> Result<Value, Refusal> {
    let from = match &params.cursor {
        None => 0,
        Some(cursor) => match cursor.parse().ok().filter(|at| *at <= PROFILES.len()) {
            Some(at) => at,
            None => return Err(Refusal::invalid(format!("invalid cursor: {cursor}"))),
        },
    };
    let limit = params.limit.map_or(PROFILES.len(), |limit| limit.max(1) as usize);
    let to = PROFILES.len().min(from.saturating_add(limit));
    let data: Vec<Value> = PROFILES[from..to]
        .iter()
        .map(|id| json!({ "id": id, "description": null, "allowed": true }))
        .collect();
    let next = (to < PROFILES.len()).then(|| to.to_string());
    Ok(json!({ "data": data, "nextCursor": next }))
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
