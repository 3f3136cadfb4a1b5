//! Which skills the user has switched off: `[[skills.config]]` in the configuration.

use std::fmt::Display;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::Skill;
use crate::config_edit;
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;
use crate::v2::fs::Absolute;

/// Parameters of `skills/config/write`.
#[derive(Debug, Deserialize)]
pub(crate) struct Write {
    path: Option<Absolute>,
    name: Option<String>,
    enabled: bool,
}

/// How a request or the configuration names a skill.
enum Named<'a> {
    Path(&'a Path),
    Name(&'a str),
}

impl Named<'_> {
    /// Whether an entry of the configuration is about the skill.
    fn is(&self, entry: &Table) -> bool {
        let (member, wanted) = self.member();
        entry.get(member).and_then(Item::as_str) == Some(&wanted)
    }

    fn member(&self) -> (&'static str, String) {
        match self {
            Self::Path(path) => ("path", path.to_string_lossy().into_owned()),
            Self::Name(name) => ("name", (*name).to_owned()),
        }
    }
}

/// What the configuration says of skills.
pub(super) struct Settings(DocumentMut);

impl Settings {
    /// Reads the configuration.
    pub(super) fn of(server: &Server) -> Self {
        Self(server.configs.text().unwrap_or_default().parse().unwrap_or_default())
    }

    /// Whether a skill is not switched off, by its path or by its name.
    pub(super) fn enables(&self, skill: &Skill) -> bool {
        if fault!(SKILL_STAYS_ENABLED) {
            return true;
        }
        let Some(entries) = self.entries() else { return true };
        let own = |entry: &&Table| {
            Named::Path(&skill.path).is(entry)
                || (Named::Name(&skill.name).is(entry) && !fault!(SKILL_NAMES_UNKNOWN))
        };
        let off = |entry: &Table| entry.get("enabled").and_then(Item::as_bool) == Some(false);
        !entries.iter().filter(own).any(off)
    }

    fn entries(&self) -> Option<&ArrayOfTables> {
        self.0.get("skills")?.get("config")?.as_array_of_tables()
    }
}

/// `skills/config/write`: switches a skill off, or on again.
pub(in crate::v2) fn write(server: &Server, params: &Write) -> Result<Value, Refusal> {
    let named = match (&params.path, &params.name) {
        (Some(path), None) => Named::Path(&path.0),
        (None, Some(name)) => Named::Name(name),
        (Some(path), _) if fault!(SKILL_SELECTORS_UNCHECKED) => Named::Path(&path.0),
        _ => {
            let reason = "skills/config/write requires exactly one of path or name";
            return Err(Refusal::params(reason));
        }
    };
    let text = server.configs.text().map_err(unsaved)?;
    let mut document: DocumentMut = text.parse().map_err(unsaved)?;
    switch(&mut document, &named, params.enabled);
    let mut edited = document.to_string();
    if fault!(SKILL_SETTING_REWRITES_THE_FILE) {
        edited = edited
            .lines()
            .filter(|line| !line.starts_with('#'))
            .fold(String::new(), |text, line| text + line + "\n");
    }
    if fault!(SKILL_SETTING_FORGOTTEN) {
        server.configs.remember(&edited);
    } else if edited != text {
        config_edit::replace(&server.configs, &edited).map_err(unsaved)?;
    }
    Ok(json!({ "effectiveEnabled": params.enabled }))
}

/// The refusal of a request whose setting cannot be saved.
fn unsaved(error: impl Display) -> Refusal {
    Refusal::internal(format!("failed to update skill settings: {error}"))
}

/// Puts an entry for a skill that is off into a document, and takes away what was there of it.
fn switch(document: &mut DocumentMut, named: &Named<'_>, enabled: bool) {
    let skills = document.entry("skills").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let Some(skills) = skills.as_table_mut() else { return };
    let config = skills.entry("config").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(entries) = config.as_array_of_tables_mut() else { return };
    entries.retain(|entry| !named.is(entry));
    if !enabled || fault!(SKILL_SETTING_LEFT_BEHIND) {
        let (member, wanted) = named.member();
        let mut entry = Table::new();
        entry.insert(member, value(wanted));
        entry.insert("enabled", value(enabled));
        entries.push(entry);
    }
    if entries.is_empty() {
        skills.remove("config");
    }
    if skills.is_empty() {
        document.remove("skills");
    }
}
