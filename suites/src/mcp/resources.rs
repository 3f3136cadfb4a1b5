//! Resources and their templates: how they are listed.

mod contents;
mod subscriptions;
mod template;

use harness::{Context, Kind, Result, check, code, show};
use serde_json::Value;

use crate::mcp::client::{List, McpExt};
use crate::mcp::content::annotations_flaw;
use crate::mcp::entries;

/// A server MUST answer `resources/list` with an array if it declares resources.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Listing Resources",
    faults(MCP_RESOURCES_LIST_REFUSED)
)]
async fn they_are_listed(cx: &mut Context) -> Result {
    entries::listed(cx, List::RESOURCES).await
}

/// A server MUST give each resource a name.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Schema, Resource",
    faults(MCP_RESOURCE_WITHOUT_NAME)
)]
async fn each_has_a_name(cx: &mut Context) -> Result {
    entries::each_has(cx, List::RESOURCES, "name").await
}

/// A server MUST give each resource a URI with a scheme.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Data Types; RFC 3986",
    faults(MCP_URI_WITHOUT_SCHEME)
)]
async fn each_has_a_uri(cx: &mut Context) -> Result {
    entries::each(cx, List::RESOURCES, "a URI with a scheme as `uri`", |resource| {
        let fits = resource["uri"].as_str().is_some_and(is_uri);
        (!fits).then(|| format!("`uri` is {}", show(&resource["uri"])))
    })
    .await
}

/// A server SHOULD give each resource a URI of its own.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources: each is uniquely identified by a URI",
    faults(MCP_URI_TWICE)
)]
async fn uris_are_unique(cx: &mut Context) -> Result {
    entries::unique(cx, List::RESOURCES, "uri").await
}

/// A server MUST use a whole number as the size of a resource.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Schema, Resource",
    faults(MCP_RESOURCE_SIZE_IS_A_TEXT)
)]
async fn sizes_are_whole_numbers(cx: &mut Context) -> Result {
    entries::each(cx, List::RESOURCES, "a whole number as `size`", |resource| {
        let size = resource.get("size")?;
        let fits = size.as_f64().is_some_and(|size| size >= 0.0 && size.fract() == 0.0);
        (!fits).then(|| format!("`size` is {}", show(size)))
    })
    .await
}

/// A server MUST use known roles, priorities from 0 to 1 and times of ISO 8601 in annotations.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Annotations",
    faults(MCP_PRIORITY_OUT_OF_RANGE)
)]
async fn annotations_have_their_types(cx: &mut Context) -> Result {
    let expected = "annotations: roles, a priority from 0 to 1, a time of ISO 8601";
    entries::each(cx, List::RESOURCES, expected, |one| annotations_flaw(&one["annotations"])).await
}

/// A server MUST give an array of templates if it answers `resources/templates/list` with a result.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Resource Templates",
    faults(MCP_TEMPLATES_MISSING)
)]
async fn templates_are_listed(cx: &mut Context) -> Result {
    // Servers without templates refuse the list, which the text allows.
    match cx.mcp().request(List::TEMPLATES.method, Value::Null).await?.error() {
        Ok(error) if error.code == Some(code::METHOD_NOT_FOUND) => Ok(()),
        _ => entries::listed(cx, List::TEMPLATES).await,
    }
}

/// A server MUST give each template a name.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Schema, ResourceTemplate",
    faults(MCP_TEMPLATE_WITHOUT_NAME)
)]
async fn each_template_has_a_name(cx: &mut Context) -> Result {
    or_none(entries::each_has(cx, List::TEMPLATES, "name").await)
}

/// A server SHOULD give each template a URI template of RFC 6570.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Resource Templates; RFC 6570",
    faults(MCP_TEMPLATE_OPEN)
)]
async fn templates_have_the_form_of_their_standard(cx: &mut Context) -> Result {
    let flaw = |one: &Value| {
        let Some(text) = one["uriTemplate"].as_str() else {
            return Some(format!("`uriTemplate` is {}", show(&one["uriTemplate"])));
        };
        template::flaw(text).map(|flaw| format!("{text:?}, in which {flaw}"))
    };
    or_none(entries::each(cx, List::TEMPLATES, "a URI template as `uriTemplate`", flaw).await)
}

/// A server without templates has none with a flaw.
fn or_none(result: Result) -> Result {
    match result {
        Err(failure) if failure.kind() == Kind::NotOffered => Ok(()),
        other => other,
    }
}

/// Whether a text begins with a scheme, and has no blanks or control characters.
fn is_uri(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let of_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(of_scheme)
        && !text.contains(|letter: char| letter.is_control() || letter == ' ')
}
