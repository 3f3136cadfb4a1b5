//! The form of what a server asks.

use harness::{Call, Context, Failure, Result, Revision, check, ensure};
use serde_json::{Value, json};

use crate::mcp::roles::{Client, ELICIT, SAMPLE, all_answered, learnt, play, questions};

/// Fails unless the parameters of a question have the members of their kind.
pub(crate) fn fits(revision: Revision, method: &str, params: &Value) -> Result {
    match method {
        SAMPLE => sampling(params),
        ELICIT if params["mode"] == json!("url") => page(revision, params),
        ELICIT => form(revision, params),
        _ => Ok(()),
    }
}

/// What was asked by this method.
async fn asked(cx: &mut Context, method: &str) -> Result<Vec<Call>> {
    let learnt = learnt(cx).await?;
    let asked: Vec<_> = learnt.asked().filter(|call| call.method == method).cloned().collect();
    if asked.is_empty() {
        return Err(Failure::lacks(format!("a tool that asks by `{method}`").as_str()));
    }
    Ok(asked)
}

/// A server MUST give a model messages of the user or the assistant, and a limit for its answer.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Sampling, Creating Messages",
    faults(MCP_SAMPLING_WITHOUT_LIMIT, MCP_SAMPLING_AS_SYSTEM)
)]
async fn a_model_gets_messages_and_a_limit(cx: &mut Context) -> Result {
    asked(cx, SAMPLE).await?.iter().try_for_each(|call| sampling(&call.params))
}

fn sampling(params: &Value) -> Result {
    ensure!(
        params["maxTokens"].is_number(),
        "`maxTokens` of `sampling/createMessage`",
        "a number",
        params["maxTokens"].to_string()
    );
    let Some(messages) = params["messages"].as_array() else {
        return Err(Failure::mismatch(
            "`messages` of `sampling/createMessage`",
            "a list",
            params["messages"].to_string(),
        ));
    };
    for message in messages {
        let content = &message["content"];
        ensure!(
            ["user", "assistant"].iter().any(|role| message["role"] == json!(role)),
            "`role` of a message of `sampling/createMessage`",
            "\"user\" or \"assistant\"",
            message["role"].to_string()
        );
        ensure!(
            content["type"].is_string() || content.is_array(),
            "`content` of a message of `sampling/createMessage`",
            "a block with a `type`",
            content.to_string()
        );
    }
    Ok(())
}

/// A server MUST ask the user with a message and a flat form: an object of single values.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Elicitation, Requested Schema",
    faults(MCP_ASKS_WITHOUT_MESSAGE, MCP_ASKS_WITHOUT_SCHEMA, MCP_ASKS_FOR_A_NESTED_OBJECT)
)]
async fn a_form_is_flat(cx: &mut Context) -> Result {
    let revision = cx.dialect().revision().unwrap_or(Revision::NEWEST_LEGACY);
    let forms = asked(cx, ELICIT).await?;
    let mut forms = forms.iter().filter(|call| call.params["mode"] != json!("url"));
    forms.try_for_each(|call| form(revision, &call.params))
}

fn form(revision: Revision, params: &Value) -> Result {
    message(params)?;
    let schema = &params["requestedSchema"];
    ensure!(
        schema["type"] == json!("object") && schema["properties"].is_object(),
        "`requestedSchema` of `elicitation/create`",
        "a schema of an object with `properties`",
        schema.to_string()
    );
    // Since 2025-11-25 a list of choices is a single value, too.
    let may_choose = revision >= Revision::R20251125;
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let is_choice = property["type"] == json!("array")
            && may_choose
            && property["items"]["type"] != json!("object");
        let is_nested = property["type"] == json!("object")
            || property.get("properties").is_some()
            || property["type"] == json!("array") && !is_choice;
        ensure!(
            !is_nested,
            format!("property `{name}` in `requestedSchema` of `elicitation/create`"),
            "a text, a number, a boolean or a choice",
            property.to_string()
        );
    }
    Ok(())
}

fn message(params: &Value) -> Result {
    ensure!(
        params["message"].is_string(),
        "`message` of `elicitation/create`",
        "a text",
        params["message"].to_string()
    );
    Ok(())
}

/// A server MUST send the user to a page with a message, a URL and an id.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Elicitation, URL Mode Elicitation Requests",
    faults(MCP_PAGE_WITHOUT_ID, MCP_PAGE_WITHOUT_URL)
)]
async fn a_page_has_a_url_and_an_id(cx: &mut Context) -> Result {
    let asked = asked(cx, ELICIT).await?;
    let mut pages = asked.iter().filter(|call| call.params["mode"] == json!("url")).peekable();
    if pages.peek().is_none() {
        return Err(Failure::lacks("a tool that sends the user to a page"));
    }
    pages.try_for_each(|call| page(Revision::R20251125, &call.params))
}

fn page(revision: Revision, params: &Value) -> Result {
    message(params)?;
    let url = params["url"].as_str().unwrap_or_default();
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it));
    ensure!(
        is_scheme && !url.contains(' '),
        "`url` of `elicitation/create`",
        "a URL",
        params["url"].to_string()
    );
    // The revision without sessions has no such id.
    ensure!(
        revision.is_modern() || params["elicitationId"].is_string(),
        "`elicitationId` of `elicitation/create` for a page",
        "a text",
        params["elicitationId"].to_string()
    );
    Ok(())
}

/// A server MUST NOT send the user of a client that shows no pages to one.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Elicitation, Capabilities",
    faults(MCP_PAGE_UNDECLARED)
)]
async fn a_page_is_only_for_clients_that_show_pages(cx: &mut Context) -> Result {
    let learnt = learnt(cx).await?;
    let tools = learnt.asking(ELICIT);
    if tools.is_empty() {
        return Err(Failure::lacks("a tool that asks the user"));
    }
    play(cx, Client::Refusing).await?;
    let mark = cx.peer.mark();
    all_answered(cx, tools).await?;
    let asked = questions(cx, mark);
    let page = asked.iter().find(|call| call.params["mode"] == json!("url"));
    ensure!(
        page.is_none(),
        "what a client is asked that declares forms only",
        "no page",
        page.map(|call| call.params.to_string()).unwrap_or_default()
    );
    Ok(())
}

/// A server SHOULD NOT ask for passwords, keys or tokens by a form.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Elicitation, Security: a MUST NOT there, but the name of a field is a sign, no proof",
    faults(MCP_ASKS_FOR_A_PASSWORD)
)]
async fn a_form_asks_for_no_secret(cx: &mut Context) -> Result {
    /// What the names of such fields contain.
    const SECRET: [&str; 6] =
        ["password", "passwd", "secret", "apikey", "accesstoken", "creditcard"];
    for call in asked(cx, ELICIT).await? {
        let properties = call.params["requestedSchema"]["properties"].as_object();
        for name in properties.into_iter().flatten().map(|(name, _)| name) {
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let plain = plain.to_ascii_lowercase();
            ensure!(
                !SECRET.iter().any(|secret| plain.contains(secret)),
                "the fields of a form for the user",
                "no passwords, keys or tokens",
                format!("`{name}`")
            );
        }
    }
    Ok(())
}
