//! Values of every kind in `config.toml`, keys that need quotes, and writes that are rejected.

use harness::{Context, Result, check};
use serde_json::{Value, json};

use super::config_toml::{edit, ensure_done_or_unchanged, ensure_written, parsed, put, text};
use crate::client::ContextExt;
use crate::rows::Rows;

/// One way to write a value.
const STRATEGIES: [&str; 2] = ["upsert", "replace"];

/// Values of every kind, each with its key. Those that no release gives a meaning stand below a key
/// that no release knows.
fn values() -> Vec<(&'static [&'static str], Value)> {
    const SET: &[&str] = &["shell_environment_policy", "set", "PROCTOR"];
    const ANY: &[&str] = &["proctor", "value"];
    const ROOTS: &[&str] = &["sandbox_workspace_write", "writable_roots"];
    vec![
        (&["model_context_window"], json!(100_000)),
        (ANY, json!(-5)),
        (ANY, json!(0)),
        (ANY, json!(i64::MAX)),
        (ANY, json!(1.5)),
        (ANY, json!(true)),
        (ANY, json!(false)),
        (ROOTS, json!(["/a", "/with blank", "/ünïcode"])),
        (ROOTS, json!([])),
        (ANY, json!([1, "two", false, [3, [4]]])),
        (ANY, json!([{ "a": 1 }, { "b": [2, 3], "c": { "d": "e" } }])),
        (&["proctor"], json!({ "a": { "b": { "c": 1 } }, "list": [1], "text": "x" })),
        (&["shell_environment_policy", "set"], json!({ "WITH.DOT": "1", "with \"quotes\"": "2" })),
        (SET, json!("")),
        (SET, json!("a \"quoted\" 'word' \"\"\"three\"\"\" '''three''' \\ \\n")),
        (SET, json!("two\nlines\r\nand\ta tab")),
        (SET, json!("# no comment")),
        (SET, json!("[no.header]\nkey = 1")),
        (SET, json!("ñ 日本 שלום \u{202e}abc \u{1f600} \u{2028}")),
        (SET, json!("x".repeat(100_000))),
        (SET, json!("true")),
        (SET, json!("1979-05-27")),
    ]
}

/// Writes a value; the file of before, what it is to say then, and the answer.
async fn write(
    cx: &mut Context,
    path: &[&str],
    value: &Value,
    strategy: &str,
) -> Result<(String, Value, harness::Reply)> {
    let before = text(cx)?;
    let mut expected = parsed(&before)?;
    edit(&mut expected, path, value, strategy == "upsert");
    let params = json!({
        "keyPath": quoted(path),
        "value": value,
        "mergeStrategy": strategy,
    });
    let reply = cx.peer.request("config/value/write", params).await?;
    Ok((before, expected, reply))
}

/// A path as `keyPath` has it, with quotes where TOML wants them.
fn quoted(path: &[&str]) -> String {
    let bare = |key: &str| {
        key.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter))
    };
    let part = |key: &&str| if bare(key) { (*key).to_owned() } else { json!(key).to_string() };
    path.iter().map(part).collect::<Vec<_>>().join(".")
}

/// A server MUST write a value of any kind to `config.toml` so that it reads back unchanged, without
/// changing any other key.
#[check(
    v2(since = "0.66"),
    source = "TOML 1.0; app-server protocol, ConfigValueWriteParams: value; every release does",
    faults(LISTS_OF_TABLES_BECOME_TEXTS, STRINGS_CUT_AT_LINE_BREAKS)
)]
async fn every_value_reads_back(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let start = text(cx)?;
    let mut rows = Rows::default();
    for (path, value) in values() {
        put(cx, &start)?;
        for strategy in STRATEGIES {
            let (before, expected, reply) = write(cx, path, &value, strategy).await?;
            let mut shown = value.to_string();
            shown.truncate(shown.floor_char_boundary(80));
            let row = format!("{strategy} of `{}` = {shown}", quoted(path));
            rows.judge(row, ensure_written(cx, &reply, &before, &expected))?;
        }
    }
    rows.end()
}

/// A server MUST treat a quoted part of `keyPath` as one key.
#[check(
    v2(since = "0.66", fixed_in("0.147", "a quoted part of `keyPath` is split at its dots")),
    source = "TOML 1.0, Keys; every release since does",
    faults(QUOTED_KEYS_SPLIT)
)]
async fn a_quoted_key_is_one_key(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let start = text(cx)?;
    let mut rows = Rows::default();
    for path in [
        &["projects", "/tmp/a.project", "trust_level"][..],
        &["shell_environment_policy", "set", "A.B"],
        &["shell_environment_policy", "set", "A B"],
        &["shell_environment_policy", "set", "A\"B"],
        &["mcp_servers", "a.server", "command"],
    ] {
        put(cx, &start)?;
        for value in [json!("trusted"), json!("untrusted")] {
            let (before, expected, reply) = write(cx, path, &value, "replace").await?;
            let row = format!("`{}` = {value}", quoted(path));
            rows.judge(row, ensure_written(cx, &reply, &before, &expected))?;
        }
    }
    rows.end()
}

/// A server MUST keep every byte of `config.toml` when it rejects a write.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: atomic; every release does",
    faults(REJECTED_WRITE_LEAVES_A_TABLE)
)]
async fn a_rejected_write_changes_nothing(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let start = text(cx)?;
    let list = "\n[sandbox_workspace_write]\nwritable_roots = [\"/a\"] # a list\n\n[[proctor.list]]\na = 1\n";
    let start = format!("{start}{list}");
    let mut rows = Rows::default();
    for (path, value) in [
        (&["model", "name"][..], json!("x")),
        (&["model", "name", "deep"], json!({ "a": 1 })),
        (&["model_providers", "mock"], json!("x")),
        (&["model_providers"], json!([1])),
        (&["model"], json!({ "a": { "b": 1 } })),
        (&["sandbox_workspace_write", "writable_roots"], json!({ "0": "/b" })),
        (&["sandbox_workspace_write", "writable_roots", "0"], json!("/b")),
        (&["approval_policy"], json!(["never"])),
    ] {
        for strategy in STRATEGIES {
            put(cx, &start)?;
            let (before, expected, reply) = write(cx, path, &value, strategy).await?;
            let row = format!("{strategy} of `{}` = {value}", quoted(path));
            rows.judge(row, ensure_done_or_unchanged(cx, &reply, &before, &expected))?;
        }
    }
    rows.end()
}
