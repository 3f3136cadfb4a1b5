//! Ids and cursors in every spelling: each leads where it belongs, or is rejected.

use fixtures::Rollout;
use harness::{Context, Failure, Reply, Result, check, ensure, ensure_eq, show};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{ContextExt, Query};
use crate::rows::Rows;
use crate::stored::files::{ensure_unchanged, rollouts};
use crate::stored::{begun, conversation, id, seed, seed_all};

/// An id with letters, which have two cases.
const LETTERED: Uuid = Uuid::from_u128(0x0195_abcd_ef00_7abc_8def_0123_4567_89ab);

/// The other ways to write a UUID.
fn spellings() -> [(&'static str, String); 4] {
    let upper = LETTERED.to_string().to_uppercase();
    [
        ("in upper case", upper),
        ("without hyphens", LETTERED.simple().to_string()),
        ("in braces", LETTERED.braced().to_string()),
        ("as a URN", LETTERED.urn().to_string()),
    ]
}

/// Texts that are close to the id and none.
fn close() -> Vec<(&'static str, String)> {
    let id = LETTERED.to_string();
    vec![
        ("a blank in front", format!(" {id}")),
        ("a blank behind", format!("{id} ")),
        ("a slash behind", format!("{id}/")),
        ("a NUL behind", format!("{id}\0")),
        ("a letter less", id[..id.len() - 1].to_owned()),
        ("a letter more", format!("{id}0")),
        ("wide letters", id.replace('a', "\u{ff41}")),
        ("escapes", id.replace('-', "%2d")),
        ("the end of its file", format!("{id}.jsonl")),
        ("a path", format!("../{id}")),
        ("nothing", String::new()),
        ("only blanks", "  ".to_owned()),
        ("dots", "..".to_owned()),
        ("a star", "*".to_owned()),
        ("100,000 letters", "a".repeat(100_000)),
        ("no such id", Uuid::nil().to_string()),
    ]
}

/// The conversation with the id that has letters, among others.
fn seed_lettered(cx: &Context) -> Result {
    seed_all(cx, 1..4)?;
    seed(cx, &Rollout::new(LETTERED, begun(0)).preview("with letters")).map(|_| ())
}

/// A server MUST treat another spelling of the id of a thread as that id, or reject the request.
#[check(
    v2(since = "0.90"),
    source = "RFC 9562, 4: letters of either case; every release does",
    faults(UPPER_CASE_ID_IS_ANOTHER)
)]
async fn no_spelling_leads_to_another_thread(cx: &mut Context) -> Result {
    seed_lettered(cx)?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for (what, spelled) in spellings() {
        for method in ["thread/read", "thread/resume"] {
            let reply = cx.peer.request(method, json!({ "threadId": spelled })).await?;
            let outcome = match reply.result() {
                Ok(result) => leads_home(&result["thread"]),
                Err(_) => has_a_message(&reply),
            };
            rows.judge(format!("`{method}` with the id {what}"), outcome)?;
        }
    }
    rows.end()
}

fn leads_home(thread: &Value) -> Result {
    let home = thread["preview"] == "with letters"
        && thread["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()) == Some(LETTERED);
    ensure!(
        home,
        "the thread that is returned",
        format!("the thread {LETTERED}"),
        format!("id {}, preview {}", show(&thread["id"]), show(&thread["preview"]))
    );
    Ok(())
}

fn has_a_message(reply: &Reply) -> Result {
    let error = reply.error()?;
    ensure!(!error.message.trim().is_empty(), "message of the error", "a text", "an empty text");
    Ok(())
}

/// A server MUST reject what is no id of a thread, without changing any rollout.
#[check(
    v2(since = "0.90"),
    source = "RFC 9562, 4; every release does",
    faults(PART_OF_AN_ID_SUFFICES)
)]
async fn what_is_close_to_an_id_is_rejected(cx: &mut Context) -> Result {
    seed_lettered(cx)?;
    cx.client().initialize().await?;
    let before = rollouts(cx)?;
    let mut rows = Rows::default();
    for (what, text) in close() {
        for method in ["thread/read", "thread/resume", "thread/fork", "thread/archive"] {
            let reply = cx.peer.request(method, json!({ "threadId": text })).await?;
            let outcome = match reply.result() {
                Ok(result) => {
                    let observed = format!("the result {}", show(result));
                    Err(Failure::mismatch("answer", "an error", observed))
                }
                Err(_) => has_a_message(&reply),
            };
            rows.judge(format!("`{method}` with {what} for an id"), outcome)?;
        }
    }
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the requests")?;
    rows.end()
}

/// A server MUST continue a list after the last conversation of the previous page, even if the
/// conversations around that place were archived since.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, thread/list: cursor; every release does",
    faults(CURSOR_NAMES_WHAT_FOLLOWS)
)]
async fn archived_neighbours_shift_nothing(cx: &mut Context) -> Result {
    /// Which conversations are archived, by their places in the list.
    const ARCHIVED: [(&str, &[usize]); 3] = [
        ("the last one of the page was", &[2]),
        ("the first one of the next page was", &[3]),
        ("those on both sides of the cursor were", &[2, 3, 4]),
    ];
    let limit = Some(3);
    seed_all(cx, 1..16)?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    let mut live: Vec<u32> = (1..16).rev().collect();
    for (what, places) in ARCHIVED {
        let first = cx.client().page(&Query { limit, ..Query::default() }).await?;
        let gone: Vec<u32> = places.iter().map(|place| live[*place]).collect();
        for number in &gone {
            cx.client().archive_seeded(&conversation(*number)).await?;
        }
        let next = Query { limit, cursor: first.next, ..Query::default() };
        let next = cx.client().page(&next).await?;
        let rest = live[3..].iter().filter(|number| !gone.contains(number));
        let wanted: Vec<u32> = rest.take(3).copied().collect();
        let outcome = continues(&next.ids(), &wanted);
        rows.judge(format!("the next page after {what} archived"), outcome)?;
        live.retain(|number| !gone.contains(number));
    }
    rows.end()
}

fn continues(observed: &[&str], numbers: &[u32]) -> Result {
    let wanted: Vec<String> = numbers.iter().map(|number| id(*number).to_string()).collect();
    ensure_eq!(observed, wanted, "ids on the page");
    Ok(())
}
