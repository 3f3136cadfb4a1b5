//! The rest of `config.toml`: it stays unchanged when the default model is set.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use fixtures::Config;
use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use serde_json::{Value, json};

use super::config_toml::{same_lines, says, table, text, untouched, written};
use super::{EFFORT, MODEL};
use crate::client::ContextExt;
use crate::template::configure;

/// Tables that no release knows, written the way people write: out of order, oddly spaced, with
/// comments.
const BY_HAND: &str = r#"

# About the tables below.
[proctor.unknown]    # behind a table
zeta   =   2
alpha = 1 # out of order
list = [ 1,2,
  3 ]
inline = {b=1,  a=2}
'single quoted' = 'C:\path'
when = 2024-02-29T12:00:00Z


[proctor."quoted name"]
text = """
several
lines"""
# The last line.
"#;

/// A configuration with both keys and comments around them, and with [`BY_HAND`] at the end.
fn well_worn(config: Config) -> Config {
    config
        .reasoning_effort("high")
        .comment(MODEL, "Above the model.", "behind the model")
        .comment("sandbox_mode", "Above another key.", "behind another key")
        .comment(EFFORT, "Above the effort.", "behind the effort")
        .raw(BY_HAND)
}

/// Whether the line sets the default model or its effort.
fn is_default(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| [MODEL, EFFORT].contains(&key.trim()))
}

/// Sets the default model in a well-worn file; the file before and after.
async fn set_in_well_worn(cx: &mut Context) -> Result<(String, String)> {
    configure(cx, well_worn)?;
    let before = text(cx)?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    ensure_eq!(written(cx)?, ["proctor-next", "low"], "model and effort in config.toml");
    Ok((before, text(cx)?))
}

/// A server MUST keep every other key of `config.toml`, known or unknown, with its value.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Config: edits leave the rest alone; every release does",
    faults(UNKNOWN_KEYS_DROPPED)
)]
async fn other_keys_survive(cx: &mut Context) -> Result {
    configure(cx, well_worn)?;
    let mut expected = table(cx)?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    expected[MODEL] = json!("proctor-next");
    expected[EFFORT] = json!("low");
    says(cx, &expected, "when both keys were set")
}

/// A server MUST keep the comments of `config.toml` that have a line of their own.
#[check(
    v1,
    v2(since = "0.66", fixed_in("0.90", "a write loses the comments and the order of the file")),
    source = "every release does",
    faults(COMMENTS_DROPPED, CONFIG_REWRITTEN)
)]
async fn comments_survive(cx: &mut Context) -> Result {
    let (before, after) = set_in_well_worn(cx).await?;
    let comments = |text: &str| -> Vec<String> {
        text.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect()
    };
    ensure_eq!(comments(&after), comments(&before), "the comments of config.toml");
    Ok(())
}

/// A server MUST keep the trailing comments of the values that it changes.
#[check(
    v1(fixed_in("0.80", "a comment behind a value is lost when the value is written")),
    v2(
        since = "0.66",
        fixed_in("0.80", "a comment behind a value is lost when the value is written")
    ),
    source = "every release from 0.80 on does",
    faults(COMMENTS_BEHIND_LOST, CONFIG_REWRITTEN)
)]
async fn comments_behind_the_values_survive(cx: &mut Context) -> Result {
    let (_, after) = set_in_well_worn(cx).await?;
    for (key, comment) in [(MODEL, "# behind the model"), (EFFORT, "# behind the effort")] {
        let line = after
            .lines()
            .find(|line| line.split_once('=').is_some_and(|(name, _)| name.trim() == key));
        ensure!(
            line.is_some_and(|line| line.ends_with(comment)),
            format!("the line of `{key}` in config.toml"),
            format!("to end with {comment:?}"),
            format!("{:?}", line.unwrap_or_default())
        );
    }
    Ok(())
}

/// A server MUST keep every other line of `config.toml` unchanged and in the same order.
#[check(
    v1,
    v2(since = "0.66", fixed_in("0.90", "a write loses the comments and the order of the file")),
    source = "every release does",
    faults(
        BLANK_LINES_FOLDED,
        COMMENTS_DROPPED,
        CONFIG_REWRITTEN,
        KEYS_SORTED,
        UNKNOWN_KEYS_DROPPED
    )
)]
async fn other_lines_stay(cx: &mut Context) -> Result {
    let (before, after) = set_in_well_worn(cx).await?;
    same_lines(&before, &after, |line| !is_default(line), "without those that were set")
}

/// A server MUST write a key that is new to `config.toml` at the top level, outside every table.
#[check(
    v1,
    v2(since = "0.66"),
    source = "TOML 1.0, Table; every release does",
    faults(NEW_KEYS_LAST)
)]
async fn a_new_key_is_written_outside_the_tables(cx: &mut Context) -> Result {
    let only_tables = Config::empty().raw("[features]\napps = false\n\n[proctor]\nkey = 1\n");
    configure(cx, |_| only_tables)?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    says(
        cx,
        &json!({
            MODEL: "proctor-next", EFFORT: "low",
            "features": { "apps": false }, "proctor": { "key": 1 },
        }),
        "when it was written",
    )?;
    Ok(())
}

/// A server MUST write a valid `config.toml` even if the last line of the file had no newline.
#[check(v1, v2(since = "0.66"), source = "TOML 1.0; every release does", faults(LAST_LINE_JOINED))]
async fn a_missing_final_newline_is_accepted(cx: &mut Context) -> Result {
    fs::write(cx.home.join("config.toml"), "model = \"mock-model\"")
        .or_inconclusive("writing config.toml")?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    says(cx, &json!({ MODEL: "proctor-next", EFFORT: "low" }), "when it was written")?;
    Ok(())
}

/// A server MUST write a model name so that it reads back unchanged, or reject the name without
/// changing the file if it contains control characters.
#[check(
    v1,
    v2(since = "0.66"),
    source = "TOML 1.0, String; every release does",
    faults(CONTROL_CHARACTERS_DROPPED, TEXTS_UNESCAPED)
)]
async fn names_are_quoted(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for name in [
        "vendor/model:free",
        "a \"quoted\" name",
        "back\\slash \\n",
        "# no comment",
        "Modell für Ünïcode 模型",
        "tab\tand 'quotes' and \"\"\"three\"\"\"",
        "injected\"\nmodel_provider = \"nobody",
    ] {
        let (before, mut expected) = (text(cx)?, table(cx)?);
        let reply = cx.client().request_default_model(name, Value::Null).await?;
        if name.contains(char::is_control) && reply.is_error() {
            // Not to take such a name is another way to keep the file in order.
            untouched(cx, &before, &format!("the refusal of the model {name:?}"))?;
            continue;
        }
        reply.result()?;
        expected[MODEL] = json!(name);
        says(cx, &expected, &format!("when the model is {name:?}"))?;
        ensure_eq!(
            cx.client().saved_default_model().await?[0],
            name,
            "the saved model when it was set to {name:?}"
        );
    }
    Ok(())
}

/// A server MUST create a missing `config.toml` to write the default model.
#[check(
    v1,
    v2(since = "0.66"),
    source = "every release does",
    faults(MISSING_CONFIG_REFUSED, MISSING_FILE_NOT_MADE)
)]
async fn a_missing_file_is_created(cx: &mut Context) -> Result {
    fs::remove_file(cx.home.join("config.toml")).or_inconclusive("removing config.toml")?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    says(cx, &json!({ MODEL: "proctor-next", EFFORT: "low" }), "when it was written")?;
    ensure_eq!(
        cx.client().saved_default_model().await?,
        ["proctor-next", "low"],
        "saved model and effort"
    );
    Ok(())
}

/// A server MUST set the mode of `config.toml` to 0600 when it changes the file.
#[check(
    v1,
    v2(since = "0.66"),
    source = "config.toml may hold secrets; every release does",
    faults(CONFIG_KEEPS_ITS_RIGHTS)
)]
async fn a_changed_file_is_private(cx: &mut Context) -> Result {
    let path = cx.home.join("config.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644))
        .or_inconclusive("setting the rights of config.toml")?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    let mode = fs::metadata(&path).map(|file| file.permissions().mode() & 0o777).ok();
    ensure_eq!(mode, Some(0o600), "the rights of config.toml");
    Ok(())
}

/// A server MUST create `config.toml` with the mode 0600.
#[check(
    v1,
    v2(since = "0.66"),
    source = "config.toml may hold secrets; every release does",
    faults(CONFIG_WORLD_READABLE, MISSING_FILE_NOT_MADE)
)]
async fn a_created_file_is_private(cx: &mut Context) -> Result {
    let path = cx.home.join("config.toml");
    fs::remove_file(&path).or_inconclusive("removing config.toml")?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    let mode = fs::metadata(&path).map(|file| file.permissions().mode() & 0o777).ok();
    let shown = mode.map_or("no file".to_owned(), |mode| format!("{mode:o}"));
    ensure!(mode == Some(0o600), "the mode of config.toml", "600", shown);
    Ok(())
}

/// A server SHOULD write to the target of a `config.toml` that is a symbolic link instead of
/// replacing the link.
#[check(
    v1,
    v2(since = "0.66"),
    source = "people keep their configuration elsewhere and link it; releases up to 0.58 replace the link",
    faults(LINK_REPLACED)
)]
async fn a_link_stays_a_link(cx: &mut Context) -> Result {
    let (path, target) = (cx.home.join("config.toml"), cx.home.work().join("dotfiles.toml"));
    fs::rename(&path, &target).or_inconclusive("moving config.toml")?;
    std::os::unix::fs::symlink(&target, &path).or_inconclusive("linking config.toml")?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    ensure!(path.is_symlink(), "config.toml", "still a symbolic link", "a file of its own");
    let real = fs::read_to_string(&target).unwrap_or_default();
    ensure!(
        real.contains("proctor-next"),
        "the file that config.toml links to",
        "to hold the new model",
        format!("{real:?}")
    );
    Ok(())
}

/// Files in the home that look like a `config.toml` in the making.
fn leftovers(cx: &Context) -> Result<Vec<String>> {
    let entries = fs::read_dir(cx.home.path()).or_inconclusive("listing the home")?;
    let mut found = Vec::new();
    for entry in entries.flatten().filter(|entry| !entry.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        // A server may make temporary files of its own; this one is known by what it holds.
        let holds_config = || {
            fs::read(entry.path()).is_ok_and(|bytes| {
                String::from_utf8_lossy(&bytes).contains("[model_providers.mock]")
            })
        };
        let suspect = name.contains("config.toml") || name.starts_with(".tmp") && holds_config();
        if suspect && name != "config.toml" {
            found.push(name);
        }
    }
    Ok(found)
}

/// A server MUST remove its temporary files beside `config.toml` after every write, successful or
/// rejected.
#[check(
    v1,
    v2(since = "0.66"),
    source = "every release does",
    faults(TEMPORARY_FILE_FIRST, TEMPORARY_FILE_STAYS)
)]
async fn no_temporary_file_stays(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    ensure_eq!(leftovers(cx)?, Vec::<String>::new(), "files beside config.toml after a write");
    fs::write(cx.home.join("config.toml"), "model = \n").or_inconclusive("writing config.toml")?;
    let refused = cx.client().request_default_model("proctor-later", "high").await?;
    refused.refusal("answer to a write while config.toml is broken")?;
    ensure_eq!(leftovers(cx)?, Vec::<String>::new(), "files beside config.toml after a refusal");
    Ok(())
}
