//! Runs one case once, in an environment of its own, and collects the results.

mod together;

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use mock_model::Unoffered;
use reaper::leak::Leak;
use report::{Cell, Dialect};
use tokio::sync::watch;

use crate::applies::FixedIn;
use crate::check::{Body, Check, Converse, INQUIRY, TOUR, TOUR_OF_LAWS, TOUR_OF_MCP};
use crate::context::Context;
use crate::conversation::Conversation;
use crate::course::Course;
use crate::failure::{Failure, Result};
use crate::peer::Ended;
use crate::precondition;
use crate::profile::MODEL;
use crate::subject::Examined;
use crate::trap::Attempt as Egress;

pub use together::attempts_together;

/// The longest wait of a check that the claimed release is known to fail.
const PATIENCE_WITH_DEFECTS: Duration = Duration::from_secs(5);

/// One check in one dialect.
#[derive(Clone, Copy)]
pub struct Case {
    /// The check.
    pub check: &'static Check,
    /// The dialect.
    pub dialect: Dialect,
}

impl Case {
    /// The name of the case: the id of the check and the dialect,
    /// `auth::logout::removes_the_file@v2`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.check.id(), self.dialect)
    }
}

/// The results of one run of one case.
pub struct Attempt {
    /// Whether the check held.
    pub result: Result,
    /// The processes that outlived the subject.
    pub leaks: Vec<Leak>,
    /// The violations that observers found in the conversations.
    pub violations: Vec<Violation>,
    /// The processes of the subject, in the order in which they ended.
    pub ended: Vec<Ended>,
    /// The subject's attempts to reach other machines.
    pub egress: Vec<Egress>,
    /// What the check noted for a table of the report.
    pub cells: Vec<Cell>,
    /// What observers mention in the report, and is no failure.
    pub mentions: BTreeSet<String>,
    /// From the first line to the end of the last process, without waits for other checks.
    pub duration: Duration,
    /// The known defect of the claimed release.
    pub defect: Option<FixedIn>,
    /// Whether it was interrupted, so that its result means nothing.
    pub cut: bool,
}

/// A violation that an observer found in one conversation.
pub struct Violation {
    /// The observer.
    pub observer: &'static Check,
    /// The failure.
    pub failure: Failure,
    /// The index of the conversation in [`Attempt::ended`].
    pub process: usize,
    /// The case whose part of the conversation it is in, if not that of the attempt.
    pub within: Option<Case>,
    /// The known defect of the claimed release.
    pub defect: Option<FixedIn>,
}

impl Attempt {
    /// What it says of an observer that shares it: the result, without what only it can have found;
    /// of a check that asked its own question, only that the conversation took place.
    pub(crate) fn as_another(&self, is_of_a_check: bool) -> Self {
        let result = if is_of_a_check { Ok(()) } else { self.result.clone() };
        Self { result, cut: self.cut, ..Self::held(Vec::new()) }
    }

    /// An attempt that never reached the subject.
    pub fn void(failure: Failure) -> Self {
        Self { result: Err(failure), ..Self::held(Vec::new()) }
    }

    /// An attempt that held, with what it noted, and without a conversation of its own.
    pub(crate) fn held(cells: Vec<Cell>) -> Self {
        Self {
            result: Ok(()),
            leaks: Vec::new(),
            violations: Vec::new(),
            ended: Vec::new(),
            egress: Vec::new(),
            cells,
            mentions: BTreeSet::new(),
            duration: Duration::ZERO,
            defect: None,
            cut: false,
        }
    }
}

/// Runs a case on this thread, with a runtime of its own; if `cancel` becomes true, it and its
/// processes are ended.
///
/// `observers` judge the conversations afterwards.
pub fn attempt(
    examined: &Examined,
    case: Case,
    observers: &[&'static Check],
    cancel: watch::Receiver<bool>,
) -> Attempt {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(attempt_here(examined, case, observers, cancel)),
        Err(error) => Attempt::void(Failure::inconclusive("starting a runtime", error)),
    }
}

async fn attempt_here(
    examined: &Examined,
    case: Case,
    observers: &[&'static Check],
    mut cancel: watch::Receiver<bool>,
) -> Attempt {
    let began = Instant::now();
    let defect = case.check.known_defect(case.dialect, examined.profile.release);
    // A known defect may be a hang, which is not worth the full wait.
    let impatient = defect.map(|_| {
        let mut impatient = examined.clone();
        let wait = &mut impatient.subject.settings.wait;
        *wait = (*wait).min(PATIENCE_WITH_DEFECTS);
        impatient
    });
    let examined = impatient.as_ref().unwrap_or(examined);
    let mut cx = match Context::new(examined, case.dialect, case.check.grants).await {
        Ok(cx) => cx,
        Err(failure) => return Attempt::void(failure),
    };
    let limit = examined.subject.settings.check;
    let (result, cut) = tokio::select! {
        result = converse(&mut cx, case.check, limit) => (result, false),
        // Without a sender it cannot be cancelled any more, and runs to its end.
        Ok(_) = cancel.wait_for(|cancelled| *cancelled) => {
            (Err(Failure::inconclusive("the check", "the run was interrupted")), true)
        }
    };
    // The paths of the check's own home differ from run to run and are replaced by names.
    let places = [
        (cx.home.work().display().to_string(), "{work}"),
        (cx.home.path().display().to_string(), "{home}"),
    ];
    let judged = case.dialect.is_mcp() || observers.iter().any(|observer| observer.is_law());
    if !cut && judged {
        conclude(&mut cx).await;
    }
    let gate = cx.peer.gate().clone();
    let ended = cx.finish().await;
    let result =
        result.map_err(|failure| precondition::folded(&gate, failure, &ended).replaced(&places));
    let (egress, cells) = (cx.egress(), cx.take_cells());
    let mut leaks = Vec::new();
    for process in &ended {
        leaks.extend(process.report.survivors.iter().cloned());
    }
    if case.dialect.is_mcp() {
        // An observer says so once, and not each check.
        leaks.clear();
    }
    let requests = cx.model.requests();
    let course = Course::new(cx.record(), &ended, requests, case.dialect);
    let mentions = RefCell::default();
    let mut violations = judge(examined, observers, &course, &egress, &mentions);
    drop(course);
    for violation in &mut violations {
        violation.failure = violation.failure.clone().replaced(&places);
    }
    let duration = began.elapsed().saturating_sub(cx.waited().total());
    Attempt {
        result,
        leaks,
        violations,
        ended,
        egress,
        cells,
        mentions: mentions.into_inner(),
        duration,
        defect,
        cut,
    }
}

/// Runs the body within the time limit of the check; a panic is our fault, so it is inconclusive.
pub(crate) async fn converse(cx: &mut Context, check: &'static Check, limit: Duration) -> Result {
    let body = match check.body {
        Body::Converse(body) => body,
        Body::Observe(_) | Body::Judge(_) => {
            let tours: &[Converse] = match (cx.dialect().is_mcp(), check.is_law()) {
                (true, _) => &TOUR_OF_MCP,
                (false, true) => &TOUR_OF_LAWS,
                (false, false) => &TOUR,
            };
            let none = || Failure::inconclusive("the tour", "no tour is linked in");
            *tours.first().ok_or_else(none)?
        }
    };
    cx.peer.tally().begin(check);
    let waited = cx.waited();
    let unoffered = cx.model.unoffered();
    // If the subject does not use the model service, nothing can be concluded once the model was to
    // act.
    let (unasked, scripted) = (cx.needs(MODEL).err(), cx.model.scripted());
    let unasked = async move {
        match unasked {
            Some(unmet) => {
                scripted.await;
                unmet
            }
            None => std::future::pending().await,
        }
    };
    let guarded = AssertUnwindSafe(body(cx)).catch_unwind();
    let ended = tokio::select! {
        biased;
        // A conversation that is only observed is of use without the tool too. For any other check
        // nothing can be concluded, and it might wait in vain for the effect of the tool.
        unoffered = unoffered, if !check.observes() => return Err(unable(&unoffered)),
        unmet = unasked => return Err(unmet),
        ended = waited.limit(limit, guarded) => ended,
    };
    match ended {
        Some(Ok(result)) => result,
        Some(Err(panic)) => Err(Failure::inconclusive("the check panicked", text_of(&*panic))),
        None => Err(cx.peer.out_of_time(limit)),
    }
}

/// The failure of a check whose model needs a tool that the subject does not offer.
fn unable(unoffered: &Unoffered) -> Failure {
    let offered = match unoffered.offered.as_slice() {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    };
    let wanted = &unoffered.wanted;
    let why = format!("the subject offers the model no {wanted}; it offers: {offered}");
    Failure::inconclusive("what the model wants to do", why)
}

/// The message of a panic.
pub(crate) fn text_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

/// Asks what laws compare with the rest, and gives the subject the time to answer everything.
pub(crate) async fn conclude(cx: &mut Context) {
    let asks = cx.peer.is_listening() && !cx.dialect().is_mcp();
    if let Some(inquiry) = INQUIRY.first().filter(|_| asks) {
        let within = cx.peer.settings().wait;
        // What it finds is for the laws to judge, and a subject that does not answer it is too.
        let _ = tokio::time::timeout(within, AssertUnwindSafe(inquiry(cx)).catch_unwind()).await;
    }
    cx.settle().await;
}

/// What observers and laws find in the conversations.
pub(crate) fn judge(
    examined: &Examined,
    observers: &[&'static Check],
    course: &Course<'_>,
    egress: &[Egress],
    mentions: &RefCell<BTreeSet<String>>,
) -> Vec<Violation> {
    let (dialect, release) = (course.dialect, examined.profile.release);
    // A conversation with gaps cannot be judged: a line that seems to be missing may have been left
    // out.
    let is_whole = |process: &Ended| process.transcript.left_out() == 0;
    let all_whole = course.processes.iter().all(is_whole);
    let shapes = examined.shapes(dialect);
    let mut violations = Vec::new();
    for observer in observers {
        let undeclared = examined.profile.undeclared(dialect, observer.declares);
        let elsewhere = observer.exempts_over(examined.profile.transport);
        let exempt = observer.exempts(dialect, release).or(elsewhere);
        if undeclared.is_some() || exempt.is_some() {
            continue;
        }
        let found = match observer.body {
            Body::Converse(_) => None,
            Body::Observe(observe) => {
                let processes = course.processes.iter().enumerate();
                let mut whole = processes.filter(|(_, process)| is_whole(process));
                whole.find_map(|(number, process)| {
                    let conversation = Conversation {
                        transcript: &process.transcript,
                        report: &process.report,
                        egress,
                        dialect,
                        release,
                        unanswered: &process.unanswered,
                        handshake: examined.profile.handshake,
                        shapes: shapes.as_deref(),
                        mentions,
                    };
                    observe(&conversation).err().map(|failure| (number, failure))
                })
            }
            Body::Judge(judge) if all_whole => judge(course)
                .err()
                .map(|failure| (failure.parts().process.unwrap_or_default(), failure)),
            Body::Judge(_) => None,
        };
        let defect = observer.known_defect(dialect, release);
        violations.extend(found.map(|(process, failure)| Violation {
            observer,
            failure,
            process,
            within: None,
            defect,
        }));
    }
    violations
}
