//! How a `config.toml` begins and how its lines end: byte order mark, CR LF, no end at all.

use harness::{Context, Failure, Result, check};
use serde_json::{Value, json};

use super::config_toml::{MARK, edit, ensure_written, parsed, put, text, with_files};
use crate::client::ContextExt;
use crate::rows::Rows;

/// Files that differ in how they begin and how their lines end.
fn files() -> Vec<(&'static str, String)> {
    let plain = "# first\nmodel = \"mock-model\" # behind\n\n[proctor]\nkey = 1\n# last\n";
    let windows = plain.replace('\n', "\r\n");
    vec![
        ("CR LF line ends", windows.clone()),
        ("CR LF line ends, but none at the end", windows.trim_end().to_owned()),
        ("some CR LF line ends", plain.replacen('\n', "\r\n", 2)),
        ("a byte order mark", format!("{MARK}{plain}")),
        ("a byte order mark and CR LF line ends", format!("{MARK}{windows}")),
        ("a last line that is a table's key without an end", "[proctor]\nkey = 1".to_owned()),
        ("a last line that is a header without an end", "[proctor]".to_owned()),
        ("a last line that is a comment without an end", plain.trim_end().to_owned()),
        ("only a comment without an end", "# only".to_owned()),
        ("only blank lines", "\n \n\t\n".to_owned()),
        ("nothing", String::new()),
        (
            "indented lines",
            "  model = \"mock-model\"  \n\t[proctor]\n\tkey = 1\t# tab\n".to_owned(),
        ),
        ("blank lines everywhere", plain.replace('\n', "\n\n\n")),
    ]
}

/// Sets and clears the default model in each file; what is judged is the file before and after.
async fn set_in_all(
    cx: &mut Context,
    judge: impl Fn(&Context, &harness::Reply, &str, &Value) -> Result,
) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for (name, file) in files() {
        for (model, effort) in [(json!("proctor-next"), json!("low")), (Value::Null, Value::Null)] {
            put(cx, &file)?;
            let mut expected = parsed(&file)?;
            edit(&mut expected, &["model"], &model, false);
            edit(&mut expected, &["model_reasoning_effort"], &effort, false);
            let row = format!("model {model} and effort {effort} in a file with {name}");
            let reply = cx.client().request_default_model(model, effort).await?;
            rows.judge(row, judge(cx, &reply, &file, &expected))?;
        }
    }
    rows.end()
}

/// A server MUST set and clear the default model whatever the line ends of `config.toml`, and with a
/// byte order mark at its start.
#[check(
    v1,
    v2(since = "0.66"),
    source = "TOML 1.0, Spec: newline; every release does",
    faults(MARKED_CONFIG_REJECTED)
)]
async fn every_line_end_is_accepted(cx: &mut Context) -> Result {
    set_in_all(cx, ensure_written).await
}

/// A server SHOULD NOT mix line ends in a `config.toml` that had only one kind of them.
#[check(
    v1,
    v2(since = "0.66"),
    source = "editors warn of mixed line ends; every release does",
    faults(LINE_ENDS_MIXED)
)]
async fn line_ends_are_not_mixed(cx: &mut Context) -> Result {
    let kinds = |text: &str| {
        let windows = text.matches("\r\n").count();
        (windows, text.matches('\n').count() - windows)
    };
    set_in_all(cx, |cx, _, before, _| {
        let after = text(cx)?;
        let mixed = |text: &str| matches!(kinds(text), (1.., 1..));
        if mixed(before) || !mixed(&after) {
            return Ok(());
        }
        let (windows, unix) = kinds(&after);
        let observed = format!("{windows} lines with CR LF and {unix} with LF");
        let expected = "one kind of line ends";
        let failure = Failure::mismatch("line ends of config.toml", expected, observed);
        Err(with_files(failure, before, &after))
    })
    .await
}
