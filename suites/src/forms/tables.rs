//! Writes into a table of `config.toml` in each of its forms, with comments around it.

use fixtures::config::forms::{Comment, Form, Sample};
use harness::{Context, Dialect, Failure, Reply, Result, check, show};
use serde_json::{Value, json};

use super::config_toml::with_files;
use super::config_toml::{edit, ensure_done_or_unchanged, ensure_written, parsed, put, text};
use crate::client::ContextExt;
use crate::rows::Rows;

/// A list of tables that no release knows, which no write here is about.
const OTHERS: &str = r#"
# about the list
[[proctor.list]] # behind its header
name = "first" # behind a key

[[proctor.list]]
# inside the second table
name = "second"
inline = { a = 1, b = [1, 2] }
"#;

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Write {
    /// A key that the table lacks.
    Add,
    /// A key that the table has.
    Change,
    /// A key, by `null`.
    Remove,
    /// Several keys of the table, beside those that it has.
    Merge,
    /// Several keys of the table, instead of those that it has.
    Replace,
}

/// What there is to write in the dialect of the check.
struct Target {
    path: [&'static str; 2],
    sibling: (&'static str, &'static str),
    entries: [(&'static str, &'static str); 2],
    /// The key with which the file selects the table, if it does.
    selects: &'static str,
    writes: &'static [Write],
}

/// Keys of a table that may have any.
const SET: Target = Target {
    path: ["shell_environment_policy", "set"],
    sibling: ("inherit", "\"all\""),
    entries: [("A", "\"1\""), ("B", "\"2\"")],
    selects: "",
    writes: &[Write::Add, Write::Change, Write::Remove, Write::Merge, Write::Replace],
};

/// The profile whose model `v1` sets.
const PROFILE: Target = Target {
    path: ["profiles", "work"],
    sibling: ("home", "{ model = \"home-model\" }"),
    entries: [("model", "\"work-model\""), ("model_verbosity", "\"low\"")],
    selects: "profile = \"work\"\n",
    writes: &[Write::Change, Write::Remove],
};

fn target(cx: &Context) -> &'static Target {
    if cx.dialect() == Dialect::V1 { &PROFILE } else { &SET }
}

/// A file with the table, and what stands around it.
struct File {
    row: String,
    text: String,
}

/// Every form of the table, with and without keys, with comments in these places.
fn files(cx: &Context, comments: &[Comment]) -> Vec<File> {
    let target = target(cx);
    let url = cx.model.base_url();
    let service = url.trim_end_matches("/v1");
    let top = format!(
        "# about the file\n\nmodel = \"mock-model\"\nmodel_provider = \"mock\"\n\
         chatgpt_base_url = \"{service}/backend-api\"\n{}",
        target.selects
    );
    let tables = format!(
        "[features]\nremote_models = false\nplugins = false\napps = false\n\n\
         [model_providers.mock] # behind a header\nname = \"Mock\"\n\
         base_url = \"{service}/v1\"\n{OTHERS}"
    );
    let mut files: Vec<File> = Vec::new();
    for form in Form::ALL {
        let samples = [(&target.entries[..], ""), (&[][..], " without keys")];
        let some = samples.into_iter().filter(|(keys, _)| form.can_be_empty() || !keys.is_empty());
        for (entries, empty) in some {
            for comment in comments {
                let sample = Sample {
                    path: target.path,
                    sibling: target.sibling,
                    entries,
                    top: &top,
                    tables: &tables,
                };
                let text = form.file(&sample, *comment);
                let row = format!("{}{empty}, {}", form.described(), comment.described());
                if files.iter().all(|file| file.text != text) {
                    files.push(File { row, text });
                }
            }
        }
    }
    files
}

/// What is written, in words, and the answer to it; `expected` becomes what the file is to say.
async fn send(cx: &mut Context, write: Write, expected: &mut Value) -> Result<(String, Reply)> {
    let [outer, inner] = target(cx).path;
    if cx.dialect() == Dialect::V1 {
        let (model, effort) = match write {
            Write::Remove => (Value::Null, Value::Null),
            _ => (json!("proctor-next"), json!("low")),
        };
        edit(expected, &[outer, inner, "model"], &model, false);
        edit(expected, &[outer, inner, "model_reasoning_effort"], &effort, false);
        let what = format!("`setDefaultModel` to {model} and {effort}");
        return Ok((what, cx.client().request_default_model(model, effort).await?));
    }
    let (key, value, strategy) = match write {
        Write::Add => (".C", json!("3"), "upsert"),
        Write::Change => (".A", json!("changed"), "replace"),
        Write::Remove => (".A", Value::Null, "replace"),
        Write::Merge => ("", json!({ "A": "merged", "D": "4" }), "upsert"),
        Write::Replace => ("", json!({ "A": "replaced", "D": "4" }), "replace"),
    };
    let path: Vec<&str> = [outer, inner].into_iter().chain(key.strip_prefix('.')).collect();
    edit(expected, &path, &value, strategy == "upsert");
    let params = json!({
        "keyPath": format!("{outer}.{inner}{key}"),
        "value": value,
        "mergeStrategy": strategy,
    });
    let what = format!("{strategy} of `{outer}.{inner}{key}` = {value}");
    Ok((what, cx.peer.request("config/value/write", params).await?))
}

/// Makes these writes into every file and judges what they leave.
async fn write_all(cx: &mut Context, comments: &[Comment], writes: &[Write]) -> Result {
    let mut rows = Rows::default();
    for file in files(cx, comments) {
        for write in writes {
            put(cx, &file.text)?;
            let mut expected = parsed(&file.text)?;
            let before = expected.clone();
            let (what, reply) = send(cx, *write, &mut expected).await?;
            // To remove what is not there may be rejected.
            let outcome = if expected == before {
                ensure_done_or_unchanged(cx, &reply, &file.text, &expected)
            } else {
                ensure_written(cx, &reply, &file.text, &expected)
            };
            // To read the configuration is slow in some releases: once a form is enough.
            let is_read = *write == Write::Change && comments == [Comment::Nowhere];
            let outcome = match outcome {
                Ok(()) if is_read => reads_back(cx, &expected).await,
                outcome => outcome,
            };
            rows.judge(format!("{what}, into {}", file.row), outcome)?;
        }
    }
    rows.end()
}

/// Fails unless the saved configuration shows the table, or the model in it, as the file has it.
async fn reads_back(cx: &mut Context, expected: &Value) -> Result {
    let [outer, inner] = target(cx).path;
    let shown = match cx.dialect() {
        Dialect::V1 => format!("/{outer}/{inner}/model"),
        _ => format!("/{outer}/{inner}"),
    };
    let reply = cx.client().request_config().await?;
    let seen = reply.result()?["config"].pointer(&shown).cloned().unwrap_or_default();
    let saved = expected.pointer(&shown).cloned().unwrap_or_default();
    // A table without keys may be shown, or not.
    let is_empty = |value: &Value| value.is_null() || *value == json!({});
    if seen != saved && !(is_empty(&seen) && is_empty(&saved)) {
        let what = format!("`config{}` of the saved configuration", shown.replace('/', "."));
        return Err(Failure::mismatch(what, show(&saved), show(&seen)));
    }
    Ok(())
}

/// A server MUST write a key into a table of `config.toml` whatever the form of the table, without
/// changing any other key, and return the key with the saved configuration.
#[check(
    v1(fixed_in("0.58", "the other keys of a profile that is an inline table are lost")),
    v2(since = "0.66"),
    source = "TOML 1.0, Table, Inline Table; every release since does",
    faults(DOTTED_TABLE_DOUBLED, INLINE_SIBLINGS_LOST)
)]
async fn every_form_is_written(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let writes = target(cx).writes;
    write_all(cx, &[Comment::Nowhere], writes).await
}

/// A server MUST leave `config.toml` valid, with every other key, when it writes into a table with
/// comments around it, whatever the form of the table.
#[check(
    v1,
    v2(since = "0.66"),
    source = "TOML 1.0, Comment; app-server README, config/value/write: to the user's config.toml",
    faults(INLINE_TABLE_TORN)
)]
async fn comments_break_nothing(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    write_all(cx, &Comment::ALL[1..], &[Write::Change]).await
}

/// A server SHOULD keep the comments around a table when it writes a key into the table, whatever
/// the form of the table.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Config: edits leave the rest alone; releases lose those of inline tables",
    faults(TABLE_COMMENT_LOST)
)]
async fn comments_are_kept(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for file in files(cx, &Comment::ALL[1..]) {
        put(cx, &file.text)?;
        let (what, reply) = send(cx, Write::Change, &mut Value::Null).await?;
        reply.result()?;
        let after = text(cx)?;
        let row = format!("{what}, into {}", file.row);
        rows.judge(row, ensure_comments(&file.text, &after))?;
    }
    rows.end()
}

/// Fails unless every comment of the one text is in the other.
fn ensure_comments(before: &str, after: &str) -> Result {
    let comments = before.lines().filter_map(|line| line.find('#').map(|at| &line[at..]));
    let lost: Vec<_> = comments.filter(|comment| !after.contains(*comment)).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let failure = Failure::mismatch(
        "comments of config.toml",
        "every comment of before",
        format!("no {}", lost.join(", no ")),
    );
    Err(with_files(failure, before, after))
}

/// A server MUST start a thread after every write into a table of `config.toml`, whatever the form
/// of the table.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, config/value/write, thread/start; every release does",
    faults(DOTTED_TABLE_DOUBLED)
)]
async fn a_thread_starts_after_each_write(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for file in files(cx, &[Comment::Nowhere]) {
        put(cx, &file.text)?;
        let (what, reply) = send(cx, Write::Change, &mut Value::Null).await?;
        reply.result()?;
        let started = cx.client().start_thread().await.map(|_| ());
        let after = text(cx)?;
        let outcome = started.map_err(|failure| with_files(failure, &file.text, &after));
        rows.judge(format!("a new thread after {what}, into {}", file.row), outcome)?;
    }
    rows.end()
}
