//! What the final look at all processes found.

use super::Mechanism;
use crate::leak::Leak;

/// What an audit found.
#[derive(Clone, Debug)]
#[must_use = "says what outlived its subject"]
pub struct Audit {
    /// The processes of ours that belong to no subject that is still running, recorded and then ended.
    pub leaks: Vec<Leak>,
    /// What could not be examined. If it is not empty, it is not proven that nothing was left.
    pub doubts: Vec<String>,
    /// The means that were used.
    pub mechanism: Mechanism,
}

impl Audit {
    /// Whether it is proven that nothing was left.
    pub fn is_clean(&self) -> bool {
        self.leaks.is_empty() && self.doubts.is_empty()
    }
}
