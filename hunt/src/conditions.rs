//! Under which conditions a run is done.

use serde::{Deserialize, Serialize};

/// What is done to the machine, or to the messages, while a target runs. The default is nothing at all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// How many copies of the target run at the same time; 1 is the target alone.
    pub copies: usize,
    /// Every copy, and whatever descends from it, has to share one core.
    pub one_core: bool,
    /// Processes that do nothing but use a processor, for each processor of the machine.
    pub busy: usize,
    /// Memory that is held and written over and over, in MiB.
    pub ballast: usize,
    /// How many messages between peer and subject are held back, each for a time that the seed says. Checks only.
    pub delays: usize,
    /// How often the subject is stopped and continued between messages. Checks only.
    pub pauses: usize,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { copies: 1, one_core: false, busy: 0, ballast: 0, delays: 0, pauses: 0 }
    }
}

impl Conditions {
    /// Whether the target runs as it is.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
