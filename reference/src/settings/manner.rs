//! How an agent talks, and what it may touch by name: what newer clients set besides the rest.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};

use super::SandboxMode;
use crate::fault::fault;

/// Members that every request for a thread or a turn may have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Manner {
    pub(crate) personality: Option<String>,
    /// The id of a permission profile.
    pub(crate) permissions: Option<String>,
    pub(crate) runtime_workspace_roots: Option<Vec<PathBuf>>,
}

impl Manner {
    /// Takes what another names.
    pub(crate) fn update(&mut self, other: &Self) {
        let Self { personality, permissions, runtime_workspace_roots } = other;
        if personality.is_some() && !fault!(TURN_PERSONALITY_IGNORED) {
            self.personality.clone_from(personality);
        }
        if permissions.is_some() {
            self.permissions.clone_from(permissions);
        }
        if runtime_workspace_roots.is_some() && !fault!(TURN_ROOTS_IGNORED) {
            self.runtime_workspace_roots.clone_from(runtime_workspace_roots);
        }
    }

    /// The profile that nobody has, if one is named.
    pub(crate) fn unknown(&self) -> Option<&str> {
        self.permissions.as_deref().filter(|_| self.sandbox().is_none())
    }

    /// The sandbox of the profile.
    pub(crate) fn sandbox(&self) -> Option<SandboxMode> {
        match self.permissions.as_deref()? {
            ":read-only" => Some(SandboxMode::ReadOnly),
            ":workspace" => Some(SandboxMode::WorkspaceWrite),
            ":danger-full-access" => Some(SandboxMode::DangerFullAccess),
            _ => None,
        }
    }

    /// The profile as clients see it.
    pub(crate) fn profile(&self) -> Option<Value> {
        let id = self.permissions.as_ref()?;
        Some(json!({ "id": id, "extends": null }))
    }
}
