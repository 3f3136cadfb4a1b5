//! The course of one turn: brings it to a moment, acts, and lets it end.

use std::future::Future;
use std::time::Duration;

use harness::{Context, Dialect, Failure, Id, Kind as Fault, Moment, Reply, Result, Ticket};
use mock_model::{Script, says};
use serde_json::{Value, json};

use super::action::Action;
use super::cell::{Cell, Finish, Next, Plan};
use super::heard::Heard;
use super::kind::{Kind, Staged};
use super::matrix::{Stop, label};
use crate::client::{By, ContextExt, End, is_turn_end};

/// How long a wait lasts once another was in vain: the check fails already.
const IMPATIENT: Duration = Duration::from_secs(2);

/// After so many waits in vain the other cells are left out.
const ENOUGH: usize = 4;

/// Courses of turns in one connection, each in a thread of its own.
pub(super) struct Course<'a> {
    /// The environment of the check.
    pub(super) cx: &'a mut Context,
    number: usize,
    /// The waits that were in vain.
    missed: usize,
}

impl<'a> Course<'a> {
    /// Initializes the connection.
    pub(super) async fn open(cx: &'a mut Context) -> Result<Self> {
        let mut course = Self { cx, number: 0, missed: 0 };
        course.connect().await?;
        Ok(course)
    }

    async fn connect(&mut self) -> Result {
        self.cx.client().initialize().await?;
        self.cx.client().hold_approvals();
        Ok(())
    }

    /// Whether so many waits were in vain that the rest is not worth the time.
    pub(super) fn is_tired(&self) -> bool {
        self.missed >= ENOUGH
    }

    /// A turn of this kind in a thread of its own, not begun yet.
    pub(super) async fn prepare(&mut self, kind: Kind) -> Result<Staged> {
        self.number += 1;
        Staged::prepare(self.cx, kind, self.number).await
    }

    /// Waits, and counts a wait in vain.
    pub(super) async fn patient<T>(
        missed: &mut usize,
        limit: Duration,
        wait: impl Future<Output = Result<T>>,
    ) -> Result<Option<T>> {
        match tokio::time::timeout(limit, wait).await {
            Ok(Ok(came)) => Ok(Some(came)),
            Ok(Err(failure)) if failure.kind() != Fault::Timeout => Err(failure),
            _ => {
                *missed += 1;
                Ok(None)
            }
        }
    }

    fn limit(&self) -> Duration {
        let whole = self.cx.peer.settings().wait;
        if self.missed > 0 { whole.min(IMPATIENT) } else { whole }
    }

    /// The answer to a request; `None` if none comes.
    pub(super) async fn answer(&mut self, ticket: &Ticket) -> Result<Option<Reply>> {
        let limit = self.limit();
        Self::patient(&mut self.missed, limit, self.cx.peer.answer(ticket)).await
    }

    /// Brings a turn to a moment, acts there, and follows what becomes of it.
    pub(super) async fn cell(&mut self, kind: Kind, stop: &Stop, plan: Plan) -> Result<Cell> {
        let missed = self.missed;
        let mut staged = self.prepare(kind).await?;
        let ticket = self.reach(&mut staged, stop, plan.action).await?;
        let released = stop.released || stop.moment.is_released();
        let mut reply = self.answer(&ticket).await?;
        let mut late = false;
        if !released {
            self.finish(&mut staged, plan.finish).await?;
            if reply.is_none() {
                reply = self.answer(&ticket).await?;
                late = reply.is_some();
            }
        }
        let gone = reply.as_ref().is_some_and(|reply| !reply.is_error());
        let unheard = gone && matches!(plan.action, Action::Leave | Action::Archive);
        let mut rejoined = None;
        if unheard {
            rejoined = Some(self.rejoin(&staged, plan.action).await?);
        }
        let is_over = rejoined.as_ref().is_some_and(|thread| {
            thread.as_ref().map_or(true, |thread| thread["status"]["type"] != "active")
        });
        let end = if is_over { None } else { self.end(&staged).await? };
        let heard = Heard::of(self.cx, &staged);
        let mut next = None;
        if plan.goes_on {
            next = Some(match rejoined {
                Some(Err(refused)) => Next { refused: Some(refused), ..Next::default() },
                _ => self.next(&staged, plan.action, reply.as_ref()).await?,
            });
        }
        staged.let_command_end()?;
        if self.missed > missed {
            self.cx.model.open_all();
            self.cx.restart().await;
            self.connect().await?;
        }
        Ok(Cell { moment: stop.moment.clone(), plan, staged, reply, late, end, heard, next })
    }

    /// Brings a turn to the moment and sends the action.
    async fn reach(&mut self, staged: &mut Staged, stop: &Stop, action: Action) -> Result<Ticket> {
        if stop.moment == Moment::WithTheRequest {
            return self.together(staged, action).await;
        }
        staged.begin(self.cx).await?;
        if stop.released || stop.moment.is_still() || stop.moment.is_released() {
            staged.hold(self.cx).await?;
        }
        if stop.released || stop.moment.is_released() {
            staged.release(self.cx).await?;
        }
        match &stop.moment {
            Moment::After(kind) => self.until(staged, kind).await?,
            Moment::Behind(requests, _) => {
                let method = self.cx.harmless();
                for _ in 0..*requests {
                    self.cx.peer.send(method, json!({})).await?;
                }
            }
            Moment::Over => {
                self.end(staged).await?;
            }
            _ => {}
        }
        self.act(staged, action).await
    }

    /// Sends the request of the action.
    pub(super) async fn act(&mut self, staged: &Staged, action: Action) -> Result<Ticket> {
        let (method, params) = action.request(self.cx, staged);
        self.cx.peer.send(method, params).await
    }

    /// Sends the request for the turn and the action in one write, and waits for the answer to the
    /// first.
    async fn together(&mut self, staged: &mut Staged, action: Action) -> Result<Ticket> {
        let protocol = self.cx.protocol();
        staged.begun.mark = self.cx.peer.mark();
        let turn = (protocol.turn, protocol.turn_params(&staged.thread.id, &staged.question()));
        let requests = [turn, action.request(self.cx, staged)];
        let (mut bytes, mut tickets) = (String::new(), Vec::new());
        for (number, (method, params)) in requests.into_iter().enumerate() {
            self.cx.peer.gate().offers(method)?;
            let id = format!("{number} of {}", staged.number);
            tickets.push(self.cx.peer.expect(Id::Text(id.clone()), method)?);
            let line = json!({ "id": id, "method": method, "params": params });
            bytes.push_str(&format!("{}\n", self.cx.peer.enveloped(line)));
        }
        self.cx.peer.send_bytes(bytes.as_bytes()).await?;
        let result = self.cx.peer.answer(&tickets[0]).await?.into_result()?;
        let id = protocol.turn_id.and_then(|at| result.pointer(at));
        staged.begun.id = id.and_then(Value::as_str).map(str::to_owned);
        Ok(tickets.remove(1))
    }

    /// Waits for a message of this kind, or for the end of the turn.
    async fn until(&mut self, staged: &Staged, kind: &str) -> Result {
        let (mark, thread) = (staged.begun.mark, &staged.thread);
        let is_it = |call: &harness::Call| {
            call.seq >= mark
                && (label(call, thread).as_deref() == Some(kind) || is_turn_end(call))
        };
        if self.cx.peer.calls_since(mark).iter().any(is_it) {
            return Ok(());
        }
        self.cx.peer.next_matching(&format!("`{kind}`, or the end of the turn"), is_it).await?;
        Ok(())
    }

    /// Brings the turn to its end.
    async fn finish(&mut self, staged: &mut Staged, finish: Finish) -> Result {
        if finish == Finish::ByItself {
            return staged.release(self.cx).await;
        }
        let ticket = self.act(staged, Action::Interrupt).await?;
        self.answer(&ticket).await?;
        Ok(())
    }

    /// Waits for the end of the turn; `None` if it does not come.
    pub(super) async fn end(&mut self, staged: &Staged) -> Result<Option<End>> {
        self.end_of(staged, staged.begun.mark, staged.begun.id()).await
    }

    /// Waits for the end of the turn with this id, or of the first that ends behind a place of the
    /// conversation.
    async fn end_of(&mut self, staged: &Staged, mark: usize, id: &str) -> Result<Option<End>> {
        let limit = self.limit();
        let v1 = self.cx.dialect() == Dialect::V1;
        loop {
            let heard = Heard::of_since(self.cx, staged, mark);
            let mut ends = heard.ends.into_iter();
            if let Some((_, end)) = ends.find(|(ended, _)| v1 || ended == id) {
                return Ok(Some(end));
            }
            let is_end = |call: &harness::Call| call.seq >= mark && is_turn_end(call);
            let wait = self.cx.peer.next_matching("the end of the turn", is_end);
            if Self::patient(&mut self.missed, limit, wait).await?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Subscribes to a thread again that was left or archived: the thread, or the refusal.
    async fn rejoin(&mut self, staged: &Staged, action: Action) -> Result<Joined> {
        let id = &staged.thread.id;
        if action == Action::Archive {
            let reply = self.cx.peer.request("thread/unarchive", json!({ "threadId": id })).await?;
            if let Ok(error) = reply.error() {
                return Ok(Err(("thread/unarchive", error)));
            }
        }
        let reply = self.cx.client().request_resume(By::Id(id), Value::Null).await?;
        match reply.error() {
            Ok(error) => Ok(Err(("thread/resume", error))),
            Err(_) => Ok(Ok(reply.into_result()?["thread"].take())),
        }
    }

    /// Runs another turn in the thread.
    async fn next(
        &mut self,
        staged: &Staged,
        action: Action,
        reply: Option<&Reply>,
    ) -> Result<Next> {
        // A message that began a turn of its own is heard first.
        let own = reply.filter(|_| action == Action::Start).and_then(|reply| {
            self.cx.protocol().turn_id.and_then(|at| reply.value.get("result")?.pointer(at))
        });
        if let Some(id) = own.and_then(Value::as_str)
            && id != staged.begun.id()
        {
            self.end_of(staged, staged.begun.mark, id).await?;
        }
        let text = staged.next();
        let answer = says(format!("after {}", staged.number));
        self.cx.model.script(Script::new([answer]).then_forever(says("more")));
        let mark = self.cx.peer.mark();
        let asked = self.cx.model.requests().len();
        let reply = self.cx.client().request_turn(&staged.thread.id, &text).await?;
        if let Ok(error) = reply.error() {
            let refused = Some((self.cx.protocol().turn, error));
            return Ok(Next { refused, ..Next::default() });
        }
        let id = self.cx.protocol().turn_id.and_then(|at| reply.value.get("result")?.pointer(at));
        let id = id.and_then(Value::as_str).unwrap_or_default();
        let end = self.end_of(staged, mark, id).await?;
        let mut requests = self.cx.model.requests().into_iter().skip(asked);
        let mut request = requests.find(|request| request.user_texts().contains(&text.as_str()));
        if request.is_none() && end.is_some() {
            // The end was that of another turn.
            let number = self.cx.model.requests().len() + 1;
            let limit = self.limit();
            let wait = self.cx.asked(number);
            request = Self::patient(&mut self.missed, limit, wait).await?;
            request = request.filter(|request| request.user_texts().contains(&text.as_str()));
        }
        Ok(Next { refused: None, request, end, heard: Heard::of(self.cx, staged) })
    }
}

/// A thread that was joined again, or the request that was rejected, and how.
type Joined = std::result::Result<Value, (&'static str, harness::RpcError)>;

/// A failure in a cell, with the cell as evidence.
pub(super) fn in_cell(failure: Failure, row: &str, action: Action) -> Failure {
    failure.note(format!("cell      {row}: {}", action.name()))
}
