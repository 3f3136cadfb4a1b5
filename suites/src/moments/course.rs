//! The course of one turn: brings it to a moment, acts, and lets it end.

use std::future::Future;
use std::time::{Duration, Instant};

use harness::{Call, Context, Dialect, Id, Kind as Fault, Moment, Reply, Result, RpcError, Ticket};
use mock_model::{Request, Script, says};
use serde_json::{Value, json};

use super::action::Action;
use super::cell::{Cell, Finish, Plan, Stop};
use super::heard::Heard;
use super::kind::{Kind, Staged, announced};
use super::stops::label;
use super::sweep;
use crate::client::{By, ContextExt, End, Thread, is_turn_end};

/// How long a wait lasts once another was in vain: the check fails already.
const IMPATIENT: Duration = Duration::from_secs(2);

/// After so many waits in vain the other cells are left out.
const ENOUGH: usize = 4;

/// A thread in which turns follow each other.
#[derive(Clone, Debug)]
pub(super) struct Track {
    /// The thread.
    pub(super) thread: Thread,
    /// The place in the conversation before its first turn.
    pub(super) mark: usize,
    /// Whether commands need an approval.
    asks: bool,
}

/// Courses of turns in one connection.
pub(super) struct Course<'a> {
    /// The environment of the check.
    pub(super) cx: &'a mut Context,
    number: usize,
    /// Whether the client asks for experimental methods.
    experimental: bool,
    /// The waits that were in vain.
    missed: usize,
    /// The threads in use: a turn follows the others in its thread as long as nothing is wrong
    /// there, so that each turn is also the next one of the turn before.
    tracks: Vec<Track>,
}

/// A thread that was joined again, or the request that was rejected, and how.
pub(super) type Joined = std::result::Result<Value, (&'static str, RpcError)>;

impl<'a> Course<'a> {
    /// Initializes the connection.
    pub(super) async fn open(cx: &'a mut Context) -> Result<Self> {
        Self::begin(cx, false).await
    }

    /// Initializes the connection with the capability for experimental methods.
    pub(super) async fn open_experimental(cx: &'a mut Context) -> Result<Self> {
        Self::begin(cx, true).await
    }

    async fn begin(cx: &'a mut Context, experimental: bool) -> Result<Self> {
        let mut course = Self { cx, number: 0, experimental, missed: 0, tracks: Vec::new() };
        course.connect().await?;
        Ok(course)
    }

    /// Initializes the connection to a new process.
    pub(super) async fn connect(&mut self) -> Result {
        self.tracks.clear();
        if self.experimental {
            self.cx.client().initialize_experimental().await?;
        } else {
            self.cx.client().initialize().await?;
        }
        self.cx.client().hold_approvals();
        Ok(())
    }

    /// Whether so many waits were in vain that the rest is not worth the time.
    pub(super) fn is_tired(&self) -> bool {
        self.missed >= ENOUGH
    }

    /// How many waits were in vain.
    pub(super) fn missed(&self) -> usize {
        self.missed
    }

    /// A turn of this kind, not begun yet, in a thread in which turns of the kind may run.
    pub(super) async fn prepare(&mut self, kind: Kind) -> Result<Staged> {
        self.number += 1;
        let asks = kind == Kind::Question;
        let known = self.tracks.iter().find(|track| track.asks == asks);
        let track = match known.cloned() {
            Some(track) => track,
            None => {
                let mut client = self.cx.client();
                let started = if asks {
                    client.start_untrusted_thread().await?
                } else {
                    client.start_thread().await?
                };
                let track = Track { thread: started, mark: self.cx.peer.mark(), asks };
                self.tracks.push(track.clone());
                track
            }
        };
        Staged::prepare(self.cx, kind, self.number, track)
    }

    /// A turn of this kind, not begun yet, in the thread of another.
    pub(super) fn prepare_in(&mut self, kind: Kind, other: &Staged) -> Result<Staged> {
        self.number += 1;
        let (thread, mark) = (other.thread.clone(), other.beginning);
        let track = Track { thread, mark, asks: kind == Kind::Question };
        Staged::prepare(self.cx, kind, self.number, track)
    }

    /// The next turn of this kind begins in a new thread.
    pub(super) fn leave_thread(&mut self, id: &str) {
        self.tracks.retain(|track| track.thread.id != id);
    }

    /// The threads in use.
    pub(super) fn tracks(&self) -> Vec<Track> {
        self.tracks.clone()
    }

    async fn patient<T>(&mut self, came: Option<Result<T>>) -> Result<Option<T>> {
        match came {
            Some(Ok(came)) => Ok(Some(came)),
            Some(Err(failure)) if failure.kind() != Fault::Timeout => Err(failure),
            _ => {
                self.missed += 1;
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
        let came = within(self.limit(), self.cx.peer.answer(ticket)).await;
        self.patient(came).await
    }

    /// Brings a turn to a moment, acts there, and follows what becomes of it.
    pub(super) async fn cell(&mut self, staged: Staged, stop: &Stop, plan: Plan) -> Result<Cell> {
        let mut staged = staged;
        let asked = self.cx.model.requests().len();
        let ticket = self.reach(&mut staged, stop, plan.action).await?;
        let released = stop.freed || stop.moment.is_freed();
        let mut reply = self.answer(&ticket).await?;
        let mut late = false;
        if !released {
            self.finish(&mut staged, plan.finish).await?;
            if reply.is_none() {
                reply = self.answer(&ticket).await?;
                late = reply.is_some();
            }
        }
        let done = reply.as_ref().is_some_and(|reply| !reply.is_error());
        let mut joined = None;
        if done && plan.action.unsubscribes() {
            joined = Some(self.rejoin(&staged, plan.action).await?);
        }
        let runs = |thread: &Value| runs(thread, &staged);
        let end = match &joined {
            Some(joined) if !joined.as_ref().is_ok_and(runs) => None,
            _ => self.end(&staged).await?,
        };
        if let (Moment::Past(..), Some(reply)) = (&stop.moment, &reply) {
            self.until_settled(&staged, plan.action, reply).await?;
        } else if plan.action == Action::Start
            && let Some(reply) = reply.as_ref().filter(|reply| !reply.is_error())
            && !self.joins(&staged, reply)
        {
            self.until_heard(&staged, asked).await?;
            if stop.moment == Moment::Over {
                match self.turn_in(reply) {
                    Some(id) => _ = self.end_of(&staged, staged.begun.mark, id).await?,
                    None => self.until_ended(&staged, |heard| heard.ends.len() >= 2).await?,
                }
            }
        }
        let mut compacted = None;
        if plan.action == Action::Compact && done {
            compacted = Some(self.compaction_end(&staged).await?);
        }
        let mut again = None;
        if plan.action == Action::Interrupt && plan.finish == Finish::Interrupted {
            let ticket = self.act(&staged, plan.action).await?;
            again = Some(self.answer(&ticket).await?.is_some());
        }
        let heard = Heard::of(self.cx, &staged);
        let request = self.request_with(&staged.question(), asked);
        staged.let_command_end()?;
        let moment = stop.moment.clone();
        let next = None;
        Ok(Cell {
            moment,
            plan,
            staged,
            reply,
            late,
            again,
            joined,
            end,
            compacted,
            heard,
            request,
            next,
        })
    }

    /// The first request to the model with this message, behind so many others.
    pub(super) fn request_with(&self, text: &str, behind: usize) -> Option<Request> {
        let mut requests = self.cx.model.requests().into_iter().skip(behind);
        requests.find(|request| request.user_texts().contains(&text))
    }

    /// Runs a turn of words in a thread to its end; the first request to the model with its message.
    pub(super) async fn go_on(
        &mut self,
        thread: &Thread,
        number: usize,
    ) -> Result<Option<Request>> {
        let text = format!("go on {number}");
        self.cx.model.script(Script::forever(says("so it goes on")));
        let asked = self.cx.model.requests().len();
        self.cx.client().turn(thread, &text).await?;
        Ok(self.request_with(&text, asked))
    }

    /// Whether the answer says that the message joins the running turn: then the model gets it in
    /// that turn, or in the next one if the turn fails.
    fn joins(&self, staged: &Staged, reply: &Reply) -> bool {
        self.turn_in(reply).is_some_and(|id| id == staged.begun.id())
    }

    /// The id of the turn in the answer, where the dialect returns one.
    fn turn_in<'r>(&self, reply: &'r Reply) -> Option<&'r str> {
        let at = self.cx.protocol().turn_id?;
        reply.value.get("result")?.pointer(at)?.as_str()
    }

    /// Waits until the model has the second message, and every turn that was announced has ended.
    pub(super) async fn until_heard(&mut self, staged: &Staged, behind: usize) -> Result {
        while self.request_with(&staged.aside(), behind).is_none() {
            let number = self.cx.model.requests().len() + 1;
            let came = within(self.limit(), self.cx.asked(number)).await;
            if self.patient(came).await?.is_none() {
                return Ok(());
            }
        }
        // The request to the model may be seen before the announcement of its turn.
        self.cx.client().try_barrier(&staged.thread).await?;
        self.until_ended(staged, |heard| heard.ends.len() >= heard.starts.len()).await
    }

    /// Waits for ends of turns until enough of them have been heard.
    pub(super) async fn until_ended(
        &mut self,
        staged: &Staged,
        enough: impl Fn(&Heard) -> bool,
    ) -> Result {
        while !enough(&Heard::of(self.cx, staged)) {
            let (mark, limit) = (staged.begun.mark, self.limit());
            let is_end = |call: &Call| call.seq >= mark && is_turn_end(call);
            let wait = self.cx.peer.next_matching("the end of the second turn", is_end);
            let came = within(limit, wait).await;
            if self.patient(came).await?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Waits for the end of the turn in which the second message is announced, if it was accepted
    /// and is announced; only another turn is waited for.
    async fn until_settled(&mut self, staged: &Staged, action: Action, reply: &Reply) -> Result {
        let says = matches!(action, Action::Start | Action::Steer);
        if !says || reply.is_error() {
            return Ok(());
        }
        self.cx.client().try_barrier(&staged.thread).await?;
        let waits = action == Action::Start && !self.joins(staged, reply);
        self.until_said(staged, waits).await
    }

    /// Waits for the end of the turn in which the second message is announced; whether it `waits` for
    /// the announcement, too.
    pub(super) async fn until_said(&mut self, staged: &Staged, waits: bool) -> Result {
        let (mark, aside) = (staged.begun.mark, staged.aside());
        loop {
            let heard = Heard::of(self.cx, staged);
            if let Some(turn) = heard.turn_with(&aside) {
                self.end_of(staged, mark, turn).await?;
                return Ok(());
            }
            if !waits {
                return Ok(());
            }
            let limit = self.limit();
            let is_item = |call: &Call| call.seq >= mark && call.method == "item/completed";
            let wait = self.cx.peer.next_matching("the message of the user", is_item);
            let came = within(limit, wait).await;
            if self.patient(came).await?.is_none() {
                return Ok(());
            }
        }
    }

    /// Brings a turn to the moment and sends the action.
    async fn reach(&mut self, staged: &mut Staged, stop: &Stop, action: Action) -> Result<Ticket> {
        if stop.moment == Moment::WithTheRequest {
            return self.together(staged, action).await;
        }
        self.bring(staged, stop).await?;
        self.act(staged, action).await
    }

    /// Brings a turn to a moment behind the request for it.
    pub(super) async fn bring(&mut self, staged: &mut Staged, stop: &Stop) -> Result {
        staged.begin(self.cx).await?;
        if stop.freed || stop.moment.is_still() || stop.moment.is_freed() {
            staged.hold(self.cx).await?;
        }
        if stop.freed || stop.moment.is_freed() {
            staged.set_free(self.cx).await?;
        }
        let freed = Instant::now();
        match &stop.moment {
            Moment::Past(time, _) => sweep::until(freed + *time).await,
            Moment::After(kind) => self.until(staged, kind).await?,
            Moment::Over => {
                self.end(staged).await?;
            }
            _ => {}
        }
        Ok(())
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
        let v1 = self.cx.dialect() == Dialect::V1;
        let is_it = |call: &Call| {
            let named = label(call, thread);
            call.seq >= mark && (named.as_deref() == Some(kind) || staged.is_end(v1, call))
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
            return staged.set_free(self.cx).await;
        }
        let ticket = self.act(staged, Action::Interrupt).await?;
        self.answer(&ticket).await?;
        Ok(())
    }

    /// Waits for the end of the turn; `None` if it does not come.
    pub(super) async fn end(&mut self, staged: &Staged) -> Result<Option<End>> {
        self.end_of(staged, staged.begun.mark, staged.begun.id()).await
    }

    /// Waits for the end of the turn with this id, or, in a dialect without ids, of the first that
    /// ends behind a place of the conversation.
    pub(super) async fn end_of(
        &mut self,
        staged: &Staged,
        mark: usize,
        id: &str,
    ) -> Result<Option<End>> {
        let v1 = self.cx.dialect() == Dialect::V1;
        loop {
            let heard = Heard::of_since(self.cx, staged, mark);
            let mut ends = heard.ends.into_iter();
            if let Some((_, end)) = ends.find(|(ended, _)| v1 || ended == id) {
                return Ok(Some(end));
            }
            let is_end = |call: &Call| call.seq >= mark && is_turn_end(call);
            let limit = self.limit();
            let wait = self.cx.peer.next_matching("the end of the turn", is_end);
            let came = within(limit, wait).await;
            if self.patient(came).await?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Waits for the end of the compaction that was requested during a turn; `None` if it does not
    /// come.
    async fn compaction_end(&mut self, staged: &Staged) -> Result<Option<End>> {
        let limit = self.limit();
        let wait = announced(self.cx, &staged.thread, staged.begun.mark);
        let came = within(limit, wait).await;
        match self.patient(came).await? {
            Some(id) => self.end_of(staged, staged.begun.mark, &id).await,
            None => Ok(None),
        }
    }

    /// Subscribes to a thread again that was left or archived: the thread, or the refusal.
    async fn rejoin(&mut self, staged: &Staged, action: Action) -> Result<Joined> {
        let id = &staged.thread.id;
        if self.cx.dialect() == Dialect::V1 {
            return Ok(Ok(Value::Null));
        }
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
}

/// Whether the turn is in progress in a thread that was resumed, or not known there yet; a
/// compaction that came to nothing need not be known.
fn runs(thread: &Value, staged: &Staged) -> bool {
    let turns = thread["turns"].as_array().map(Vec::as_slice).unwrap_or_default();
    match turns.iter().find(|shown| shown["id"] == staged.begun.id()) {
        Some(turn) => turn["status"] == "inProgress",
        None => staged.kind != Kind::Compaction,
    }
}

/// Waits no longer than `limit`: `None` if it is over.
async fn within<T>(limit: Duration, wait: impl Future<Output = Result<T>>) -> Option<Result<T>> {
    tokio::time::timeout(limit, wait).await.ok()
}
