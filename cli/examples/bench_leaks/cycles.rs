//! A server started and ended again and again: nothing may add up.

use std::fs;

use harness::AppServer;

use crate::{Programs, Result, say};

/// How much the memory of this process may grow after it has warmed up, in KiB.
const GROWTH: u64 = 4 << 10;

/// What may add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stock {
    children: usize,
    descriptors: usize,
    files: usize,
    resident: u64,
}

pub(crate) fn measure(programs: &Programs, cycles: usize) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let warm_up = (cycles / 10).clamp(1, 500);
    let mut unclean = 0;
    for _ in 0..warm_up {
        unclean += usize::from(!runtime.block_on(cycle(programs))?);
    }
    let before = stock()?;
    for _ in 0..cycles {
        unclean += usize::from(!runtime.block_on(cycle(programs))?);
    }
    let after = stock()?;
    say(&format!("cycles: {cycles} after {warm_up} to warm up; not clean: {unclean}"));
    say(&format!("  before {before:?}\n  after  {after:?}"));
    let audit = reaper::process::audit();
    say(&format!("  left in the end: {}, doubts: {}", audit.leaks.len(), audit.doubts.len()));
    let same = Stock { resident: before.resident, ..after } == before;
    Ok(unclean == 0 && same && after.resident <= before.resident + GROWTH && audit.is_clean())
}

/// Starts, greets and ends the reference subject; whether it ended cleanly.
async fn cycle(programs: &Programs) -> Result<bool> {
    let server = AppServer::builder(&programs.proctor).args(["reference", "app-server"]);
    let server = server.spawn().await.map_err(|failure| format!("{failure:?}"))?;
    let report = server.shutdown().await.map_err(|failure| format!("{failure:?}"))?;
    Ok(report.is_clean() && report.exit.is_some_and(|exit| exit.success()))
}

fn stock() -> Result<Stock> {
    let us = std::process::id();
    let children = fs::read_to_string(format!("/proc/self/task/{us}/children"))?;
    let status = fs::read_to_string("/proc/self/status")?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
    Ok(Stock {
        children: children.split_whitespace().count(),
        descriptors: fs::read_dir("/proc/self/fd")?.count(),
        // The script gives us one of our own.
        files: fs::read_dir(std::env::temp_dir())?.count(),
        resident: resident.parse()?,
    })
}
