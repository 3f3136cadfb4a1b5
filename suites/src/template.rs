//! The home that every check starts from: a configuration that makes start-up quiet, and the model
//! service its provider.

use std::io;
use std::sync::Arc;

use fixtures::Config;
use harness::{Context, Home, OrInconclusive, Result, Template};

/// The standard home of a Codex server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

impl Template for Standard {
    fn write(&self, home: &Home, model_url: &str) -> io::Result<()> {
        std::fs::write(home.join("config.toml"), Config::new(model_url).to_toml())
    }

    fn env(&self, model_url: &str) -> Vec<(&'static str, String)> {
        // A logout gives the tokens back where they came from, which no file can set.
        let service = model_url.trim_end_matches("/v1");
        vec![("CODEX_REVOKE_TOKEN_URL_OVERRIDE", format!("{service}/backend-api/oauth/revoke"))]
    }
}

/// The standard home, for a subject.
pub fn template() -> Arc<dyn Template> {
    Arc::new(Standard)
}

/// Replaces the configuration in the home of a check; to be called before the subject is started.
pub fn configure(cx: &Context, change: impl FnOnce(Config) -> Config) -> Result {
    let config = change(Config::new(&cx.model.base_url()));
    std::fs::write(cx.home.join("config.toml"), config.to_toml())
        .or_inconclusive("writing config.toml")
}
