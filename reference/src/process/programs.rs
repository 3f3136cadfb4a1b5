//! Programs of clients, which are talked to while they run.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::live::{Control, Owner, survives};
use crate::clients::Number;
use crate::fault::fault;

/// The programs that clients have started and that still run, by their client and the ids that it gave them.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    running: RefCell<HashMap<(Number, String), Rc<Control>>>,
    /// The one that was started last; only faults want to know.
    latest: RefCell<String>,
}

impl Programs {
    pub(crate) fn get(&self, client: Number, id: &str) -> Option<Rc<Control>> {
        let latest = self.latest.borrow();
        let id = if fault!(WRITES_GO_TO_THE_LATEST) { &latest } else { id };
        let running = self.running.borrow();
        let other = || running.iter().find(|((_, other), _)| other == id);
        let any = other().filter(|_| fault!(PROGRAMS_OF_ALL_CLIENTS)).map(|(_, program)| program);
        running.get(&(client, id.to_owned())).or(any).cloned()
    }

    pub(crate) fn has(&self, client: Number, id: &str) -> bool {
        self.running.borrow().contains_key(&(client, id.to_owned()))
    }

    pub(crate) fn is_one_running(&self) -> bool {
        !self.running.borrow().is_empty()
    }

    pub(crate) fn add(&self, client: Number, id: &str, control: Rc<Control>) {
        id.clone_into(&mut self.latest.borrow_mut());
        self.running.borrow_mut().insert((client, id.to_owned()), control);
    }

    pub(crate) fn remove(&self, client: Number, id: &str) {
        if !fault!(IDS_USED_UP) {
            self.running.borrow_mut().remove(&(client, id.to_owned()));
        }
    }

    /// Ends the programs of a client that is gone.
    pub(crate) fn leave(&self, client: Number) {
        let running = self.running.borrow();
        let own = running.iter().filter(|((of, _), _)| *of == client);
        own.filter(|_| !survives(Owner::Client)).for_each(|(_, program)| program.end());
    }

    pub(crate) fn latest(&self) -> String {
        self.latest.borrow().clone()
    }
}
