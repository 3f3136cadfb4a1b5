//! Every list: its pages, its cursors, its entries.

use std::collections::BTreeSet;

use harness::{Context, NoSuchMethod, Result, check, ensure, ensure_eq, show};
use serde_json::{Value, json};

use super::{LISTS, List};
use crate::client::ContextExt;
use crate::offered::{may_have, no_such_method};
use crate::rows::Rows;
use crate::stored::{STORED, conversation, seed_all};
use crate::template::configure;

/// A home with three stored threads, two of which are loaded, and three MCP servers; a server that
/// stores its threads elsewhere has none of these.
async fn full_home(cx: &mut Context) -> Result<NoSuchMethod> {
    let stored = cx.needs(STORED).is_ok() && may_have(cx, "thread/resume");
    if stored {
        seed_all(cx, 0..3)?;
    }
    configure(cx, |config| {
        ["one", "three", "two"]
            .into_iter()
            .fold(config, |config, name| config.set(&format!("mcp_servers.{name}.command"), "true"))
    })?;
    cx.client().initialize_experimental().await?;
    for number in (0..2).filter(|_| stored) {
        cx.client().resume_seeded(&conversation(number)).await?;
    }
    no_such_method(cx).await
}

/// Fails unless pages of every size have these entries in this order.
async fn in_pages(cx: &mut Context, list: &List, all: &[Value]) -> Result {
    // A page for each entry of a long list takes long, and shows no more.
    let small = if all.len() > 20 { all.len() / 6 } else { 1 };
    for limit in [small, all.len().max(1)] {
        let names = list.pages(cx, limit, all.len() + 1).await?;
        let what = format!("the entries on pages of {limit}");
        ensure_eq!(names, all, "{what}");
    }
    Ok(())
}

/// A server MUST return every entry of a list exactly once over its pages, whatever their size.
#[check(
    v2(since = "0.98"),
    source = "app-server README: cursor, limit and nextCursor; every release does",
    faults(INVENTORY_PAGES_OVERLAP, INVENTORY_PAGES_SKIP, INVENTORY_LIMIT_IGNORED)
)]
async fn pages_are_exact(cx: &mut Context) -> Result {
    let none = full_home(cx).await?;
    let mut rows = Rows::default();
    for list in LISTS.iter().filter(|list| list.paged) {
        let Some(all) = list.all(cx, &none).await? else { continue };
        rows.judge(list.method, in_pages(cx, list, &all).await)?;
    }
    rows.end()
}

/// A server MUST reject a cursor that it did not return.
#[check(
    v2(since = "0.98"),
    source = "app-server README: cursors are opaque; every release does",
    faults(INVENTORY_CURSOR_UNCHECKED)
)]
async fn invalid_cursors_are_rejected(cx: &mut Context) -> Result {
    let none = full_home(cx).await?;
    let mut rows = Rows::default();
    for list in LISTS.iter().filter(|list| list.checked) {
        let all = list.all(cx, &none).await?;
        // An empty list has no page behind the first one.
        if all.is_none_or(|all| all.is_empty()) {
            continue;
        }
        for cursor in ["not a cursor", "-1"] {
            let reply = list.request(cx, json!({ "cursor": cursor })).await?;
            let refused = reply.refusal("the answer to an invalid cursor");
            rows.judge(format!("{} with {cursor:?}", list.method), refused.map(|_| ()))?;
        }
    }
    rows.end()
}

/// A server MUST NOT name an entry of a list twice.
#[check(v2(since = "0.98"), source = "every release does", faults(INVENTORY_NAMED_TWICE))]
async fn nothing_is_listed_twice(cx: &mut Context) -> Result {
    let none = full_home(cx).await?;
    let mut rows = Rows::default();
    for list in &LISTS {
        let Some(all) = list.all(cx, &none).await? else { continue };
        let names: BTreeSet<String> = all.iter().map(Value::to_string).collect();
        let judged = || {
            ensure_eq!(names.len(), all.len(), "the number of different entries");
            Ok(())
        };
        rows.judge(list.method, judged())?;
    }
    rows.end()
}

/// A server MUST return `requirements: null` in `configRequirements/read` when no requirements are
/// configured.
#[check(
    v2(since = "0.98"),
    source = "app-server README, configRequirements/read; every release does",
    faults(REQUIREMENTS_MADE_UP),
    shared
)]
async fn no_requirements_are_null(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let result = cx.peer.call("configRequirements/read", json!({})).await?;
    let found = &result["requirements"];
    ensure!(found.is_null(), "the requirements where none are configured", "null", show(found));
    Ok(())
}

/// A server MUST list the model providers in `modelProvider/list`, and report which of them the
/// configuration names.
#[check(
    v2(since = "0.169"),
    source = "app-server README, modelProvider/list; every release does",
    faults(PROVIDER_UNLISTED, DEFAULT_PROVIDER_IS_ANOTHER),
    shared
)]
async fn the_configured_provider_is_listed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let result = cx.peer.call("modelProvider/list", json!({})).await?;
    let default = fixtures::Config::PROVIDER;
    ensure_eq!(result["defaultProviderId"], default, "the provider in the configuration");
    let listed = result["data"].as_array().into_iter().flatten();
    let found = listed.filter(|entry| entry["id"] == default).count();
    ensure_eq!(found, 1, "entries of the provider `{default}` in the list");
    Ok(())
}
