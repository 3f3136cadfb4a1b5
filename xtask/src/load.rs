//! A busy machine: threads that compute until they are dropped.

use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use clap::ValueEnum;

/// Beside what something is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Beside {
    /// The machine as it is.
    Idle,
    /// Busy threads.
    Busy,
}

impl Beside {
    /// The one that was asked for, or first idle and then busy.
    pub(crate) fn each(wanted: Option<Self>) -> Vec<Self> {
        wanted.map_or_else(|| vec![Self::Idle, Self::Busy], |one| vec![one])
    }

    /// The name in what is printed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Busy => "busy",
        }
    }

    /// The load, which ends when it is dropped.
    pub(crate) fn start(self, threads: usize) -> Load {
        Load::start(if self == Self::Busy { threads } else { 0 })
    }
}

/// Threads that compute. They end with this process, however it ends.
pub(crate) struct Load {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// This many threads.
    pub(crate) fn start(threads: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let spin = |over: Arc<AtomicBool>| {
            move || {
                while !over.load(Ordering::Relaxed) {
                    spin_loop();
                }
            }
        };
        let threads = (0..threads).map(|_| thread::spawn(spin(over.clone()))).collect();
        Self { over, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // It does nothing that could fail.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Beside;

    #[test]
    fn a_busy_machine_has_threads_and_an_idle_one_none() {
        assert_eq!(Beside::Busy.start(2).threads.len(), 2);
        assert_eq!(Beside::Idle.start(2).threads.len(), 0);
        assert_eq!(Beside::each(Some(Beside::Busy)), [Beside::Busy]);
        assert_eq!(Beside::each(None).len(), 2);
    }
}
