//! Programs of clients, which are talked to while they run.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::live::Control;
use crate::fault::fault;

/// The programs that clients have started and that still run, by the ids that they gave them.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    running: RefCell<HashMap<String, Rc<Control>>>,
    /// The one that was started last; only faults want to know.
    latest: RefCell<String>,
}

impl Programs {
    pub(crate) fn get(&self, id: &str) -> Option<Rc<Control>> {
        let latest = self.latest.borrow();
        let id = if fault!(WRITES_GO_TO_THE_LATEST) { &latest } else { id };
        self.running.borrow().get(id).cloned()
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.running.borrow().contains_key(id)
    }

    pub(crate) fn is_one_running(&self) -> bool {
        !self.running.borrow().is_empty()
    }

    pub(crate) fn add(&self, id: &str, control: Rc<Control>) {
        id.clone_into(&mut self.latest.borrow_mut());
        self.running.borrow_mut().insert(id.to_owned(), control);
    }

    pub(crate) fn remove(&self, id: &str) {
        if !fault!(IDS_USED_UP) {
            self.running.borrow_mut().remove(id);
        }
    }

    pub(crate) fn latest(&self) -> String {
        self.latest.borrow().clone()
    }
}
