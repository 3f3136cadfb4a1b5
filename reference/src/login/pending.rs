//! The login that is under way, until it is complete.

use std::cell::{Cell, RefCell};

use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::threads::Face;

/// The login that is under way.
#[derive(Debug, Default)]
pub(crate) struct Logins {
    pub(super) pending: RefCell<Option<Pending>>,
    /// How many have begun; only a fault wants to know.
    pub(super) begun: Cell<usize>,
}

/// A login that is not complete.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(super) id: Uuid,
    pub(super) face: Face,
    pub(super) waiting: JoinHandle<()>,
}

impl Logins {
    /// Whether one is under way.
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.borrow().is_some()
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.waiting.abort();
    }
}
