//! The configuration, read with the origin of every value; its writes are in [`write`].

mod write;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::config::{ConfigError, Project, lay_over};
use crate::config_edit;
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;

pub(crate) use write::{ConfigBatchWrite, ConfigValueWrite, write_batch, write_one, write_value};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigRead {
    #[serde(default)]
    pub(crate) include_layers: bool,
    pub(crate) cwd: Option<PathBuf>,
}

/// Keys that are shown even when nothing sets them.
const ALWAYS_SHOWN: [&str; 8] = [
    "model",
    "model_provider",
    "approval_policy",
    "sandbox_mode",
    "sandbox_workspace_write",
    "model_reasoning_effort",
    "model_reasoning_summary",
    "profile",
];

pub(super) fn read(server: &Server, params: &ConfigRead) -> Result<Value, Refusal> {
    let layers = layers(server, params.cwd.as_deref())
        .map_err(|error| Refusal::internal(format!("failed to read configuration: {error}")))?;
    let mut table = toml::Table::new();
    let mut origins = Map::new();
    for layer in &layers {
        lay_over(&mut table, layer.table.clone());
        layer.origins("", &json!(layer.table), &mut origins);
    }
    let mut config = json!(table);
    if let Some(config) = config.as_object_mut() {
        for key in ALWAYS_SHOWN {
            config.entry(key).or_insert(Value::Null);
        }
    }
    if fault!(ORIGINS_NOT_NESTED) {
        origins.retain(|key, _| !key.contains('.'));
    }
    let mut result = json!({ "config": config, "origins": origins });
    let told = params.include_layers && !fault!(LAYERS_UNTOLD);
    if told || fault!(LAYERS_ALWAYS_TOLD) {
        // The one that wins comes first.
        result["layers"] = layers.iter().rev().map(Layer::to_json).collect();
    }
    Ok(result)
}

/// Where values come from, the one that wins last.
fn layers(server: &Server, cwd: Option<&Path>) -> Result<Vec<Layer>, ConfigError> {
    let configs = &server.configs;
    let user = configs.file()?;
    let project = cwd.and_then(|cwd| configs.project(&user, cwd));
    let mut name = json!({ "type": "user", "file": configs.path() });
    if fault!(ORIGIN_WITHOUT_A_FILE) {
        name = json!({ "type": "user" });
    }
    let mut layers = vec![Layer { name: name.clone(), table: user }];
    if let Some(Project { folder, table }) = project {
        let own = json!({ "type": "project", "dotCodexFolder": folder });
        let untold = fault!(PROJECT_ORIGIN_UNTOLD);
        layers.push(Layer { name: if untold { name } else { own }, table });
    }
    let flags = configs.flags();
    if !flags.is_empty() {
        layers.push(Layer { name: json!({ "type": "sessionFlags" }), table: flags });
    }
    Ok(layers)
}

struct Layer {
    name: Value,
    table: toml::Table,
}

impl Layer {
    /// Notes where each leaf comes from, by its dotted path.
    fn origins(&self, path: &str, value: &Value, origins: &mut Map<String, Value>) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.origins(&path, member, origins);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.origins(&format!("{path}.{at}"), item, origins);
                }
            }
            _ => {
                let origin = json!({ "name": self.name, "version": self.version() });
                origins.insert(path.to_owned(), origin);
            }
        }
    }

    fn to_json(&self) -> Value {
        json!({ "name": self.name, "version": self.version(), "config": self.table })
    }

    fn version(&self) -> String {
        config_edit::version(&self.table)
    }
}
