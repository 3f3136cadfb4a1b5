//! An invalid `config.toml`: it is reported, never overwritten, and read again once it is repaired.

use std::fs;

use harness::{Context, OrInconclusive, Result, check, code, ensure_eq, ensure_includes};
use serde_json::json;

use super::MODEL;
use super::config_toml::{text, untouched, written};
use crate::client::ContextExt;
use crate::template::configure;

/// Replaces `config.toml` by something that is no TOML.
fn break_it(cx: &Context) -> Result {
    let text =
        format!("{}\n# The user is in the middle of a line.\nmodel_verbosity = \n", text(cx)?);
    fs::write(cx.home.join("config.toml"), text).or_inconclusive("writing config.toml")
}

/// A server MUST reject a new default model, without changing `config.toml`, as long as the file is
/// not valid TOML.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, setDefaultModel: failure; every release does",
    faults(BROKEN_CONFIG_IS_EMPTY)
)]
async fn an_invalid_file_is_not_overwritten(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    break_it(cx)?;
    let before = text(cx)?;
    let refused = cx.client().request_default_model("proctor-next", "low").await?;
    refused.refusal("answer to a new default model while config.toml is broken")?;
    untouched(cx, &before, "the refusal")?;
    configure(cx, |config| config)?;
    cx.client().set_default_model("proctor-next", "low").await?;
    ensure_eq!(written(cx)?, ["proctor-next", "low"], "model and effort in the mended file");
    Ok(())
}

/// A server MUST answer a request for the saved configuration with an internal error as long as
/// `config.toml` is not valid TOML.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, config: failed to load config.toml",
    faults(BROKEN_CONFIG_IS_EMPTY)
)]
async fn reading_it_is_an_error(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    break_it(cx)?;
    let what = "answer to a request for the saved configuration while config.toml is invalid";
    cx.client().request_config().await?.refused(code::INTERNAL_ERROR, what)?;
    configure(cx, |config| config.model("proctor-mended"))?;
    ensure_eq!(
        cx.client().saved_default_model().await?[0],
        "proctor-mended",
        "the saved model of the mended file"
    );
    Ok(())
}

/// A server MUST start with an invalid `config.toml`, rejecting new conversations only until the
/// file is repaired.
#[check(
    v1(fixed_in("0.90", "the server does not start when config.toml cannot be parsed")),
    v2(
        since = "0.66",
        fixed_in("0.90", "the server does not start when config.toml cannot be parsed")
    ),
    source = "app-server README, configWarning; every release from 0.90 on does",
    faults(BROKEN_CONFIG_IS_EMPTY, DEFAULTS_FROM_THE_START)
)]
async fn conversations_wait_until_it_is_mended(cx: &mut Context) -> Result {
    break_it(cx)?;
    cx.client().initialize().await?;
    let method = cx.protocol().start;
    let refused = cx.peer.request(method, json!({ "cwd": cx.home.work() })).await?;
    refused.refused(
        code::INVALID_REQUEST,
        format_args!("answer to `{method}` while config.toml is broken"),
    )?;
    configure(cx, |config| config.model("proctor-mended"))?;
    let thread = cx
        .client()
        .start_thread()
        .await
        .map_err(|failure| failure.within("after config.toml was mended"))?;
    ensure_eq!(thread.result[MODEL], "proctor-mended", "model of the next conversation");
    Ok(())
}

/// A server SHOULD send a new client a `configWarning` with the path of an invalid `config.toml`
/// and the position of the error in it.
#[check(
    v2(since = "0.98"),
    source = "app-server README, configWarning",
    faults(BROKEN_CONFIG_UNSAID)
)]
async fn a_new_client_is_warned(cx: &mut Context) -> Result {
    break_it(cx)?;
    cx.client().initialize().await?;
    // There may be other warnings, about no file.
    let path = cx.home.join("config.toml");
    let warning = cx
        .peer
        .next_matching("`configWarning` about config.toml", |call| {
            call.method == "configWarning" && call.params["path"].as_str() == path.to_str()
        })
        .await?;
    let line = text(cx)?.lines().count();
    let column = "model_verbosity = ".len() + 1;
    let place = json!({ "line": line, "column": column });
    ensure_includes!(warning.params["range"]["start"], place, "where the mistake begins");
    ensure_includes!(warning.params["range"]["end"], place, "where the mistake ends");
    Ok(())
}
