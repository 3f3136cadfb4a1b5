//! The settings: how requests name them, and where their effect is seen.

use std::path::PathBuf;

use harness::{Context, OrInconclusive, Result, show};
use mock_model::Request;
use serde_json::{Value, json};

/// One setting in a request.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// As failures call it.
    pub(super) name: &'static str,
    /// What the request says.
    pub(super) members: Value,
    /// What comes of it.
    pub(super) effect: Effect,
}

/// What a setting changes.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// A part of the requests to the model is this text.
    Request(Part, String),
    /// Commands of the model run in this directory.
    RunsIn(PathBuf),
    /// Commands of the model are asked about.
    Asks,
    /// Commands of the model cannot write a file.
    WritesNothing,
}

/// A part of a request to the model.
pub(super) type Part = fn(&Request) -> Seen;

/// What a request to the model has at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen(pub(super) Vec<String>);

impl Seen {
    fn one(text: Option<&str>) -> Self {
        Self(text.map(str::to_owned).into_iter().collect())
    }

    /// Whether this text is there.
    pub(super) fn has(&self, text: &str) -> bool {
        self.0.iter().any(|seen| seen == text)
    }

    /// In words.
    pub(super) fn shown(&self) -> String {
        match self.0.as_slice() {
            [] => "none".to_owned(),
            [one] => show(one),
            all => show(all),
        }
    }
}

/// The model that is asked.
pub(super) fn model(request: &Request) -> Seen {
    Seen::one(request.model_name())
}

/// The provider that is asked.
pub(super) fn provider(request: &Request) -> Seen {
    let other = request.path().contains("/other/");
    Seen::one(Some(if other { "other" } else { "mock" }))
}

/// The effort that is asked for.
pub(super) fn effort(request: &Request) -> Seen {
    Seen::one(request.body()["reasoning"]["effort"].as_str())
}

/// The summary of reasoning that is asked for.
pub(super) fn summary(request: &Request) -> Seen {
    Seen::one(request.body()["reasoning"]["summary"].as_str())
}

/// A header that only the configuration in a request sets.
fn header(request: &Request) -> Seen {
    Seen::one(request.header("x-proctor"))
}

/// The instructions, which newer releases send as the first message of the developer.
pub(super) fn base(request: &Request) -> Seen {
    let developer = request.developer_texts();
    Seen::one(request.instructions().or(developer.first().copied()))
}

/// The developer's messages that are a check's.
pub(super) fn developer(request: &Request) -> Seen {
    let texts = request.developer_texts().into_iter();
    Seen(texts.filter(|text| text.starts_with("Mind ")).map(str::to_owned).collect())
}

/// The settings that every request for a conversation can name, but for the developer's
/// instructions; `tag` tells the values of one request from those of another.
pub(super) fn of_a_conversation(cx: &Context, tag: &str) -> Result<Vec<Row>> {
    let directory = directory(cx, tag)?;
    let text = |name: &'static str, members: Value, part: Part, text: &str| Row {
        name,
        members,
        effect: Effect::Request(part, text.to_owned()),
    };
    let row = |name: &'static str, members: Value, effect: Effect| Row { name, members, effect };
    let (named, set, base) =
        (format!("model-{tag}"), format!("set-{tag}"), format!("You are a test of {tag}."));
    Ok(vec![
        text("model", json!({ "model": named }), model, &named),
        text("config.model", json!({ "config": { "model": set } }), model, &set),
        text(
            "config.model_provider",
            json!({ "config": { "model_provider": "other" } }),
            provider,
            "other",
        ),
        text(
            "config.model_reasoning_effort",
            json!({ "config": { "model_reasoning_effort": "high" } }),
            effort,
            "high",
        ),
        text(
            "config.model_reasoning_summary",
            json!({ "config": { "model_reasoning_summary": "detailed" } }),
            summary,
            "detailed",
        ),
        text(
            "a dotted key in config",
            json!({ "config": { "model_providers.mock.http_headers.x-proctor": tag } }),
            header,
            tag,
        ),
        text("baseInstructions", json!({ "baseInstructions": base }), self::base, &base),
        row("cwd", json!({ "cwd": directory }), Effect::RunsIn(directory.clone())),
        row("approvalPolicy", json!({ "approvalPolicy": "untrusted" }), Effect::Asks),
        row("sandbox", json!({ "sandbox": "read-only" }), Effect::WritesNothing),
    ])
}

/// The provider of a request for a conversation, which the first releases can name in `config` only.
pub(super) fn model_provider() -> Row {
    Row {
        name: "modelProvider",
        members: json!({ "modelProvider": "other" }),
        effect: Effect::Request(provider, "other".to_owned()),
    }
}

/// The developer's instructions of a request for a conversation.
pub(super) fn developer_instructions(tag: &str) -> Row {
    let text = format!("Mind the rule of {tag}.");
    Row {
        name: "developerInstructions",
        members: json!({ "developerInstructions": text }),
        effect: Effect::Request(developer, text),
    }
}

/// A new directory in the working directory of the check.
pub(super) fn directory(cx: &Context, name: &str) -> Result<PathBuf> {
    let directory = cx.home.work().join(name);
    std::fs::create_dir_all(&directory).or_inconclusive("making a directory")?;
    Ok(directory)
}
