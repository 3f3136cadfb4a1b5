//! Every kind of turn, every moment of it: which there are, and an action at each.

use std::collections::BTreeSet;

use harness::{Call, Context, Dialect, Failure, Kind as Fault, Moment, Result};
use mock_model::{Script, says};

use super::action::Action;
use super::cell::{Cell, Plan};
use super::course::{Course, in_cell};
use super::kind::Kind;
use super::rules::{Flaw, Rule};
use crate::client::{ContextExt, Thread, is_turn_end};

/// The failures that a report lists besides the first.
const LISTED: usize = 12;

/// The item types whose start and end are moments; a server may add others.
const ITEMS: [&str; 8] = [
    "usermessage",
    "agentmessage",
    "reasoning",
    "commandexecution",
    "filechange",
    "user_message",
    "agent_message",
    "patch",
];

/// A moment, and whether the wait of the turn is over by then.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    /// The moment.
    pub(super) moment: Moment,
    /// Whether the turn has to be let go on before it.
    pub(super) released: bool,
}

impl Stop {
    fn new(moment: Moment) -> Self {
        Self { released: moment.is_released(), moment }
    }
}

/// The kind of a notification of this thread: its method, and the type of the item or status that it
/// is about.
pub(super) fn label(call: &Call, thread: &Thread) -> Option<String> {
    let params = &call.params;
    let of = ["threadId", "conversationId"].iter().any(|name| params[*name] == thread.id);
    if call.id.is_some() || !of {
        return None;
    }
    let about = [&params["item"]["type"], &params["status"]["type"], &params["msg"]["item"]["type"]];
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
    let known = item.is_none_or(|item| ITEMS.contains(&item.to_lowercase().as_str()));
    known && event == (cx.dialect() == Dialect::V1) && !is_turn_end(call)
}

/// The moments of a kind of turn: its messages are those of one course without an action, as far as
/// they are not `seen` yet.
async fn stops(
    course: &mut Course<'_>,
    kind: Kind,
    seen: &mut BTreeSet<String>,
) -> Result<Vec<Stop>> {
    let mut staged = course.prepare(kind).await?;
    staged.begin(course.cx).await?;
    staged.hold(course.cx).await?;
    course.cx.client().try_barrier(&staged.thread).await?;
    let middle = course.cx.peer.mark();
    staged.release(course.cx).await?;
    if course.end(&staged).await?.is_none() {
        let what = format!("a turn without any action: {}", kind.name());
        return Err(Failure::new(Fault::Timeout, what, "an end", "none came"));
    }
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for call in course.cx.peer.calls_since(staged.begun.mark) {
        let Some(label) = label(&call, &staged.thread).filter(|_| is_moment(course.cx, &call)) else {
            continue;
        };
        if seen.insert(label.clone()) {
            let early = call.seq < middle && kind.wait().is_some();
            let stop = Stop { moment: Moment::After(label), released: !early };
            if early { before.push(stop) } else { after.push(stop) }
        }
    }
    let mut stops = Vec::new();
    if kind == Kind::Words {
        stops.push(Stop::new(Moment::WithTheRequest));
    }
    stops.append(&mut before);
    if let Some(wait) = kind.wait() {
        stops.extend([Moment::While(wait), Moment::Release(wait)].map(Stop::new));
    }
    if kind == Kind::Words {
        let wait = "the model answers";
        stops.extend([1, 4].map(|requests| Stop::new(Moment::Behind(requests, wait))));
    }
    stops.append(&mut after);
    if matches!(kind, Kind::Words | Kind::Failing) {
        stops.push(Stop::new(Moment::Over));
    }
    Ok(stops)
}

/// Which moments are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// All of them.
    Every,
    /// Those at which nothing but our next step can make the turn go on.
    Still,
}

/// Tries a plan at each moment of each kind of turn. The rest is left out after several waits in
/// vain.
pub(super) async fn cells(
    course: &mut Course<'_>,
    plans: &[Plan],
    which: Which,
) -> Result<Vec<Cell>> {
    let (mut cells, mut seen) = (Vec::new(), BTreeSet::new());
    for kind in Kind::ALL {
        let stops = match which {
            Which::Every => stops(course, kind, &mut seen).await?,
            Which::Still => still(kind),
        };
        for stop in &stops {
            for plan in plans {
                let early = stop.moment == Moment::WithTheRequest;
                if course.is_tired() || (early && plan.action.names_the_turn(course.cx)) {
                    continue;
                }
                let row = format!("{}, {}", kind.name(), stop.moment);
                let cell = course.cell(kind, stop, *plan).await;
                cells.push(cell.map_err(|failure| in_cell(failure, &row, plan.action))?);
            }
        }
    }
    course.cx.model.script(Script::forever(says("more")));
    Ok(cells)
}

/// The moments at which a turn of this kind waits.
fn still(kind: Kind) -> Vec<Stop> {
    let mut stops: Vec<_> = kind.wait().map(Moment::While).into_iter().map(Stop::new).collect();
    if matches!(kind, Kind::Words | Kind::Patch) {
        stops.push(Stop::new(Moment::Over));
    }
    stops
}

/// Tries an action at each moment of each kind of turn, notes what came of it for the report, and
/// judges each cell by each rule.
pub(super) async fn tried(cx: &mut Context, plans: &[Plan], rules: &[Rule]) -> Result {
    let mut course = Course::open(cx).await?;
    let cells = cells(&mut course, plans, Which::Every).await?;
    note(cx, &cells);
    verdict(&cells, rules)
}

/// Notes what came of each cell for the report.
pub(super) fn note(cx: &mut Context, cells: &[Cell]) {
    for cell in cells {
        cx.note(cell.row(), cell.plan.action.name(), cell.word());
    }
}

/// Fails with the first cell that breaks a rule, and lists the others.
pub(super) fn verdict(cells: &[Cell], rules: &[Rule]) -> Result {
    let flaws: Vec<(&Cell, Flaw)> = cells
        .iter()
        .flat_map(|cell| rules.iter().filter_map(move |rule| rule(cell).map(|flaw| (cell, flaw))))
        .collect();
    let flaws: Vec<_> = flaws
        .into_iter()
        .map(|(cell, flaw)| (format!("{}, {}", cell.plan.action.name(), cell.row()), flaw))
        .collect();
    failed(flaws, cells.len())
}

/// Fails with the first flaw, and lists the others; `tried` is the number of cells.
pub(super) fn failed(flaws: Vec<(String, Flaw)>, tried: usize) -> Result {
    let count = flaws.len();
    let mut flaws = flaws.into_iter();
    let Some((cell, flaw)) = flaws.next() else { return Ok(()) };
    let what = format!("{cell}: {}", flaw.what);
    let mut failure = Failure::mismatch(what, flaw.expected, flaw.observed)
        .note(format!("cells     {count} contradictions in {tried} cells"));
    for (cell, flaw) in flaws.take(LISTED) {
        failure = failure.note(format!("also      {cell}: {}: {}", flaw.what, flaw.observed));
    }
    Err(failure)
}

/// An action with the turn that follows.
pub(super) fn plan(action: Action) -> [Plan; 1] {
    [Plan::new(action)]
}
