//! Rollouts with lines that cannot be read, between lines that can: what such a line costs.

use fixtures::Rollout;
use harness::{Context, Failure, OrInconclusive, Result, check, ensure_eq, show};
use serde_json::{Value, json};

use crate::client::{By, ContextExt, messages};
use crate::rows::Rows;
use crate::stored::{SAID, STORED, two_turns};

/// Lines that are no record of a conversation, and what they are.
const FOREIGN: [(&str, &str); 12] = [
    ("a line that is no JSON", "this is no JSON"),
    ("half a record", "{\"timestamp\":\"2025-03-04T10:00:00.000Z\",\"type\":\"event_msg\",\"payl"),
    ("an empty line", ""),
    ("a blank line", "   "),
    ("an object of another kind", "{\"hello\":\"world\"}"),
    ("a list", "[1,2]"),
    ("a number", "5"),
    ("null", "null"),
    ("NUL bytes", "\0\0\0\0"),
    (
        "a record of an unknown type",
        "{\"timestamp\":\"2025-03-04T10:00:00.000Z\",\"type\":\"of_the_future\",\"payload\":{\"x\":1}}",
    ),
    (
        "an event of an unknown type",
        "{\"timestamp\":\"2025-03-04T10:00:00.000Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"of_the_future\"}}",
    ),
    (
        "an item of an unknown type",
        "{\"timestamp\":\"2025-03-04T10:00:00.000Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"of_the_future\"}}",
    ),
];

/// The lines, each with an end.
fn joined(lines: &[String], end: &str) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_bytes(), end.as_bytes()].concat()).collect()
}

/// Rollouts of two turns, each with something around its lines that is none of them.
fn rollouts() -> Vec<(String, Rollout, Vec<u8>)> {
    let mut made: Vec<(String, Rollout, Vec<u8>)> = Vec::new();
    let mut add = |what: &str, bytes: &dyn Fn(&Rollout) -> Vec<u8>| {
        let rollout = two_turns(u32::try_from(made.len()).unwrap_or_default() + 1);
        let bytes = bytes(&rollout);
        made.push((what.to_owned(), rollout, bytes));
    };
    // Every line in one place, and every place with some line.
    let places = ["after the first line", "in the middle", "at the end"];
    for (number, (what, line)) in FOREIGN.into_iter().enumerate() {
        let place = number % places.len();
        add(&format!("{what} {}", places[place]), &|rollout| {
            let mut lines = rollout.lines();
            let at = [1, lines.len() / 2, lines.len()][place];
            lines.insert(at, line.to_owned());
            joined(&lines, "\n")
        });
    }
    add("all of these lines between its own", &|rollout| {
        let mut lines = rollout.lines();
        let middle = lines.len() / 2;
        lines.splice(middle..middle, FOREIGN.map(|(_, line)| line.to_owned()));
        joined(&lines, "\n")
    });
    add("CR LF line ends", &|rollout| joined(&rollout.lines(), "\r\n"));
    add("no line end at its end", &|rollout| {
        let bytes = rollout.bytes();
        bytes[..bytes.len() - 1].to_vec()
    });
    add("blanks around its lines", &|rollout| {
        let lines: Vec<_> = rollout.lines().iter().map(|line| format!(" \t{line}  ")).collect();
        joined(&lines, "\n")
    });
    add("its first line twice", &|rollout| {
        let lines = rollout.lines();
        joined(&[&lines[..1], &lines[..]].concat(), "\n")
    });
    add("its first line again at the end", &|rollout| {
        let lines = rollout.lines();
        joined(&[&lines[..], &lines[..1]].concat(), "\n")
    });
    made
}

/// Writes the rollouts into the home.
fn seed(cx: &Context, rollouts: &[(String, Rollout, Vec<u8>)]) -> Result {
    cx.needs(STORED)?;
    rollouts.iter().try_for_each(|(_, rollout, bytes)| {
        let written = rollout.write_bytes(cx.home.path(), bytes);
        written.map(|_| ()).or_inconclusive("seeding a conversation")
    })
}

/// What was said in a rollout of two turns, as clients see it.
fn said() -> Vec<String> {
    SAID.iter().map(|(role, text)| format!("{role}: {text}")).collect()
}

/// The messages in the answer to a resume.
async fn resumed(cx: &mut Context, rollout: &Rollout) -> Result<Vec<String>> {
    let path = cx.home.join(rollout.relative_path());
    let id = rollout.id().to_string();
    let by = if cx.protocol().resumes_by_id { By::Id(&id) } else { By::Path(&path) };
    let reply = cx.client().request_resume(by, Value::Null).await?;
    Ok((cx.protocol().resumed_messages)(reply.result()?))
}

/// A server MUST list and resume a rollout that contains lines that it cannot read, with every
/// message in the other lines.
#[check(
    v1(since = "0.44"),
    v2(since = "0.66"),
    source = "rollouts are shared with other releases; a crash cuts lines; every release does",
    faults(BAD_LINE_ENDS_THE_HISTORY, BAD_LINE_HIDES_THE_ROLLOUT)
)]
async fn unreadable_lines_cost_only_themselves(cx: &mut Context) -> Result {
    let rollouts = rollouts();
    seed(cx, &rollouts)?;
    cx.client().initialize().await?;
    let pages = cx.client().pages(&crate::client::Query::default()).await?;
    let mut rows = Rows::default();
    for (what, rollout, _) in &rollouts {
        let id = rollout.id().to_string();
        let items = pages.iter().flat_map(|page| &page.items);
        let preview = items.filter(|item| item.id == id).map(|item| &item.preview).next();
        let outcome = match preview {
            Some(preview) => shows(preview),
            None => Err(Failure::mismatch("the list", "the conversation in it", "it is missing")),
        };
        rows.judge(format!("a rollout with {what}"), outcome)?;
        let outcome = match resumed(cx, rollout).await {
            Ok(messages) => whole(&messages, "messages of the resumed conversation"),
            Err(failure) => Err(failure),
        };
        rows.judge(format!("the resume of a rollout with {what}"), outcome)?;
    }
    rows.end()
}

fn shows(preview: &str) -> Result {
    ensure_eq!(preview, SAID[0].1, "the preview in the list");
    Ok(())
}

fn whole(messages: &[String], what: &str) -> Result {
    ensure_eq!(messages, said(), "{what}");
    Ok(())
}

/// A server MUST read, fork, archive and unarchive a thread whose rollout contains lines that it
/// cannot read, with every message in the other lines.
#[check(
    v2(since = "0.98"),
    source = "rollouts are shared with other releases; a crash cuts lines; every release does",
    faults(BAD_LINE_ENDS_THE_HISTORY)
)]
async fn every_method_reads_around_them(cx: &mut Context) -> Result {
    let rollouts = rollouts();
    seed(cx, &rollouts)?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for (what, rollout, _) in &rollouts {
        let id = rollout.id().to_string();
        let params = json!({ "threadId": id, "includeTurns": true });
        let reply = cx.peer.request("thread/read", params).await?;
        let read = reply.result().map(|result| messages(&result["thread"]["turns"]));
        let outcome = read.and_then(|read| whole(&read, "messages of the thread that is read"));
        rows.judge(format!("reading a rollout with {what}"), outcome)?;
        let reply = cx.client().request_fork(&id).await?;
        let forked = reply.result().map(|result| messages(&result["thread"]["turns"]));
        let outcome = forked.and_then(|forked| whole(&forked, "messages of the fork"));
        rows.judge(format!("the fork of a rollout with {what}"), outcome)?;
        for method in ["thread/archive", "thread/unarchive"] {
            let reply = cx.peer.request(method, json!({ "threadId": id })).await?;
            rows.judge(format!("`{method}`, {what}"), reply.result().map(|_| ()))?;
        }
    }
    rows.end()
}

/// A server SHOULD resume a conversation that it lists, even if the first line of the rollout
/// cannot be read.
#[check(
    v1(since = "0.44"),
    v2(since = "0.66"),
    source = "what is listed can be resumed; releases up to 0.120 do",
    faults(FIRST_LINE_HAS_TO_BE_THE_HEAD)
)]
async fn a_bad_first_line_is_passed_over(cx: &mut Context) -> Result {
    cx.needs(STORED)?;
    let mut seeded = Vec::new();
    for (number, (what, line)) in (1..).zip(FOREIGN) {
        let rollout = two_turns(number);
        let lines = [&[line.to_owned()][..], &rollout.lines()].concat();
        // An item in front is told apart from a head by no release.
        if line.contains("response_item") {
            continue;
        }
        seeded.push((what.to_owned(), rollout, joined(&lines, "\n")));
    }
    seed(cx, &seeded)?;
    cx.client().initialize().await?;
    let ids = cx.client().listed_ids().await?;
    let mut rows = Rows::default();
    for (what, rollout, _) in &seeded {
        if ids.contains(&rollout.id().to_string()) {
            let outcome = resumed(cx, rollout).await.map(|_| ());
            rows.judge(format!("the resume of a listed rollout that begins with {what}"), outcome)?;
        }
    }
    rows.end()
}

/// A server SHOULD resume a conversation whose rollout ends in the middle of a letter, with every
/// message before.
#[check(
    v1(since = "0.44"),
    v2(since = "0.66"),
    source = "robustness: a crash must not lose the conversation; a write ends at any byte",
    faults(TORN_LETTER_IS_FATAL)
)]
async fn a_cut_inside_a_letter_loses_one_line(cx: &mut Context) -> Result {
    cx.needs(STORED)?;
    let seeded: Vec<_> = (1..)
        .zip(["é", "日", "\u{1f600}"])
        .map(|(number, letter)| {
            let rollout = two_turns(number);
            let last = format!(
                "{{\"timestamp\":\"2025-03-04T10:09:00.000Z\",\"type\":\"event_msg\",\"payload\":{{\"type\":\"agent_message\",\"message\":\"{letter}"
            );
            let whole = [rollout.bytes(), last.into_bytes()].concat();
            let torn = whole[..whole.len() - 1].to_vec();
            (format!("the first bytes of {}", show(letter)), rollout, torn)
        })
        .collect();
    seed(cx, &seeded)?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for (what, rollout, _) in &seeded {
        let outcome = match resumed(cx, rollout).await {
            Ok(messages) => whole(&messages, "messages of the resumed conversation"),
            Err(failure) => Err(failure),
        };
        rows.judge(format!("a rollout that ends with {what}"), outcome)?;
    }
    rows.end()
}
