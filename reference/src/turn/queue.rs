//! Turns that are more than talk, and take the place of the one that runs.

use std::rc::Rc;

use super::{Review, Running};
use crate::fault::fault;
use crate::server::Server;
use crate::threads::{Active, Face, Thread};

/// What a turn is for.
#[derive(Debug)]
pub(crate) enum Work {
    /// To hear the user and let the model answer.
    Talk,
    Review(Review),
    /// To make something shorter of what the model knows.
    Compact,
    /// To run a command line of the user.
    Shell(String),
}

/// What a turn is for, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Talk,
    Review,
    Compact,
    Shell,
}

impl Work {
    fn kind(&self) -> Kind {
        match self {
            Self::Talk => Kind::Talk,
            Self::Review(_) => Kind::Review,
            Self::Compact => Kind::Compact,
            Self::Shell(_) => Kind::Shell,
        }
    }
}

/// Starts a turn of its own, which interrupts the one that runs. Returns its id.
pub(crate) fn start_work(server: &Rc<Server>, thread: &Rc<Thread>, work: Work) -> String {
    let active = Rc::new(Active::new(Face::V2, work.kind()));
    let id = active.id.clone();
    let running = thread.active();
    if running.is_some() && is_lost(work.kind()) {
        return id;
    }
    match &running {
        Some(running) => {
            running.next.borrow_mut().get_or_insert_with(|| active.clone());
            running.interrupt.fire();
        }
        None => thread.state_mut().active = Some(active.clone()),
    }
    let turn = Running::new(server, thread, active.clone(), work);
    tokio::task::spawn_local(async move {
        if let Some(running) = running {
            running.over.fired().await;
        }
        // Another one may have taken the place before.
        let is_next = turn.thread.active().is_some_and(|next| Rc::ptr_eq(&next, &active));
        if is_next {
            turn.run().await;
        }
    });
    id
}

/// Whether a defect forgets what is asked for while a turn runs.
fn is_lost(kind: Kind) -> bool {
    match kind {
        Kind::Talk | Kind::Shell => false,
        Kind::Review => fault!(REVIEW_LOST_DURING_A_TURN),
        Kind::Compact => fault!(COMPACTION_LOST_DURING_A_TURN),
    }
}

/// The turn of this id that waits for the end of the one that runs.
pub(crate) fn queued(thread: &Thread, id: &str) -> Option<Rc<Active>> {
    let running = thread.active()?;
    let next = running.next.borrow();
    next.as_ref().filter(|next| next.id == id).cloned()
}
