//! The sessions of a thread: programs of the model that go on between its calls.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use crate::fault::fault;
use crate::process::live::Control;
use crate::signal::Signal;
use crate::variant::variant;

/// The sessions of a thread, by the numbers that the model knows them by.
#[derive(Debug, Default)]
pub(crate) struct Sessions(RefCell<BTreeMap<i64, Rc<Session>>>);

impl Sessions {
    /// Ends all of them.
    pub(crate) fn end(&self) {
        self.0.take().into_values().for_each(|session| session.control.end());
    }

    /// Takes them from the model when a turn was interrupted, as far as that is done.
    pub(crate) fn interrupted(&self) {
        if variant!(INTERRUPT_ENDS_SESSIONS) {
            self.end();
        }
        if fault!(INTERRUPT_LOSES_SESSIONS) {
            self.0.take();
        }
    }

    /// Ends them with the turn where a defect says so.
    pub(crate) fn turn_over(&self) {
        if fault!(SESSIONS_END_WITH_THE_TURN) {
            self.end();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Keeps one for further calls.
    pub(super) fn keep(&self, session: Rc<Session>) {
        self.0.borrow_mut().insert(session.id, session);
    }

    pub(super) fn forget(&self, id: i64) {
        self.0.borrow_mut().remove(&id);
    }

    pub(super) fn find(&self, id: i64) -> Option<Rc<Session>> {
        let sessions = self.0.borrow();
        let latest = fault!(SESSIONS_MIXED_UP);
        let found = if latest { sessions.values().next_back() } else { sessions.get(&id) };
        found.cloned()
    }
}

/// A program that the model talks to.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) id: i64,
    /// The call that began it, and its item.
    pub(super) call: String,
    pub(super) control: Rc<Control>,
    pub(super) started: Instant,
    /// What it has said since the model last heard of it.
    pub(super) fresh: RefCell<Vec<u8>>,
    pub(super) code: Cell<Option<i32>>,
    pub(super) over: Signal,
    /// Whether the call that began it was given up.
    pub(super) given_up: Cell<bool>,
}
