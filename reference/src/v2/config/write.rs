//! Writes to the configuration: one value, or a batch of them, all or none.

mod faults;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};
use toml_edit::Key;

use crate::config_edit::{self, Edit, EditError};
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MergeStrategy {
    Replace,
    Upsert,
}

/// A way of merging; one that does not exist is refused.
fn strategy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MergeStrategy, D::Error> {
    let word = Value::deserialize(deserializer)?;
    match MergeStrategy::deserialize(&word) {
        Err(_) if fault!(UNKNOWN_STRATEGY_REPLACES) => Ok(MergeStrategy::Replace),
        outcome => outcome.map_err(de::Error::custom),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigValueWrite {
    pub(crate) key_path: String,
    pub(crate) value: Value,
    #[serde(deserialize_with = "strategy")]
    pub(crate) merge_strategy: MergeStrategy,
    pub(crate) file_path: Option<PathBuf>,
    pub(crate) expected_version: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigEdit {
    pub(crate) key_path: String,
    pub(crate) value: Value,
    #[serde(deserialize_with = "strategy")]
    pub(crate) merge_strategy: MergeStrategy,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigBatchWrite {
    pub(crate) edits: Vec<ConfigEdit>,
    pub(crate) file_path: Option<PathBuf>,
    pub(crate) expected_version: Option<String>,
}

pub(crate) fn write_value(server: &Server, params: ConfigValueWrite) -> Result<Value, Refusal> {
    let mut edits = vec![ConfigEdit {
        key_path: params.key_path,
        value: params.value,
        merge_strategy: params.merge_strategy,
    }];
    faults::value(&mut edits);
    write(server, &edits, params.file_path, params.expected_version)
}

/// Writes one value of the user's configuration.
pub(crate) fn write_one(server: &Server, key: &str, value: Value) -> Result<Value, Refusal> {
    let (key_path, merge_strategy) = (key.to_owned(), MergeStrategy::Replace);
    write(server, &[ConfigEdit { key_path, value, merge_strategy }], None, None)
}

pub(crate) fn write_batch(server: &Server, params: ConfigBatchWrite) -> Result<Value, Refusal> {
    let ConfigBatchWrite { mut edits, file_path, mut expected_version } = params;
    faults::batch(&mut edits, &mut expected_version);
    if fault!(EMPTY_BATCH_REFUSED) && edits.is_empty() {
        return Err(refusal("configValidationError", "edits must not be empty"));
    }
    write(server, &edits, file_path, expected_version)
}

fn refusal(code: &str, message: impl Into<String>) -> Refusal {
    if fault!(ERROR_CODE_UNTOLD) {
        return Refusal::invalid(message);
    }
    Refusal::invalid(message).with_data(json!({ "config_write_error_code": code }))
}

fn write(
    server: &Server,
    edits: &[ConfigEdit],
    file: Option<PathBuf>,
    expected: Option<String>,
) -> Result<Value, Refusal> {
    config_edit::prepare(&server.configs);
    let path = server.configs.path();
    check_file(file.as_deref(), &path)?;
    let current = server.configs.file().map(|table| config_edit::version(&table));
    let current = current.map_err(|error| refusal("configValidationError", error.to_string()))?;
    let conflict = check_version(expected.as_deref(), &current);
    if !fault!(CONFLICT_WRITTEN) {
        conflict.clone()?;
    }
    let version = make(server, edits, current)?;
    conflict?;
    let nested = edits.iter().any(|edit| edit.key_path.contains('.'));
    crate::faults::laws::break_off(&path, nested);
    let untold = fault!(WRITE_PATH_UNTOLD);
    Ok(json!({
        "status": "ok",
        "version": version,
        "filePath": (!untold).then_some(path),
        "overriddenMetadata": null,
    }))
}

/// Makes the edits and returns the version of what came of them.
fn make(server: &Server, edits: &[ConfigEdit], current: String) -> Result<String, Refusal> {
    let one_by_one = fault!(BATCH_NOT_ATOMIC);
    let version = if one_by_one {
        edits.iter().try_fold(current, |_, edit| {
            let edit = to_edit(edit)?;
            config_edit::write(&server.configs, &[edit]).map_err(unwritten)
        })?
    } else {
        let edits = edits.iter().map(to_edit).collect::<Result<Vec<_>, _>>()?;
        config_edit::write(&server.configs, &edits).map_err(unwritten)?
    };
    Ok(version)
}

fn unwritten(error: EditError) -> Refusal {
    match error {
        EditError::Io(_) => Refusal::internal(error.to_string()),
        error => refusal("configValidationError", error.to_string()),
    }
}

/// Refuses any file but the user's.
fn check_file(file: Option<&Path>, own: &Path) -> Result<(), Refusal> {
    let readonly = || refusal("configLayerReadonly", "Only writes to the user config are allowed");
    let Some(file) = file else { return Ok(()) };
    if fault!(OWN_FILE_REFUSED) {
        return Err(readonly());
    }
    if is_same(file, own) || fault!(FILE_PATH_IGNORED) {
        return Ok(());
    }
    if fault!(OTHER_FILE_CREATED) {
        let _ = std::fs::write(file, "");
    }
    Err(readonly())
}

/// Refuses a version that is not the current one.
fn check_version(expected: Option<&str>, current: &str) -> Result<(), Refusal> {
    let Some(expected) = expected else { return Ok(()) };
    let same = expected == current && !fault!(EVERY_VERSION_CONFLICTS);
    if same || fault!(VERSION_UNCHECKED) {
        return Ok(());
    }
    Err(refusal(
        "configVersionConflict",
        "Configuration was modified since last read. Fetch latest version and retry.",
    ))
}

fn is_same(file: &Path, path: &Path) -> bool {
    file == path
        || file.canonicalize().is_ok_and(|file| path.canonicalize().is_ok_and(|p| p == file))
}

fn to_edit(edit: &ConfigEdit) -> Result<Edit, Refusal> {
    if fault!(PATH_NOT_SPLIT) {
        let path = vec![edit.key_path.clone()];
        return Ok(Edit { path, value: edit.value.clone(), merge: false });
    }
    if edit.key_path.trim().is_empty() {
        if fault!(EMPTY_PATH_ACCEPTED) {
            return Ok(Edit { path: Vec::new(), value: Value::Null, merge: false });
        }
        return Err(refusal("configValidationError", "keyPath must not be empty"));
    }
    if fault!(QUOTED_KEYS_SPLIT) {
        let path = edit.key_path.split('.').map(str::to_owned).collect();
        let merge = edit.merge_strategy == MergeStrategy::Upsert;
        return Ok(Edit { path, value: edit.value.clone(), merge });
    }
    let keys = Key::parse(&edit.key_path)
        .map_err(|error| refusal("configValidationError", format!("invalid keyPath: {error}")))?;
    Ok(Edit {
        path: keys.iter().map(|key| key.get().to_owned()).collect(),
        value: edit.value.clone(),
        merge: edit.merge_strategy == MergeStrategy::Upsert,
    })
}
