//! Every kind of turn and every moment of it, with an action at each: the cells, and what is wrong in them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use harness::{Context, Failure, Kind as Fault, Moment, Result};
use mock_model::{Script, says};

use super::action::Action;
use super::cell::{Cell, Next, Plan, Stop};
use super::course::Course;
use super::heard::Heard;
use super::kind::{Kind, Staged};
use super::offer::NO_APPROVAL;
use super::rules::{Flaw, Rule};
use super::stops::Which;
use crate::client::{ContextExt, Thread};

/// The failures that a report lists besides the first.
const LISTED: usize = 12;

/// The cells of a check, and what is wrong in them.
#[derive(Default)]
pub(super) struct Table {
    /// The cells.
    pub(super) cells: Vec<Cell>,
    /// The contradictions, each with its cell.
    flaws: Vec<(usize, Flaw)>,
    /// The cells whose next turn is to come.
    open: Vec<usize>,
    /// What the client has heard of each thread.
    heard: BTreeMap<String, Heard>,
    /// The cells that were left out, because the time of the check was nearly over.
    late: usize,
    /// The kinds of turns that the subject cannot have, each with an action and what it lacks.
    lacks: Vec<(&'static str, &'static str, &'static str)>,
    /// Whether the subject was seen not to ask for an approval.
    never_asks: bool,
}

impl Table {
    /// Tries plans at each moment of each kind of turn, and judges each cell by each rule. The rest
    /// is left out after several waits in vain.
    pub(super) async fn fill(
        course: &mut Course<'_>,
        plans: &[Plan],
        which: Which,
        rules: &[Rule],
    ) -> Result<Self> {
        let (mut table, mut seen) = (Self::default(), BTreeSet::new());
        let (began, limit) = (Instant::now(), course.cx.peer.settings().check * 2 / 3);
        for &kind in which.kinds() {
            if let Some(lack) = course.lacks(kind).await? {
                let row = kind.name();
                table.lacks.extend(plans.iter().map(|plan| (row, plan.action.name(), lack)));
                continue;
            }
            let stops = match which.stops(course, kind, &mut seen).await {
                // It has no policy with which it would ask.
                Err(failure) if kind == Kind::Question && failure.kind() == Fault::Mismatch => {
                    table.unasked(plans);
                    continue;
                }
                stops => stops?,
            };
            for (number, stop) in stops.iter().enumerate() {
                for (place, plan) in plans.iter().enumerate() {
                    // Later plans take the times between those of the first.
                    if which == Which::AroundTheEnd && number % plans.len() != place {
                        continue;
                    }
                    let unasked = kind == Kind::Question && table.never_asks;
                    let early = stop.moment == Moment::WithTheRequest;
                    if unasked
                        || course.is_tired()
                        || (early && plan.action.names_the_turn(course.cx))
                    {
                        continue;
                    }
                    if began.elapsed() > limit {
                        table.late += 1;
                        continue;
                    }
                    let tried = table.cell(course, kind, stop, *plan, rules).await;
                    let name = format!("{}, {}, {}", plan.action.name(), kind.name(), stop.moment);
                    tried.map_err(|failure| failure.note(format!("cell      {name}")))?;
                }
            }
        }
        table.close(course, rules).await?;
        Ok(table)
    }

    /// The subject does not ask for approvals, so that turns that wait for one are left out.
    fn unasked(&mut self, plans: &[Plan]) {
        self.never_asks = true;
        let row = Kind::Question.name();
        self.lacks.extend(plans.iter().map(|plan| (row, plan.action.name(), NO_APPROVAL)));
    }

    async fn cell(
        &mut self,
        course: &mut Course<'_>,
        kind: Kind,
        stop: &Stop,
        plan: Plan,
        rules: &[Rule],
    ) -> Result {
        let missed = course.missed();
        if kind == Kind::Compaction && course.tracks().is_empty() {
            let mut first = course.prepare(Kind::Words).await?;
            last(course, &mut first).await?;
        }
        let staged = match course.prepare(kind).await {
            // It has no policy with which it would ask.
            Err(failure) if kind == Kind::Question && failure.kind() == Fault::Mismatch => {
                self.unasked(&[plan]);
                return Ok(());
            }
            staged => staged?,
        };
        let cell = course.cell(staged, stop, plan).await?;
        if kind == Kind::Question
            && matches!(stop.moment, Moment::While(_))
            && !cell.staged.was_asked()
        {
            self.unasked(&[plan]);
            return Ok(());
        }
        if let Some(request) = &cell.request {
            let before = Heard::until(course.cx, &cell.staged);
            let request = Box::new(request.clone());
            self.goes_on(&cell.staged.thread, &Next::Asked { request, before }, rules);
        }
        let (thread, joined) = (cell.staged.thread.clone(), cell.joined.clone());
        self.open.push(self.cells.len());
        self.cells.push(cell);
        if let Some(Err((method, error))) = joined {
            self.goes_on(&thread, &Next::Refused(method, error), rules);
        }
        let archived = plan.action == Action::Archive && matches!(stop.moment, Moment::Past(..));
        if kind == Kind::Compaction || archived {
            self.next_at_once(course, &thread, rules).await?;
        }
        // Some releases forget what a thread asks about when it is loaded again, and number its turns
        // anew.
        let forgets = match plan.action {
            Action::Archive => [Kind::Question, Kind::Compaction].contains(&kind),
            Action::Resume => kind == Kind::Compaction,
            _ => false,
        };
        if self.judge(self.cells.len() - 1, rules) || forgets {
            self.last_turn(course, &thread, rules).await?;
        }
        if course.missed() > missed {
            course.cx.model.open_all();
            for track in course.tracks() {
                self.remember(course, &track.thread.id);
            }
            course.cx.restart().await;
            course.connect().await?;
            self.open.clear();
        }
        Ok(())
    }

    /// Runs the next turn in a thread, and leaves the thread if the turn is rejected.
    async fn next_at_once(
        &mut self,
        course: &mut Course<'_>,
        thread: &Thread,
        rules: &[Rule],
    ) -> Result {
        let mut staged = course.prepare(Kind::Words).await?;
        if staged.thread.id == thread.id {
            let next = last(course, &mut staged).await?;
            self.goes_on(thread, &next, rules);
            if matches!(next, Next::Refused(..)) {
                course.leave_thread(&thread.id);
            }
        }
        Ok(())
    }

    /// Judges the cell: whether anything is wrong.
    fn judge(&mut self, index: usize, rules: &[Rule]) -> bool {
        let cell = &self.cells[index];
        let found: Vec<Flaw> = rules.iter().filter_map(|rule| rule(cell)).collect();
        let broken = !found.is_empty();
        for flaw in found {
            let known = |(cell, known): &(usize, Flaw)| *cell == index && known.what == flaw.what;
            if !self.flaws.iter().any(known) {
                self.flaws.push((index, flaw));
            }
        }
        broken
    }

    /// The next turn of the open cells in a thread has come so far.
    fn goes_on(&mut self, thread: &Thread, next: &Next, rules: &[Rule]) {
        let of = |table: &Self, index: &usize| table.cells[*index].staged.thread.id == thread.id;
        let open: Vec<usize> = self.open.iter().copied().filter(|index| of(self, index)).collect();
        for index in &open {
            self.cells[*index].next = Some(next.clone());
            self.judge(*index, rules);
        }
        self.open.retain(|index| !open.contains(index));
    }

    /// Runs a last turn in each thread in which the next turn of a cell is to come.
    async fn close(&mut self, course: &mut Course<'_>, rules: &[Rule]) -> Result {
        for track in course.tracks() {
            self.last_turn(course, &track.thread, rules).await?;
        }
        Ok(())
    }

    /// Runs a last turn in a thread; later turns begin in another.
    async fn last_turn(
        &mut self,
        course: &mut Course<'_>,
        thread: &Thread,
        rules: &[Rule],
    ) -> Result {
        let open = |index: &usize| self.cells[*index].staged.thread.id == thread.id;
        let wanted = self.open.iter().any(open);
        let kind = self.cells.iter().rfind(|cell| cell.staged.thread.id == thread.id);
        let kind = kind.map_or(Kind::Words, |cell| cell.staged.kind);
        if wanted {
            let mut staged = course.prepare(kind).await?;
            if staged.thread.id == thread.id {
                let next = last(course, &mut staged).await?;
                self.goes_on(thread, &next, rules);
            }
        }
        self.remember(course, &thread.id);
        course.leave_thread(&thread.id);
        Ok(())
    }

    /// Keeps what the client has heard of a thread.
    fn remember(&mut self, course: &Course<'_>, id: &str) {
        let cell = self.cells.iter().find(|cell| cell.staged.thread.id == id);
        if let Some(staged) = cell.map(|cell| &cell.staged) {
            let heard = Heard::of_since(course.cx, staged, staged.beginning);
            self.heard.insert(id.to_owned(), heard);
        }
    }

    /// What the client has heard of each thread, by its id.
    pub(super) fn heard(&self) -> impl Iterator<Item = (&String, &Heard)> {
        self.heard.iter()
    }

    /// The contradictions, each with its cell.
    pub(super) fn flaws(&self) -> impl Iterator<Item = (&Cell, &Flaw)> {
        self.flaws.iter().map(|(index, flaw)| (&self.cells[*index], flaw))
    }

    /// Fails with the first contradiction, and lists the others.
    pub(super) fn verdict(&self) -> Result {
        let named = |(index, flaw): &(usize, Flaw)| (self.cells[*index].name(), flaw.clone());
        failed(self.flaws.iter().map(named).collect(), self.cells.len())?;
        self.whole()
    }

    /// Fails as inconclusive if cells were left out because time was short.
    pub(super) fn whole(&self) -> Result {
        let (late, tried) = (self.late, self.cells.len());
        if late == 0 {
            return Ok(());
        }
        let why = format!("time was short: {late} were left out, and the {tried} others held");
        Err(Failure::inconclusive("all moments of a turn", why))
    }

    /// Notes what came of each cell for the report.
    pub(super) fn note(&self, cx: &mut Context) {
        for cell in &self.cells {
            cx.note(cell.row(), cell.plan.action.name(), cell.word());
        }
        for (row, column, lack) in &self.lacks {
            cx.note(*row, *column, *lack);
        }
    }
}

/// What comes of a turn of words.
async fn last(course: &mut Course<'_>, staged: &mut Staged) -> Result<Next> {
    let answer = says(format!("after {}", staged.number));
    course.cx.model.script(Script::new([answer]).then_forever(says("more")));
    let asked = course.cx.model.requests().len();
    let thread = staged.thread.clone();
    staged.begun.mark = course.cx.peer.mark();
    let reply = course.cx.client().request_turn(&thread.id, &staged.question()).await?;
    if let Ok(error) = reply.error() {
        return Ok(Next::Refused(course.cx.protocol().turn, error));
    }
    let at = course.cx.protocol().turn_id;
    let id = at.and_then(|at| reply.value.get("result")?.pointer(at)?.as_str());
    staged.begun.id = id.map(str::to_owned);
    if course.end(staged).await?.is_none() {
        return Ok(Next::Silent("the next turn does not end"));
    }
    let Some(request) = course.request_with(&staged.question(), asked) else {
        return Ok(Next::Silent("the model is not asked"));
    };
    let before = Heard::until(course.cx, staged);
    Ok(Next::Asked { request: Box::new(request), before })
}

/// Tries plans at each moment of each kind of turn, notes what came of them for the report, and
/// judges each cell by each rule.
pub(super) async fn tried(cx: &mut Context, plans: &[Plan], rules: &[Rule]) -> Result {
    let mut course = Course::open(cx).await?;
    let table = Table::fill(&mut course, plans, Which::Every, rules).await?;
    table.note(cx);
    table.verdict()
}

/// Tries plans where each kind of turn waits and after its end, and judges each cell by each rule.
pub(super) async fn tried_still(cx: &mut Context, plans: &[Plan], rules: &[Rule]) -> Result {
    let mut course = Course::open(cx).await?;
    let table = Table::fill(&mut course, plans, Which::Still, rules).await?;
    table.note(cx);
    table.verdict()
}

/// Tries plans at the moments of a compaction, and judges each cell by each rule.
pub(super) async fn tried_in_a_compaction(
    cx: &mut Context,
    plans: &[Plan],
    rules: &[Rule],
) -> Result {
    let mut course = Course::open(cx).await?;
    let table = Table::fill(&mut course, plans, Which::Compaction, rules).await?;
    table.note(cx);
    table.verdict()
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
