//! Overrides in a start request: they apply to that conversation instead of the configuration.

use fixtures::Auth;
use harness::{Context, OrInconclusive, Result, check, ensure_eq};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, Start};
use crate::template::configure;

/// A server MUST reject a new conversation whose provider is not configured.
#[check(
    v1(fixed_in("0.53", "a conversation with an unknown provider is begun")),
    v2,
    source = "every release since does",
    faults(UNKNOWN_PROVIDER_IS_OPENAI)
)]
async fn an_unknown_provider_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let method = cx.protocol().start;
    cx.peer.request(method, json!({ "modelProvider": "nobody" })).await?.error()?;
    cx.client().start_thread().await.map(|_| ())
}

/// A server MUST change only the one setting that a dotted key in `config` names.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: config; every release does",
    faults(OVERRIDE_REPLACES_ITS_TABLE)
)]
async fn a_dotted_key_changes_only_itself(cx: &mut Context) -> Result {
    Auth::api_key("sk-fake-override").write(cx.home.path()).or_inconclusive("writing auth.json")?;
    configure(cx, |config| config.requires_openai_auth(false))?;
    cx.client().initialize().await?;
    let more = json!({ "config": { "model_providers.mock.requires_openai_auth": true } });
    let thread = cx.client().start_with(Start { more, ..Start::default() }).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = cx.asked(1).await?;
    ensure_eq!(
        request.header("authorization"),
        Some("Bearer sk-fake-override"),
        "`authorization` of the request to the provider that was overridden"
    );
    Ok(())
}
