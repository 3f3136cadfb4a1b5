//! Stored conversations in lists.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::params::{GetConversationSummary, ListConversations};
use crate::fault::fault;
use crate::faults;
use crate::lifecycle;
use crate::message::Refusal;
use crate::paging::{self, Order};
use crate::server::Server;
use crate::store::{self, Shelf, Summary};

pub(super) fn list(server: &Server, params: &ListConversations) -> Result<Value, Refusal> {
    let providers = lifecycle::wanted_providers(server, params.model_providers.as_deref());
    let wanted = |summary: &Summary| lifecycle::ran_with(server, summary, &providers);
    let limit = paging::limit(params.page_size, usize::MAX);
    let summaries = store::list(&server.home, Shelf::Live);
    let cursor = params.cursor.as_deref();
    let (page, next) = paging::page(summaries, wanted, Order::Created, cursor, limit)?;
    let items: Vec<Value> = page.iter().map(|summary| item(server, summary)).collect();
    Ok(json!({ "items": items, "nextCursor": next }))
}

pub(super) fn summary(server: &Server, params: &GetConversationSummary) -> Result<Value, Refusal> {
    let path = match params {
        GetConversationSummary::ByPath { rollout_path } => {
            if fault!(SUMMARY_RELATIVE_TO_THE_PROCESS) {
                rollout_path.clone()
            } else {
                faults::forms::rollout(&server.home, server.home.join(rollout_path))
            }
        }
        GetConversationSummary::ById { conversation_id } => {
            lifecycle::rollout(server, conversation_id.0).ok_or_else(|| {
                let reason = format!("no rollout found for conversation id {conversation_id}");
                Refusal::invalid(reason)
            })?
        }
    };
    match store::summary(&path) {
        Ok(Some(summary)) => Ok(json!({ "summary": item(server, &summary) })),
        _ => {
            let path = path.display();
            Err(Refusal::invalid(format!("failed to load conversation summary from {path}")))
        }
    }
}

fn item(server: &Server, summary: &Summary) -> Value {
    let head = &summary.head;
    let git = head.git.as_ref().map(|git| {
        json!({
            "sha": git["commit_hash"],
            "branch": git["branch"],
            "origin_url": git["repository_url"],
        })
    });
    json!({
        "conversationId": summary.id,
        "path": store::shown_path(&server.home, summary),
        "preview": summary.preview,
        "timestamp": head.timestamp_text,
        "updatedAt": seconds(summary.updated),
        "modelProvider": lifecycle::provider_of(server, summary),
        "cwd": head.cwd,
        "cliVersion": head.cli_version,
        "source": head.source,
        "gitInfo": git,
    })
}

/// RFC 3339 in UTC with whole seconds.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
