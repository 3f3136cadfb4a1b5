//! Archiving of a thread while a turn waits, and after its end.

use harness::{Context, Result, check, show};
use mock_model::says;
use serde_json::json;

use super::action::Action;
use super::cell::Cell;
use super::matrix::{failed, tried_still};
use super::rules::{Flaw, answered, goes_on};
use crate::client::ContextExt;

/// A server MUST resume a thread that was archived during a turn, and then unarchived, without a turn
/// in progress, and run its next turn.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: archive and unarchive; app-server protocol, archive: a loaded conversation is shut down first",
    faults(ARCHIVE_LOSES_THE_TURN, ABORTED_STAYS_IN_PROGRESS),
    shared
)]
async fn the_thread_goes_on(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Archive.into()], &[answered, settled, goes_on]).await
}

/// No turn of the thread is in progress when it is resumed.
fn settled(cell: &Cell) -> Option<Flaw> {
    let Some(Ok(thread)) = &cell.joined else { return None };
    let turns = thread["turns"].as_array()?;
    turns.iter().find(|turn| turn["status"] == "inProgress")?;
    let what = "the status of the turn in the thread that is resumed";
    let observed = format!("inProgress, in a thread that is {}", thread["status"]["type"]);
    Some(Flaw::new(what, "interrupted or completed", observed))
}

/// A server MUST keep a name that it accepts for a thread that is being archived.
#[check(
    v2(since = "0.98", fixed_in("0.107", "a name that is given directly before is lost")),
    source = "app-server README, thread/name/set: loaded or stored threads; every release since does",
    faults(NAME_LOST_IN_THE_ARCHIVE),
    shared
)]
async fn a_name_given_meanwhile_is_kept(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let orders = [("a name behind the archive", true), ("a name before the archive", false)];
    let mut flaws = Vec::new();
    for (name, behind) in orders {
        let thread = cx.client().start_thread().await?;
        cx.model.script([says("so it is")]);
        cx.client().turn(&thread, "say so").await?;
        let archive = ("thread/archive", json!({ "threadId": thread.id }));
        let rename = ("thread/name/set", json!({ "threadId": thread.id, "name": name }));
        let requests = if behind { [archive, rename] } else { [rename, archive] };
        let mut tickets = Vec::new();
        for (method, params) in requests {
            tickets.push(cx.peer.send(method, params).await?);
        }
        let mut replies = Vec::new();
        for ticket in &tickets {
            replies.push(cx.peer.answer(ticket).await?);
        }
        let (archived, named) = if behind { (0, 1) } else { (1, 0) };
        if !replies[archived].is_error() {
            cx.client().unarchive(&thread.id).await?;
        }
        let shown = cx.client().read_thread(&thread.id, false).await?["name"].take();
        if !replies[named].is_error() && shown != name {
            let flaw = Flaw::new("the name, which was accepted", show(name), show(&shown));
            flaws.push((name.to_owned(), flaw));
        }
    }
    failed(flaws, orders.len())
}
