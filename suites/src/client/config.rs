//! The configuration: the default model, and what is saved.

use harness::Reply;
use harness::Result;
use harness::ensure;
use harness::show;
use serde_json::Value;

use super::Client;

impl Client<'_> {
    /// Requests to set the default model and its effort; `null` clears.
    pub async fn request_default_model(
        &mut self,
        model: impl Into<Value>,
        effort: impl Into<Value>,
    ) -> Result<Reply> {
        let protocol = self.protocol();
        let params = (protocol.set_default_model_params)(model.into(), effort.into());
        self.cx.peer.request(protocol.set_default_model, params).await
    }

    /// Sets the default model and its effort; `null` clears.
    pub async fn set_default_model(
        &mut self,
        model: impl Into<Value>,
        effort: impl Into<Value>,
    ) -> Result {
        self.request_default_model(model, effort).await?.result().map(|_| ())
    }

    /// Requests the saved configuration.
    pub async fn request_config(&mut self) -> Result<Reply> {
        let protocol = self.protocol();
        self.cx.peer.request(protocol.read_config, (protocol.read_config_params)()).await
    }

    /// The saved default model and its effort; what is not set is `null`.
    pub async fn saved_default_model(&mut self) -> Result<[Value; 2]> {
        let reply = self.request_config().await?;
        let config = &reply.result()?["config"];
        ensure!(
            config.is_object(),
            "the saved configuration",
            "an object as `config`",
            show(reply.result()?)
        );
        Ok([config["model"].clone(), config[self.protocol().saved_effort].clone()])
    }
}
