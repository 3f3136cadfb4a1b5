//! Archiving of a thread while a turn waits, and after its end.

use harness::{Context, Result, check};

use super::action::Action;
use super::cell::Cell;
use super::matrix::tried_still;
use super::rules::{Flaw, answered, goes_on};

/// A server MUST run the next turn of a thread that was archived during a turn, and then unarchived
/// and resumed.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: archive and unarchive",
    faults(ARCHIVE_LOSES_THE_TURN)
)]
async fn the_thread_goes_on(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Archive.into()], &[answered, goes_on]).await
}

/// A server MUST NOT show a turn as in progress after its thread was archived and unarchived.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, archive: a loaded conversation is shut down first",
    faults(ABORTED_STAYS_IN_PROGRESS)
)]
async fn leaves_no_turn_in_progress(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Archive.into()], &[settled]).await
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
