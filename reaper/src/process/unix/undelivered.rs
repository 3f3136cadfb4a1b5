//! Reports of processes that were dropped: `Drop` cannot return them, and must not lose them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::process::ShutdownReport;

/// The number of reports that are kept.
const KEPT: usize = 1_024;

#[derive(Debug)]
struct Kept {
    reports: VecDeque<ShutdownReport>,
    lost: u64,
}

fn kept() -> MutexGuard<'static, Kept> {
    static KEPT: Mutex<Kept> = Mutex::new(Kept { reports: VecDeque::new(), lost: 0 });
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn deliver(report: ShutdownReport) {
    let mut kept = kept();
    if kept.reports.len() == KEPT {
        // A clean report is the smallest loss.
        let clean = kept.reports.iter().position(ShutdownReport::is_clean).unwrap_or(0);
        drop(kept.reports.remove(clean));
        kept.lost += 1;
    }
    kept.reports.push_back(report);
}

/// Takes the reports of processes that were dropped without a shutdown, oldest first.
pub fn take_undelivered() -> Vec<ShutdownReport> {
    take_undelivered_of(|_| true)
}

/// Takes the reports of dropped processes that `fits` accepts, for example by their label.
pub fn take_undelivered_of(fits: impl Fn(&ShutdownReport) -> bool) -> Vec<ShutdownReport> {
    let mut kept = kept();
    let all = std::mem::take(&mut kept.reports);
    let (taken, left): (Vec<_>, Vec<_>) = all.into_iter().partition(fits);
    kept.reports = left.into();
    taken
}

/// The number of reports that were discarded because no caller took them: beyond 1024, the oldest,
/// clean ones first.
pub fn lost_reports() -> u64 {
    kept().lost
}
