//! Stderr is always read, and only its end is kept.

use std::fs;

use reaper::process::Exit;

use crate::alone::alone;
use crate::subject::{LONG, PATIENT, Subject, ends_within, launch, runtime};

#[test]
fn last_words_are_in_the_report() {
    runtime().block_on(async {
        let mut subject = Subject::start("dying", "echo first >&2; cat; echo last >&2; exit 1");
        let report = subject.shutdown(&PATIENT).await;
        assert_eq!(report.stderr.text(), "first\nlast\n");
        assert_eq!((report.stderr.total, report.stderr.lost()), (11, 0));
        assert_eq!(subject.process.stderr(), report.stderr);
    });
}

#[test]
fn stderr_can_be_read_at_any_time() {
    runtime().block_on(async {
        let mut subject = Subject::start("chatty", "echo one >&2; echo ready; cat");
        assert_eq!(subject.line().await, "ready");
        assert_eq!(subject.process.stderr().text(), "one\n");
    });
}

#[test]
fn flood_neither_blocks_the_subject_nor_fills_the_memory() {
    alone("output::flood_neither_blocks_the_subject_nor_fills_the_memory", || {
        let runtime = runtime();
        let before = peak_kib();
        let mut subject = runtime.block_on(async {
            let script = "head -c 100000000 /dev/zero >&2; printf end >&2; exit 6";
            Subject::of(&launch("flooding", script))
        });
        // The runtime is idle meanwhile, so it is not the reader.
        assert!(ends_within(subject.process.pid(), LONG), "blocked");
        let report = runtime.block_on(subject.shutdown(&PATIENT));
        assert_eq!(report.exit, Some(Exit::Code(6)));
        assert_eq!((report.stderr.total, report.stderr.bytes.len()), (100_000_003, 1024));
        assert!(report.stderr.text().ends_with("\0end"));
        let grown = peak_kib() - before;
        assert!(grown < 8 << 10, "{grown} KiB more");
    });
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
