//! `config/value/write`: one value at one path, replaced or merged.

use harness::{Context, Result, check, ensure_eq};
use serde_json::{Value, json};

use super::config_toml::{says, table};
use super::replace;
use crate::client::ContextExt;
use crate::template::configure;

/// Writes a value in the given way.
async fn write(cx: &mut Context, key_path: &str, value: Value, strategy: &str) -> Result {
    let params = json!({ "keyPath": key_path, "value": value, "mergeStrategy": strategy });
    cx.peer.call("config/value/write", params).await.map(|_| ())
}

/// A server MUST write a value into the table that `keyPath` names, without changing the other keys
/// of that table.
#[check(
    v2(since = "0.66"),
    source = "app-server README, config/value/write: keyPath",
    faults(PATH_NOT_SPLIT)
)]
async fn a_path_keeps_the_other_keys_of_its_table(cx: &mut Context) -> Result {
    configure(cx, |config| config.set("sandbox_workspace_write.exclude_slash_tmp", true))?;
    let mut expected = table(cx)?;
    cx.client().initialize().await?;
    write(cx, "sandbox_workspace_write.network_access", json!(true), "replace").await?;
    expected["sandbox_workspace_write"]["network_access"] = json!(true);
    says(cx, &expected, "when it was written")?;
    Ok(())
}

/// A server MUST create every table that `keyPath` names and `config.toml` lacks.
#[check(
    v2(since = "0.66"),
    source = "app-server README, config/value/write: keyPath",
    faults(PATH_NOT_SPLIT, TABLES_NOT_MADE)
)]
async fn missing_tables_are_created(cx: &mut Context) -> Result {
    let mut expected = table(cx)?;
    cx.client().initialize().await?;
    write(cx, "shell_environment_policy.set.PROCTOR", json!("yes"), "replace").await?;
    expected["shell_environment_policy"] = json!({ "set": { "PROCTOR": "yes" } });
    says(cx, &expected, "when it was written")?;
    Ok(())
}

/// A server MUST merge an `upsert` into the existing table, keeping the keys that the new value
/// does not name.
#[check(v2(since = "0.66"), source = "app-server protocol, MergeStrategy", faults(UPSERT_REPLACES))]
async fn upsert_merges(cx: &mut Context) -> Result {
    configure(cx, |config| config.raw("\n[shell_environment_policy.set]\nA = \"1\"\nB = \"2\"\n"))?;
    cx.client().initialize().await?;
    let value = json!({ "B": "new", "C": "3" });
    write(cx, "shell_environment_policy.set", value, "upsert").await?;
    let set = table(cx)?["shell_environment_policy"]["set"].take();
    ensure_eq!(set, json!({ "A": "1", "B": "new", "C": "3" }), "the table in config.toml");
    Ok(())
}

/// A server MUST drop the keys of a table that the value of a `replace` does not name.
#[check(v2(since = "0.66"), source = "app-server protocol, MergeStrategy", faults(REPLACE_MERGES))]
async fn replace_drops_the_other_keys(cx: &mut Context) -> Result {
    configure(cx, |config| config.raw("\n[shell_environment_policy.set]\nA = \"1\"\nB = \"2\"\n"))?;
    cx.client().initialize().await?;
    let value = json!({ "B": "new", "C": "3" });
    write(cx, "shell_environment_policy.set", value, "replace").await?;
    let set = table(cx)?["shell_environment_policy"]["set"].take();
    ensure_eq!(set, json!({ "B": "new", "C": "3" }), "the table in config.toml");
    Ok(())
}

/// A server MUST replace a list as a whole, even with `upsert`.
#[check(
    v2(since = "0.66"),
    source = "app-server protocol, MergeStrategy; every release does",
    faults(LISTS_GROW)
)]
async fn lists_are_replaced(cx: &mut Context) -> Result {
    let path = "sandbox_workspace_write.writable_roots";
    cx.client().initialize().await?;
    for (value, strategy) in
        [(json!(["/a", "/b"]), "replace"), (json!(["/c"]), "upsert"), (json!([]), "upsert")]
    {
        write(cx, path, value.clone(), strategy).await?;
        let roots = table(cx)?["sandbox_workspace_write"]["writable_roots"].take();
        ensure_eq!(roots, value, "the list in config.toml after {strategy}");
    }
    Ok(())
}

/// A server MUST write a number, a boolean or a string to `config.toml` as a value of the same
/// type.
#[check(
    v2(since = "0.66"),
    source = "app-server protocol, ConfigValueWriteParams: value; every release does",
    faults(EVERYTHING_IS_TEXT)
)]
async fn types_are_kept(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for (key_path, value) in [
        ("model_context_window", json!(100_000)),
        ("hide_agent_reasoning", json!(true)),
        ("model_verbosity", json!("low")),
    ] {
        write(cx, key_path, value.clone(), "replace").await?;
        ensure_eq!(table(cx)?[key_path], value, "`{key_path}` in config.toml");
    }
    Ok(())
}

/// A server MUST remove only the key that `keyPath` names when the value is null.
#[check(
    v2(since = "0.66"),
    source = "app-server README, config/value/write; every release does",
    faults(NULL_EMPTIES_THE_TABLE, NULL_IGNORED)
)]
async fn null_removes_one_key(cx: &mut Context) -> Result {
    configure(cx, |config| {
        config
            .set("sandbox_workspace_write.network_access", true)
            .set("sandbox_workspace_write.exclude_slash_tmp", true)
    })?;
    let mut expected = table(cx)?;
    cx.client().initialize().await?;
    write(cx, "sandbox_workspace_write.network_access", Value::Null, "replace").await?;
    expected["sandbox_workspace_write"] = json!({ "exclude_slash_tmp": true });
    says(cx, &expected, "when it was written")?;
    Ok(())
}

/// A server MUST accept the path of the user's `config.toml` as `filePath`.
#[check(
    v2(since = "0.66"),
    source = "app-server protocol, ConfigValueWriteParams: filePath",
    faults(OWN_FILE_REFUSED)
)]
async fn the_users_file_is_accepted(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut params = replace("model", "proctor-next");
    params["filePath"] = json!(cx.home.join("config.toml"));
    cx.peer.call("config/value/write", params).await?;
    ensure_eq!(table(cx)?["model"], "proctor-next", "model in config.toml");
    Ok(())
}
