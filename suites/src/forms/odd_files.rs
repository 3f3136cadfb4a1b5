//! Files among the rollouts that are odd as a whole: what they do to others, and whether the methods agree about them.

use std::fs;
use std::io;
use std::path::PathBuf;

use fixtures::Rollout;
use harness::{Context, Failure, OrInconclusive, Result, check, ensure, ensure_eq, show};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::client::{By, ContextExt, Query, messages};
use crate::rows::Rows;
use crate::stored::{STORED, begun, conversation, id, two_turns};

/// Makes an odd file of a rollout; the path is where the rollout belongs.
type Make = fn(&Context, &Rollout, PathBuf) -> io::Result<()>;

/// What may stand in the place of a rollout.
const ODD: [(&str, Make); 15] = [
    ("a rollout with a byte order mark", |cx, rollout, _| {
        put(cx, rollout, &["\u{feff}".as_bytes(), &rollout.bytes()].concat())
    }),
    ("a rollout that is not UTF-8 in the middle", |cx, rollout, _| {
        let text = String::from_utf8(rollout.bytes()).map_err(io::Error::other)?;
        let (head, tail) = text.split_once("first answer").unwrap_or_default();
        put(cx, rollout, &[head.as_bytes(), b"\xff\xfe", tail.as_bytes()].concat())
    }),
    ("a rollout whose preview is not UTF-8", |cx, rollout, _| {
        let text = String::from_utf8(rollout.bytes()).map_err(io::Error::other)?;
        let parts: Vec<_> = text.split("first question").map(str::as_bytes).collect();
        put(cx, rollout, &parts.join(&b"\xe9"[..]))
    }),
    ("a rollout with CR alone as line end", |cx, rollout, _| {
        put(cx, rollout, rollout.lines().join("\r").as_bytes())
    }),
    ("a rollout without its first line", |cx, rollout, _| {
        put(cx, rollout, rollout.lines()[1..].join("\n").as_bytes())
    }),
    ("a rollout whose first line is its last", |cx, rollout, _| {
        let mut lines = rollout.lines();
        lines.rotate_left(1);
        put(cx, rollout, lines.join("\n").as_bytes())
    }),
    ("a rollout that begins with an item", |cx, rollout, _| {
        let item = rollout.lines()[1].clone();
        put(cx, rollout, [vec![item], rollout.lines()].concat().join("\n").as_bytes())
    }),
    ("a rollout with 20 answers before the first question", |cx, rollout, _| {
        put(cx, rollout, early(rollout, 20).as_bytes())
    }),
    ("a rollout with 1,000 answers before the first question", |cx, rollout, _| {
        put(cx, rollout, early(rollout, 1_000).as_bytes())
    }),
    ("an empty file", |cx, rollout, _| put(cx, rollout, b"")),
    ("a file of NUL bytes", |cx, rollout, _| put(cx, rollout, &[0; 4096])),
    ("a folder", |_, _, path| fs::create_dir_all(path)),
    ("a link that leads nowhere", |cx, _, path| link(&cx.home.join("nowhere"), path)),
    ("a link that leads to itself", |_, _, path| link(&path.clone(), path)),
    ("a link to a rollout", |cx, rollout, path| {
        let real = cx.home.join(format!("linked-{}", rollout.file_name()));
        fs::write(&real, rollout.bytes())?;
        link(&real, path)
    }),
];

fn put(cx: &Context, rollout: &Rollout, bytes: &[u8]) -> io::Result<()> {
    rollout.write_bytes(cx.home.path(), bytes).map(|_| ())
}

fn link(to: &std::path::Path, path: PathBuf) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    std::os::unix::fs::symlink(to, path)
}

/// The rollout with this many answers in front of what was said first.
fn early(rollout: &Rollout, count: usize) -> String {
    let mut lines = rollout.lines();
    let answer = lines.iter().find(|line| line.contains("agent_message")).cloned();
    let answers = vec![answer.unwrap_or_default(); count];
    lines.splice(1..1, answers);
    lines.join("\n")
}

/// Puts every odd file between two sound rollouts; the names and the ids of the odd ones.
fn seed(cx: &Context) -> Result<Vec<(&'static str, String)>> {
    cx.needs(STORED)?;
    let mut odd = Vec::new();
    for (number, (what, make)) in (0..).zip(ODD) {
        let sound = conversation(2 * number);
        sound.write(cx.home.path()).or_inconclusive("seeding a conversation")?;
        let rollout = two_turns(2 * number + 1);
        let path = cx.home.join(rollout.relative_path());
        make(cx, &rollout, path).or_inconclusive("seeding an odd file")?;
        odd.push((what, rollout.id().to_string()));
    }
    Ok(odd)
}

/// Every id on every page.
async fn all_listed(cx: &mut Context) -> Result<Vec<String>> {
    let query = Query { limit: Some(100), ..Query::default() };
    let pages = cx.client().pages(&query).await?;
    Ok(pages.into_iter().flat_map(|page| page.items).map(|item| item.id).collect())
}

/// A server MUST list every sound rollout, whatever other files stand beside it.
#[check(
    v1,
    v2(since = "0.66"),
    source = "one bad file must not hide the others; every release does",
    faults(FOLDER_ENDS_THE_LIST)
)]
async fn odd_files_hide_no_others(cx: &mut Context) -> Result {
    let odd = seed(cx)?;
    cx.client().initialize().await?;
    let listed = all_listed(cx).await?;
    let mut rows = Rows::default();
    for (number, (what, _)) in (0..).zip(&odd) {
        let sound = id(2 * number).to_string();
        let outcome = if listed.contains(&sound) {
            Ok(())
        } else {
            let observed = format!("{} others", listed.len());
            Err(Failure::mismatch("the list", format!("the conversation {sound}"), observed))
        };
        rows.judge(format!("the rollout beside {what}"), outcome)?;
    }
    rows.end()
}

/// A server MUST answer a request to read or resume a thread whose rollout is odd, and still read
/// the threads beside it.
#[check(
    v2(since = "0.90"),
    source = "one bad file must not break the others; every release does",
    faults(EMPTY_ROLLOUT_ENDS_THE_SERVER)
)]
async fn odd_files_break_no_others(cx: &mut Context) -> Result {
    let odd = seed(cx)?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for (number, (what, odd)) in (0..).zip(&odd) {
        for method in ["thread/read", "thread/resume"] {
            let asked = cx.peer.request(method, json!({ "threadId": odd })).await;
            asked.map_err(|failure| failure.within(format!("{method} of {what}")))?;
        }
        let sound = id(2 * number).to_string();
        let read = cx.peer.request("thread/read", json!({ "threadId": sound })).await?;
        let outcome = read.result().and_then(|result| same_id(&result["thread"]["id"], &sound));
        rows.judge(format!("the rollout beside {what}"), outcome)?;
    }
    rows.end()
}

fn same_id(observed: &Value, id: &str) -> Result {
    ensure_eq!(*observed, id, "id of the thread that is read");
    Ok(())
}

/// A server SHOULD resume every conversation that it lists, whatever is odd about its rollout.
#[check(
    v1(since = "0.44"),
    v2(since = "0.66"),
    source = "what a client is shown can be used; releases list some that they do not resume",
    faults(FIRST_LINE_HAS_TO_BE_THE_HEAD)
)]
async fn what_is_listed_is_resumed(cx: &mut Context) -> Result {
    let odd = seed(cx)?;
    cx.client().initialize().await?;
    let listed = all_listed(cx).await?;
    let by_id = cx.protocol().resumes_by_id;
    let mut rows = Rows::default();
    for (number, (what, id)) in (0..).zip(&odd) {
        if !listed.contains(id) {
            continue;
        }
        let path = cx.home.join(two_turns(2 * number + 1).relative_path());
        let by = if by_id { By::Id(id) } else { By::Path(&path) };
        let reply = cx.client().request_resume(by, Value::Null).await?;
        rows.judge(format!("{what}, which is listed"), reply.result().map(|_| ()))?;
    }
    rows.end()
}

/// A server SHOULD list a rollout that begins with a byte order mark.
#[check(
    v1,
    v2(since = "0.66"),
    source = "RFC 8259 §8.1: a reader of JSON may ignore the mark; every other line of the file is sound",
    faults(MARKED_ROLLOUT_UNLISTED)
)]
async fn a_byte_order_mark_hides_no_rollout(cx: &mut Context) -> Result {
    cx.needs(STORED)?;
    let rollout = two_turns(1);
    let marked = ["\u{feff}".as_bytes(), &rollout.bytes()].concat();
    put(cx, &rollout, &marked).or_inconclusive("seeding a rollout")?;
    conversation(2).write(cx.home.path()).or_inconclusive("seeding a conversation")?;
    cx.client().initialize().await?;
    let listed = all_listed(cx).await?;
    ensure!(
        listed.contains(&rollout.id().to_string()),
        "the list, beside a rollout with a byte order mark",
        format!("the conversation {}", rollout.id()),
        listed.join(", ")
    );
    Ok(())
}

/// A server SHOULD list every stored thread of which it reads a message of the user.
#[check(
    v2(since = "0.90"),
    source = "what exists is shown; releases read threads that they do not list",
    faults(MARKED_ROLLOUT_UNLISTED)
)]
async fn what_is_read_is_listed(cx: &mut Context) -> Result {
    let odd = seed(cx)?;
    cx.client().initialize().await?;
    let listed = all_listed(cx).await?;
    let mut rows = Rows::default();
    for (what, id) in &odd {
        let params = json!({ "threadId": id, "includeTurns": true });
        let reply = cx.peer.request("thread/read", params).await?;
        let read = reply.result().map(|result| messages(&result["thread"]["turns"]));
        let read = read.is_ok_and(|read| read.iter().any(|line| line.starts_with("user: ")));
        let outcome = if !read || listed.contains(id) {
            Ok(())
        } else {
            Err(Failure::mismatch("the list", "the thread that was read", "it is missing"))
        };
        rows.judge(*what, outcome)?;
    }
    rows.end()
}

/// A server SHOULD list both of two rollouts that have the same id.
#[check(
    v1,
    v2(since = "0.66"),
    source = "a copy of a rollout must not hide its original; every release does",
    faults(TWIN_UNLISTED)
)]
async fn twins_are_both_listed(cx: &mut Context) -> Result {
    cx.needs(STORED)?;
    let later = begun(1) + SignedDuration::from_hours(24);
    let twins = [conversation(1), Rollout::new(id(1), later).preview("the twin")];
    for rollout in [&twins[0], &twins[1], &conversation(2), &conversation(3)] {
        rollout.write(cx.home.path()).or_inconclusive("seeding a conversation")?;
    }
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    let mut previews: Vec<_> = page.items.iter().map(|item| item.preview.as_str()).collect();
    previews.sort_unstable();
    let expected = ["conversation 1", "conversation 2", "conversation 3", "the twin"];
    ensure_eq!(previews, expected, "previews of the listed conversations");
    Ok(())
}

/// A server SHOULD NOT return a thread with another id than the one that a request names.
#[check(
    v2(since = "0.90"),
    source = "thread/read, thread/resume: threadId; releases trust the name of the file",
    faults(ID_OF_THE_HEAD_RETURNED)
)]
async fn no_other_id_is_returned(cx: &mut Context) -> Result {
    cx.needs(STORED)?;
    let (named, inside) = (id(1).to_string(), id(2).to_string());
    let text = String::from_utf8(conversation(1).bytes()).or_inconclusive("making a rollout")?;
    let text = text.replace(&named, &inside);
    put(cx, &conversation(1), text.as_bytes()).or_inconclusive("seeding a conversation")?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for method in ["thread/read", "thread/resume"] {
        let reply = cx.peer.request(method, json!({ "threadId": named })).await?;
        let thread = reply.result().map(|result| result["thread"]["id"].clone());
        // To reject the request is as well.
        let outcome = thread.map_or(Ok(()), |observed| returned(&observed, &named));
        let row = format!("`{method}`, a rollout named after one id and beginning with another");
        rows.judge(row, outcome)?;
    }
    rows.end()
}

fn returned(observed: &Value, named: &str) -> Result {
    ensure!(
        observed == named,
        "id of the thread that is returned",
        format!("{}, or an error", show(named)),
        show(observed)
    );
    Ok(())
}
