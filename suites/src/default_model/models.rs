//! The models on offer: `model/list`.

use std::collections::BTreeSet;

use harness::{Context, Failure, Result, check, code, ensure, ensure_eq, show, text_at};
use serde_json::{Value, json};

use crate::client::ContextExt;

/// One page of models and the cursor of the next.
async fn page(cx: &mut Context, params: Value) -> Result<(Vec<Value>, Option<String>)> {
    let result = cx.peer.call("model/list", params).await?;
    let data = result["data"].as_array().cloned().ok_or_else(|| {
        Failure::mismatch("result of `model/list`", "a list as `data`", show(&result))
    })?;
    Ok((data, result["nextCursor"].as_str().map(str::to_owned)))
}

/// How many pages of a list are read; a server that has more goes in a circle.
const PAGES: usize = 100;

/// Every model, page by page.
async fn all(cx: &mut Context) -> Result<Vec<Value>> {
    let (mut models, mut cursor) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (data, next) = page(cx, json!({ "cursor": cursor })).await?;
        models.extend(data);
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    ensure!(!models.is_empty(), "the models on offer", "at least one", "none");
    Ok(models)
}

/// The ids of models, in their order.
fn ids(models: &[Value]) -> Result<Vec<String>> {
    models.iter().map(|model| text_at(model, "/id", "a model").map(str::to_owned)).collect()
}

/// A server MUST list its models, each with id, names, description and default effort, without
/// network access.
#[check(
    v2,
    source = "app-server README, model/list; every release does",
    faults(MODELS_NEED_THE_NETWORK),
    shared
)]
async fn are_listed_offline(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for model in all(cx).await? {
        for member in ["id", "model", "displayName", "description", "defaultReasoningEffort"] {
            text_at(&model, &format!("/{member}"), "a model")?;
        }
    }
    Ok(())
}

/// A server MUST mark exactly one of its models as the default.
#[check(
    v2,
    source = "app-server README, model/list: isDefault",
    faults(DEFAULT_MODEL_TWICE, NO_DEFAULT_MODEL, SEVERAL_DEFAULT_MODELS),
    shared
)]
async fn one_is_the_default(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let models = all(cx).await?;
    let defaults: Vec<_> =
        models.iter().filter(|model| model["isDefault"] == true).cloned().collect();
    ensure!(
        defaults.len() == 1,
        "models with `isDefault` in the list of models",
        "exactly one",
        show(&ids(&defaults)?)
    );
    Ok(())
}

/// A server MUST list each model exactly once.
#[check(
    v2,
    source = "app-server README, model/list; every release does",
    faults(DEFAULT_MODEL_TWICE),
    shared
)]
async fn each_is_listed_once(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let models = all(cx).await?;
    let ids = ids(&models)?;
    let different: BTreeSet<_> = ids.iter().collect();
    ensure!(different.len() == ids.len(), "the ids of the models", "no id twice", show(&ids));
    Ok(())
}

/// A server MUST include a model's default effort in that model's `supportedReasoningEfforts`.
#[check(
    v2,
    source = "app-server README, model/list: supportedReasoningEfforts; every release does",
    faults(DEFAULT_EFFORT_UNSUPPORTED),
    shared
)]
async fn the_default_effort_is_supported(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for model in all(cx).await? {
        let default = &model["defaultReasoningEffort"];
        let supported = model["supportedReasoningEfforts"].as_array();
        let mut efforts = supported.into_iter().flatten().map(|it| &it["reasoningEffort"]);
        ensure!(
            efforts.any(|effort| effort == default),
            format!("`supportedReasoningEfforts` of {}", model["id"]),
            format!("to hold {default}"),
            show(&model["supportedReasoningEfforts"])
        );
    }
    Ok(())
}

/// A server MUST return the whole list of models, each once and in the same order, over pages of at
/// most `limit` models.
#[check(
    v2,
    source = "app-server README, model/list: limit, cursor, nextCursor",
    faults(MODEL_LIMIT_IGNORED, MODEL_SKIPPED_BETWEEN_PAGES),
    shared
)]
async fn pages_make_up_the_list(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let whole = ids(&all(cx).await?)?;
    for limit in [1, 2, whole.len()] {
        let (mut found, mut cursor) = (Vec::new(), None);
        // A page more than there can be, so that a cursor that leads nowhere ends, too.
        for _ in 0..=whole.len() {
            let (models, next) = page(cx, json!({ "limit": limit, "cursor": cursor })).await?;
            ensure!(
                models.len() <= limit,
                format!("models in a page with the limit {limit}"),
                format!("at most {limit}"),
                models.len().to_string()
            );
            found.extend(ids(&models)?);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        ensure_eq!(found, whole, "the models of all pages with the limit {limit}");
    }
    Ok(())
}

/// A server MUST reject an unknown cursor as an invalid request.
#[check(
    v2,
    source = "app-server README, model/list: cursor; every release does",
    faults(BAD_MODEL_CURSOR_RESTARTS),
    shared
)]
async fn an_unknown_cursor_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for cursor in ["no cursor", "99999"] {
        let refused = cx.peer.request("model/list", json!({ "cursor": cursor })).await?;
        refused.refused(code::INVALID_REQUEST, format_args!("error for the cursor {cursor:?}"))?;
    }
    all(cx).await.map(|_| ())
}
