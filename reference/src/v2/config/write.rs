//! Writes to the configuration: one value, or a batch of them, all or none.

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
        Err(_)
            if fault!(
                "unknown-strategy-replaces",
                "A way of merging that does not exist counts as `replace`.",
                ["default_model::refusal::an_unknown_strategy_is_refused"],
            ) =>
        {
            Ok(MergeStrategy::Replace)
        }
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
    if fault!(
        "new-model-clears-effort",
        "A write of the model clears the effort, which might not suit it.",
        ["default_model::one_edit_changes_one_key"],
    ) && edits[0].key_path == "model"
    {
        edits.push(ConfigEdit {
            key_path: "model_reasoning_effort".to_owned(),
            value: Value::Null,
            merge_strategy: MergeStrategy::Replace,
        });
    }
    write(server, &edits, params.file_path, params.expected_version)
}

pub(crate) fn write_batch(server: &Server, params: ConfigBatchWrite) -> Result<Value, Refusal> {
    let ConfigBatchWrite { mut edits, file_path, mut expected_version } = params;
    if fault!(
        "batch-version-unchecked",
        "The version that a batch expects is not looked at.",
        ["default_model::batch::a_stale_version_is_refused"],
    ) {
        expected_version = None;
    }
    if fault!(
        "batch-last-edit-only",
        "Of a batch, only the last edit is made.",
        ["default_model::batch::all_edits_are_made"],
    ) {
        edits.drain(..edits.len().saturating_sub(1));
    }
    if fault!(
        "batch-skips-bad-edits",
        "Edits of a batch that make no sense are left out.",
        ["default_model::batch::one_bad_edit_stops_all"],
    ) {
        edits.retain(|edit| to_edit(edit).is_ok());
    }
    if fault!(
        "empty-batch-refused",
        "A batch without edits is refused.",
        ["default_model::batch::no_edits_change_nothing"],
    ) && edits.is_empty()
    {
        return Err(refusal("configValidationError", "edits must not be empty"));
    }
    write(server, &edits, file_path, expected_version)
}

fn refusal(code: &str, message: impl Into<String>) -> Refusal {
    if fault!(
        "error-code-untold",
        "The refusal of a write has no code for clients.",
        [
            "default_model::refusal::a_bad_value_is_refused",
            "default_model::refusal::an_empty_path_is_refused",
            "default_model::refusal::another_file_is_refused",
            "default_model::refusal::a_stale_version_is_refused",
            "default_model::batch::one_bad_edit_stops_all",
        ],
    ) {
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
    if !fault!(
        "conflict-written",
        "A write that expects another version is refused and made all the same.",
        [
            "default_model::refusal::a_stale_version_is_refused",
            "default_model::batch::a_stale_version_is_refused",
        ],
    ) {
        conflict.clone()?;
    }
    let version = make(server, edits, current)?;
    conflict?;
    let untold = fault!(
        "write-path-untold",
        "The answer to a write does not say which file was written.",
        ["default_model::layers::a_write_says_where", "default_model::batch::all_edits_are_made"],
    );
    Ok(json!({
        "status": "ok",
        "version": version,
        "filePath": (!untold).then_some(path),
        "overriddenMetadata": null,
    }))
}

/// Makes the edits and returns the version of what came of them.
fn make(server: &Server, edits: &[ConfigEdit], current: String) -> Result<String, Refusal> {
    let one_by_one = fault!(
        "batch-not-atomic",
        "A bad edit does not undo those before it.",
        ["default_model::batch::one_bad_edit_stops_all"],
    );
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
    if fault!(
        "own-file-refused",
        "Every request that names a file is refused.",
        ["default_model::edit::the_own_file_may_be_named"],
    ) {
        return Err(readonly());
    }
    if is_same(file, own)
        || fault!(
            "file-path-ignored",
            "A write to another file goes to the user's.",
            [
                "default_model::refusal::another_file_is_refused",
                "default_model::batch::another_file_is_refused",
            ],
        )
    {
        return Ok(());
    }
    if fault!(
        "other-file-created",
        "A file that cannot be written to is created before it is refused.",
        [
            "default_model::refusal::another_file_is_refused",
            "default_model::batch::another_file_is_refused",
        ],
    ) {
        let _ = std::fs::write(file, "");
    }
    Err(readonly())
}

/// Refuses a version that is not the current one.
fn check_version(expected: Option<&str>, current: &str) -> Result<(), Refusal> {
    let Some(expected) = expected else { return Ok(()) };
    let same = expected == current
        && !fault!(
            "every-version-conflicts",
            "No version that is expected is ever the right one.",
            [
                "default_model::refusal::the_current_version_is_accepted",
                "default_model::batch::the_current_version_is_accepted",
            ],
        );
    if same
        || fault!(
            "version-unchecked",
            "expectedVersion is not looked at.",
            [
                "default_model::refusal::a_stale_version_is_refused",
                "default_model::batch::a_stale_version_is_refused",
            ],
        )
    {
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
    if fault!(
        "path-not-split",
        "A path counts as one key, dots and all.",
        [
            "default_model::edit::a_path_leads_into_tables",
            "default_model::edit::tables_on_the_way_are_made",
        ],
    ) {
        let path = vec![edit.key_path.clone()];
        return Ok(Edit { path, value: edit.value.clone(), merge: false });
    }
    if edit.key_path.trim().is_empty() {
        if fault!(
            "empty-path-accepted",
            "A write without a path is accepted and does nothing.",
            ["default_model::refusal::an_empty_path_is_refused"],
        ) {
            return Ok(Edit { path: Vec::new(), value: Value::Null, merge: false });
        }
        return Err(refusal("configValidationError", "keyPath must not be empty"));
    }
    let keys = Key::parse(&edit.key_path)
        .map_err(|error| refusal("configValidationError", format!("invalid keyPath: {error}")))?;
    Ok(Edit {
        path: keys.iter().map(|key| key.get().to_owned()).collect(),
        value: edit.value.clone(),
        merge: edit.merge_strategy == MergeStrategy::Upsert,
    })
}
