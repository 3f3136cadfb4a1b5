//! Which kinds of turns and which moments of them are tried.

use std::collections::BTreeSet;

use harness::{Call, Context, Dialect, Failure, Kind as Fault, Moment, Result};

use super::cell::Stop;
use super::course::Course;
use super::kind::Kind;
use super::sweep;
use crate::client::{ContextExt, Thread, is_turn_end};

/// What a notification that is a moment is about; a server may send others, also of a thread, that
/// come of something else than its turn.
const ABOUT: [&str; 7] = [
    "turn/",
    "item/",
    "thread/status/",
    "thread/tokenUsage/",
    "serverRequest/",
    "error",
    "codex/event/",
];

/// The item types whose start and end are moments; a server may add others.
const ITEMS: [&str; 5] =
    ["usermessage", "agentmessage", "reasoning", "commandexecution", "filechange"];

/// The kind of a notification of this thread: its method, and the type of the item or status that it
/// is about.
pub(super) fn label(call: &Call, thread: &Thread) -> Option<String> {
    let params = &call.params;
    let of = ["threadId", "conversationId"].iter().any(|name| params[*name] == thread.id);
    if call.id.is_some() || !of {
        return None;
    }
    let about =
        [&params["item"]["type"], &params["status"]["type"], &params["msg"]["item"]["type"]];
    match about.into_iter().find_map(|about| about.as_str()) {
        Some(about) => Some(format!("{} ({about})", call.method)),
        None => Some(call.method.clone()),
    }
}

/// Whether the notification belongs to the dialect, and every server sends it whenever its cause is
/// there.
fn is_moment(cx: &Context, call: &Call) -> bool {
    let event = call.method.starts_with("codex/event/");
    let item = call.params["item"]["type"].as_str().or(call.params["msg"]["item"]["type"].as_str());
    item.is_none_or(|item| ITEMS.contains(&item.to_lowercase().as_str()))
        && ABOUT.iter().any(|about| call.method.starts_with(about))
        && event == (cx.dialect() == Dialect::V1)
        && !is_turn_end(call)
        // It comes once in a thread, not in each turn.
        && !call.method.contains("mcp_startup")
}

/// The moments of a kind of turn: its messages are those of one course without an action, as far as
/// they are not `seen` yet.
pub(super) async fn stops(
    course: &mut Course<'_>,
    kind: Kind,
    seen: &mut BTreeSet<String>,
) -> Result<Vec<Stop>> {
    let mut staged = course.prepare(kind).await?;
    staged.begin(course.cx).await?;
    staged.hold(course.cx).await?;
    course.cx.client().try_barrier(&staged.thread).await?;
    let middle = course.cx.peer.mark();
    staged.set_free(course.cx).await?;
    if course.end(&staged).await?.is_none() {
        let what = format!("a turn without any action: {}", kind.name());
        return Err(Failure::new(Fault::Timeout, what, "an end", "none came"));
    }
    if kind == Kind::Question && !staged.was_asked() {
        return Ok(vec![Stop::new(Moment::While(kind.wait().unwrap_or_default()))]);
    }
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for call in course.cx.peer.calls_since(staged.begun.mark) {
        let named = label(&call, &staged.thread).filter(|_| is_moment(course.cx, &call));
        if let Some(label) = named.filter(|label| seen.insert(label.clone())) {
            let early = call.seq < middle && kind.wait().is_some();
            let stop = Stop { moment: Moment::After(label), freed: !early };
            if early { before.push(stop) } else { after.push(stop) }
        }
    }
    let mut stops = before;
    if let Some(wait) = kind.wait() {
        stops.extend([Moment::While(wait), Moment::Release(wait)].map(Stop::new));
    }
    stops.append(&mut after);
    if kind == Kind::Words {
        stops.push(Stop::new(Moment::WithTheRequest));
    }
    if matches!(kind, Kind::Words | Kind::Failing) {
        stops.push(Stop::new(Moment::Over));
    }
    Ok(stops)
}

/// The moments at which nothing but our next step makes a turn of this kind go on.
fn still(kind: Kind) -> Vec<Stop> {
    let mut stops: Vec<_> = kind.wait().map(Moment::While).into_iter().map(Stop::new).collect();
    if kind == Kind::Words {
        stops.push(Stop::new(Moment::Over));
    }
    stops
}

/// Which moments are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// All of them.
    Every,
    /// Those at which nothing but our next step makes the turn go on.
    Still,
    /// Those of a compaction.
    Compaction,
    /// Times around the end of a turn of words: each plan is tried at every so many of them.
    AroundTheEnd,
}

impl Which {
    /// The kinds of turns.
    pub(super) fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Every | Self::Still => &Kind::ALL,
            Self::Compaction => &[Kind::Compaction],
            Self::AroundTheEnd => &[Kind::Words],
        }
    }

    /// The moments of a kind of turn; of its messages only those that are not `seen` yet.
    pub(super) async fn stops(
        self,
        course: &mut Course<'_>,
        kind: Kind,
        seen: &mut BTreeSet<String>,
    ) -> Result<Vec<Stop>> {
        match self {
            Self::Every => stops(course, kind, seen).await,
            Self::Still => Ok(still(kind)),
            Self::AroundTheEnd => sweep::stops(course).await,
            Self::Compaction => {
                let wait = kind.wait().unwrap_or_default();
                Ok([Moment::While(wait), Moment::Release(wait)].map(Stop::new).into())
            }
        }
    }
}
