//! Runs one check once, in its own world, and gathers what happened.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use mock_model::Unoffered;
use reaper::leak::Leak;
use report::Dialect;
use tokio::sync::watch;

use crate::applies::FixedIn;
use crate::check::{Body, Check, TOUR};
use crate::context::Context;
use crate::conversation::Conversation;
use crate::failure::{Failure, Result};
use crate::peer::Ended;
use crate::precondition;
use crate::profile::MODEL;
use crate::subject::Examined;
use crate::trap::Attempt as Egress;

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
    /// The name of the case: the check's id and the dialect, `auth::logout_removes_the_file@v2`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.check.id(), self.dialect)
    }
}

/// What happened in one run of one case.
pub struct Attempt {
    /// Whether the check held.
    pub result: Result,
    /// What outlived the subject.
    pub leaks: Vec<Leak>,
    /// What observers have against the conversation.
    pub violations: Vec<Violation>,
    /// The processes that the check used, in the order in which they ended.
    pub ended: Vec<Ended>,
    /// What the subject tried to reach outside the machine.
    pub egress: Vec<Egress>,
    /// From the first line to the end of the last process, without what it waited for other checks.
    pub duration: Duration,
    /// What the claimed release is known to do wrong here.
    pub defect: Option<FixedIn>,
    /// Whether it was cut short by an interruption, so that it says nothing.
    pub cut: bool,
}

/// What an observer has against one conversation.
pub struct Violation {
    /// The observer.
    pub observer: &'static Check,
    /// What it found.
    pub failure: Failure,
    /// In the conversation with which of [`Attempt::ended`].
    pub process: usize,
    /// What the claimed release is known to do wrong here.
    pub defect: Option<FixedIn>,
}

impl Attempt {
    /// An attempt that never got to the subject.
    pub fn void(failure: Failure) -> Self {
        Self {
            result: Err(failure),
            leaks: Vec::new(),
            violations: Vec::new(),
            ended: Vec::new(),
            egress: Vec::new(),
            duration: Duration::ZERO,
            defect: None,
            cut: false,
        }
    }
}

/// Runs a case on this thread, with a runtime of its own; `cancel` turning true ends it and its processes.
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
    // What is known to hang is not worth the whole patience: nobody is accused of anything new.
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
        // If nobody can cancel it any more, it runs to its end.
        Ok(_) = cancel.wait_for(|cancelled| *cancelled) => {
            (Err(Failure::inconclusive("the check", "the run was interrupted")), true)
        }
    };
    // Paths of the check's own world differ from run to run; where they lead is what matters.
    let places = [
        (cx.home.work().display().to_string(), "{work}"),
        (cx.home.path().display().to_string(), "{home}"),
    ];
    let gate = cx.peer.gate().clone();
    let ended = cx.finish().await;
    let result =
        result.map_err(|failure| precondition::folded(&gate, failure, &ended).replaced(&places));
    let egress = cx.egress();
    let mut leaks = Vec::new();
    for process in &ended {
        leaks.extend(process.report.survivors.iter().cloned());
    }
    let mut violations = judge(examined, case.dialect, observers, &ended, &egress);
    for violation in &mut violations {
        violation.failure = violation.failure.clone().replaced(&places);
    }
    let duration = began.elapsed().saturating_sub(cx.waited().total());
    Attempt { result, leaks, violations, ended, egress, duration, defect, cut }
}

/// Runs the body under the check's own deadline; a panic is ours, so it is inconclusive.
pub(crate) async fn converse(cx: &mut Context, check: &'static Check, limit: Duration) -> Result {
    let body = match check.body {
        Body::Converse(body) => body,
        Body::Observe(_) => match TOUR.first() {
            Some(tour) => *tour,
            None => return Err(Failure::inconclusive("the tour", "no tour is linked in")),
        },
    };
    let waited = cx.waited();
    let unoffered = cx.model.unoffered();
    // Of a subject that does not ask the model service nothing follows once the model was to say something.
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
        // A conversation that is only observed is good for that without the tool, too. For any other check nothing follows
        // from what it finds now, and it may wait in vain for what the tool would have done.
        unoffered = unoffered, if check.observes().is_none() => return Err(unable(&unoffered)),
        unmet = unasked => return Err(unmet),
        ended = waited.limit(limit, guarded) => ended,
    };
    match ended {
        Some(Ok(result)) => result,
        Some(Err(panic)) => Err(Failure::inconclusive("the check panicked", text_of(&*panic))),
        None => Err(cx.peer.out_of_time(limit)),
    }
}

/// The failure of a check whose model wanted to do what the subject does not let it.
fn unable(unoffered: &Unoffered) -> Failure {
    let offered = match unoffered.offered.as_slice() {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    };
    let wanted = &unoffered.wanted;
    let why = format!("the subject offers the model no {wanted}; it offers: {offered}");
    Failure::inconclusive("what the model wants to do", why)
}

/// What a panic said.
pub(crate) fn text_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

fn judge(
    examined: &Examined,
    dialect: Dialect,
    observers: &[&'static Check],
    ended: &[Ended],
    egress: &[Egress],
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for observer in observers {
        let Some(observe) = observer.observes() else { continue };
        if observer.exempts(dialect, examined.profile.release).is_some() {
            continue;
        }
        // A conversation with gaps cannot be judged: what looks like a missing line may have been left out.
        let whole =
            ended.iter().enumerate().filter(|(_, process)| process.transcript.left_out() == 0);
        let found = whole.into_iter().find_map(|(number, process)| {
            let conversation = Conversation {
                transcript: &process.transcript,
                report: &process.report,
                egress,
                dialect,
                release: examined.profile.release,
                handshake: examined.profile.handshake,
            };
            observe(&conversation).err().map(|failure| (number, failure))
        });
        let defect = observer.known_defect(dialect, examined.profile.release);
        violations.extend(found.map(|(process, failure)| Violation {
            observer,
            failure,
            process,
            defect,
        }));
    }
    violations
}
