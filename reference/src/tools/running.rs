//! The sessions of a thread: programs of the model that go on between its calls.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use serde_json::{Value, json};

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

    /// Ends all of them, and knows them until they have ended.
    pub(crate) fn strike(&self) {
        self.0.borrow().values().for_each(|session| session.control.end());
    }

    /// Ends one; whether it was there and still ran.
    pub(crate) fn end_one(&self, id: i64) -> bool {
        let session = self.0.borrow_mut().remove(&id).filter(|session| session.runs());
        if let Some(session) = &session
            && !fault!(TERMINAL_OUTLIVES_ITS_END)
        {
            session.control.end();
        }
        session.is_some()
    }

    /// Those that still run, as clients see them.
    pub(crate) fn shown(&self) -> Vec<Value> {
        let sessions = self.0.borrow();
        let always = fault!(TERMINALS_LISTED_FOR_EVER);
        let running = sessions.values().filter(|session| always || session.runs());
        running.map(|session| session.shown()).collect()
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
    pub(super) line: String,
    pub(super) cwd: PathBuf,
}

impl Session {
    fn runs(&self) -> bool {
        self.code.get().is_none()
    }

    fn shown(&self) -> Value {
        json!({
            "itemId": self.call, "processId": self.id.to_string(), "command": self.line,
            "cwd": self.cwd, "osPid": null, "cpuPercent": null, "rssKb": null,
        })
    }
}
