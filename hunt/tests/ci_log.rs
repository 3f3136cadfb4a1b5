//! Logs of cargo-nextest, plain and with the decorations of every CI system.

use hunt::ci_log::{self, CiLog, Cut};
use pretty_assertions::assert_eq;

/// Written by cargo-nextest 0.9.143 for a crate whose tests end in every possible way; `old.log`
/// has the format of releases up to 0.9.80, which do not indent the output of tests.
const LOGS: [(&str, &str, &[&str]); 7] = [
    ("default", include_str!("data/ci_log/default.log"), DEFAULT),
    ("retries", include_str!("data/ci_log/retries.log"), RETRIES),
    ("colours", include_str!("data/ci_log/colours.log"), RETRIES),
    ("no-capture", include_str!("data/ci_log/no-capture.log"), NO_CAPTURE),
    ("stress", include_str!("data/ci_log/stress.log"), STRESS),
    ("bar", include_str!("data/ci_log/bar.log"), BAR),
    ("old", include_str!("data/ci_log/old.log"), OLD),
];

const DEFAULT: &[&str] = &[
    "play tests::fails: FAIL",
    "play::leaky aborts: SIGABRT",
    "play::leaky flaky: FAIL",
    "play::leaky fails_and_leaks: FAIL + LEAK",
    "play::leaky flaky_leaks_then_passes: FAIL + LEAK",
    "play::leaky flaky_then_leaks: FAIL",
    "play::leaky leak_is_failure: LEAK-FAIL",
    "play::leaky leaks: LEAK",
    "play::leaky prints_lookalikes: FAIL",
    "play::bin/tool tests::in_a_binary_leaks: LEAK",
    "play::leaky hangs: TIMEOUT",
];
const RETRIES: &[&str] = &[
    "play tests::fails: FAIL/1, FAIL/2",
    "play::leaky aborts: SIGABRT/1, SIGABRT/2",
    "play::leaky flaky: FAIL/1, FLAKY/2",
    "play::leaky fails_and_leaks: FAIL + LEAK/1, FAIL + LEAK/2",
    "play::leaky flaky_leaks_then_passes: FAIL + LEAK/1, FLAKY/2",
    "play::leaky flaky_then_leaks: FAIL/1, FLAKY/2",
    "play::leaky leak_is_failure: LEAK-FAIL/1, LEAK-FAIL/2",
    "play::leaky leaks: LEAK",
    "play::leaky prints_lookalikes: FAIL/1, FAIL/2",
    "play::bin/tool tests::in_a_binary_leaks: LEAK",
    "play::leaky hangs: TIMEOUT/1, TIMEOUT/2",
];
const NO_CAPTURE: &[&str] = &[
    "play tests::fails: FAIL",
    "play::leaky aborts: SIGABRT",
    "play::leaky fails_and_leaks: FAIL",
    "play::leaky flaky: FAIL",
    "play::leaky flaky_leaks_then_passes: FAIL",
    "play::leaky flaky_then_leaks: FAIL",
    "play::leaky hangs: TIMEOUT",
    "play::leaky prints_lookalikes: FAIL",
];
const STRESS: &[&str] = &[
    "play::leaky flaky: FAIL/1 #1, FLAKY/2 #1, FAIL/1 #2, FLAKY/2 #2",
    "play::leaky fails_and_leaks: FAIL + LEAK/1 #1, FAIL + LEAK/2 #1, FAIL + LEAK/1 #2, FAIL + LEAK/2 #2",
    "play::leaky flaky_leaks_then_passes: FAIL + LEAK/1 #1, FLAKY/2 #1, FAIL + LEAK/1 #2, FLAKY/2 #2",
    "play::leaky flaky_then_leaks: FAIL/1 #1, FLAKY/2 #1, FAIL/1 #2, FLAKY/2 #2",
    "play::leaky leaks: LEAK #1, LEAK #2",
    "play::bin/tool tests::in_a_binary_leaks: LEAK #1, LEAK #2",
];
const BAR: &[&str] = &[
    "play::leaky flaky: FAIL/1, FLAKY/2",
    "play::leaky fails_and_leaks: FAIL + LEAK/1, FAIL + LEAK/2",
    "play::leaky flaky_leaks_then_passes: FAIL + LEAK/1, FLAKY/2",
    "play::leaky flaky_then_leaks: FAIL/1, FLAKY/2",
    "play::leaky leaks: LEAK",
    "play::bin/tool tests::in_a_binary_leaks: LEAK",
];
const OLD: &[&str] = &[
    "play tests::fails: FAIL",
    "play::leaky leaks: LEAK",
    "play::leaky flaky: FAIL/1, FLAKY/2",
    "play::leaky fails_and_leaks: FAIL + LEAK",
    "play::leaky aborts: SIGABRT",
    "play::leaky hangs: TIMEOUT",
    "play::gone any: XFAIL (could not be started)",
    "play::bin/tool tests::in_a_binary_leaks: LEAK",
];

/// Each test once, with its different statuses in the log, in order.
fn said(log: &CiLog) -> Vec<String> {
    let of = |finding: &ci_log::Finding| {
        let mut words: Vec<String> = Vec::new();
        for sighting in &finding.sightings {
            let attempt = sighting.attempt.map_or_else(String::new, |n| format!("/{n}"));
            let stress = sighting.stress.map_or_else(String::new, |n| format!(" #{n}"));
            let word = format!("{}{attempt}{stress}", sighting.status);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        format!("{} {}: {}", finding.binary_id, finding.test, words.join(", "))
    };
    log.findings.iter().map(of).collect()
}

#[track_caller]
fn assert_said(bytes: &[u8], expected: &[&str], what: &str) {
    let log = ci_log::read(bytes);
    assert_eq!(said(&log), expected, "{what}");
    assert_eq!(log.unreadable, [], "{what}");
}

fn lines(log: &str, decorate: impl Fn(usize, &str) -> String) -> Vec<u8> {
    log.lines()
        .enumerate()
        .map(|(index, line)| decorate(index, line) + "\n")
        .collect::<String>()
        .into_bytes()
}

/// A tool, and its decoration of a log.
type Decoration = (&'static str, fn(&str) -> Vec<u8>);

fn stamp(index: usize) -> String {
    format!(
        "2026-11-20T10:{:02}:{:02}.{:07}Z",
        index / 60 % 60,
        index % 60,
        index * 7919 % 10_000_000
    )
}

fn circle(log: &str) -> Vec<u8> {
    let outputs: Vec<serde_json::Value> = log
        .lines()
        .collect::<Vec<_>>()
        .chunks(50)
        .map(|chunk| serde_json::json!({ "message": chunk.join("\r\n") + "\r\n", "time": "2026-11-20T10:11:12.1Z", "type": "out" }))
        .collect();
    serde_json::to_vec(&outputs).expect("values are JSON")
}

const DECORATIONS: &[Decoration] = &[
    ("nothing", |log| log.as_bytes().to_vec()),
    ("GitHub Actions", |log| {
        let body = lines(log, |n, line| format!("{} {line}", stamp(n)));
        [format!("\u{feff}{} ##[group]Run cargo nextest run\n", stamp(0)).as_bytes(), &body]
            .concat()
    }),
    ("gh run view --log", |log| {
        lines(log, |n, line| {
            let mark = if n == 0 { "\u{feff}" } else { "" };
            format!("test (ubuntu-latest, stable)\tRun tests\t{mark}{} {line}", stamp(n))
        })
    }),
    ("GitHub error command", |log| lines(log, |n, line| format!("{} ##[error]{line}", stamp(n)))),
    ("GitLab", |log| {
        let head = "section_start:1763633472:step_script\r\x1b[0K\x1b[0Ksection header\n";
        [head.as_bytes(), log.as_bytes(), b"section_end:1763633472:step_script\r\x1b[0K\n"].concat()
    }),
    ("GitLab with timestamps", |log| {
        lines(log, |n, line| format!("2026-11-20T10:11:{:02}.123456Z 0{}O {line}", n % 60, n % 2))
    }),
    ("Buildkite", |log| {
        lines(log, |n, line| format!("\x1b_bk;t={}\x07{line}\r", 1_763_633_472_000_u64 + n as u64))
    }),
    ("Buildkite, control characters lost", |log| lines(log, |n, line| format!("_bk;t={n}{line}"))),
    ("Buildkite with timestamps", |log| {
        lines(log, |n, line| format!("[2026-11-20T10:11:{:02}Z] {line}", n % 60))
    }),
    ("CircleCI", circle),
    ("Azure", |log| lines(log, |n, line| format!("{} {line}\r", stamp(n)))),
    ("Jenkins", |log| {
        lines(log, |n, line| {
            format!("[2026-11-20T10:11:{:02}.{:03}Z] [linux] {line}", n % 60, n % 999)
        })
    }),
    ("TeamCity", |log| {
        lines(log, |n, line| format!("[10:11:{:02}]W:\t [Step 2/3] {line}", n % 60))
    }),
    ("docker compose", |log| lines(log, |_, line| format!("tests-1  | {line}"))),
    ("docker compose with timestamps", |log| {
        lines(log, |n, line| format!("tests-1  | {} {line}", stamp(n)))
    }),
    ("act", |log| lines(log, |_, line| format!("[CI/test]   | {line}"))),
    ("Cloud Build", |log| lines(log, |_, line| format!("Step #2 - \"test\": {line}"))),
    ("systemd", |log| {
        lines(log, |n, line| format!("Nov  2 10:11:{:02} host ci[42]: {line}", n % 60))
    }),
    ("an unknown tool", |log| lines(log, |n, line| format!("worker{}@{n:04} >> {line}", n % 10))),
    ("CRLF and a mark", |log| {
        [b"\xef\xbb\xbf".as_slice(), &lines(log, |_, line| format!("{line}\r"))].concat()
    }),
    ("UTF-16", |log| {
        [0xff, 0xfe].into_iter().chain(log.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    }),
    ("a quotation", |log| lines(log, |_, line| format!("> {line}"))),
    ("escapes written out", |log| log.replace('\x1b', "\\u001b").into_bytes()),
];

#[test]
fn every_log_says_the_same_however_it_is_decorated() {
    for (name, log, expected) in LOGS {
        for (tool, decorate) in DECORATIONS {
            assert_said(&decorate(log), expected, &format!("{name}, decorated by {tool}"));
        }
    }
}

/// When text is copied from the web pages of CI systems, the escape character or leading spaces are
/// lost.
#[test]
fn copies_that_lost_something() {
    let colours = include_str!("data/ci_log/colours.log");
    assert_said(colours.replace('\x1b', "").as_bytes(), RETRIES, "escape characters lost");
    assert_said(
        colours.replace('\x1b', "\u{fffd}").as_bytes(),
        RETRIES,
        "escape characters replaced",
    );
    let old = include_str!("data/ci_log/old.log");
    assert_said(&lines(old, |_, line| line.trim_start().to_owned()), OLD, "leading spaces lost");
    let collapse = |_, line: &str| {
        line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    assert_said(&lines(old, collapse), OLD, "spaces collapsed");
    assert_said(
        &lines(old, |n, line| format!("{} {}", stamp(n), line.trim_start())),
        OLD,
        "stamped, leading spaces lost",
    );
}

#[test]
fn an_excerpt_is_enough() {
    let excerpt = "LEAK [   0.167s] ( 9/13) play::leaky leaks\n        FAIL [   0.005s] (10/13) play::leaky other\n";
    assert_said(
        excerpt.as_bytes(),
        &["play::leaky leaks: LEAK", "play::leaky other: FAIL"],
        "as selected with a mouse",
    );
    let indented = "            LEAK [   0.167s] ( 9/13) play::leaky leaks\n";
    assert_said(indented.as_bytes(), &["play::leaky leaks: LEAK"], "as Markdown wants code");
    assert_said(b"LEAK [   0.167s] play leaks", &["play leaks: LEAK"], "one line, not ended");
}

/// The tests of nextest itself run nextest, and so do these.
#[test]
fn the_output_of_tests_is_not_taken_for_nextests() {
    let inner = include_str!("data/ci_log/default.log");
    let inner: String = inner.lines().map(|line| format!("    {line}\n")).collect();
    let outer = format!(
        "    Starting 1 test across 1 binary\n        FAIL [   0.005s] (1/1) outer::runs nextest\n  stdout ───\n\n{inner}\n\
         ────────────\n     Summary [   0.010s] 1 test run: 0 passed, 1 failed, 0 skipped\n\
         \u{20}       FAIL [   0.005s] (1/1) outer::runs nextest\n"
    );
    for (tool, decorate) in DECORATIONS {
        assert_said(&decorate(&outer), &["outer::runs nextest: FAIL"], tool);
    }
}

#[test]
fn a_line_that_does_not_fit_its_run_is_output() {
    let run = |line: &str| {
        format!(
            "    Starting 2 tests across 1 binary\n        FAIL [   0.005s] (1/2) a one\n  stdout ───\n\n    running 1 test\n{line}\n\n\
             \u{20}       LEAK [   0.005s] (2/2) a two\n"
        )
    };
    let expected = ["a one: FAIL", "a two: LEAK"];
    for line in [
        "        LEAK [   0.212s] (7/9) fake fake",
        "        LEAK [   0.212s] fake fake",
        "        LEAK [   0.212s] (2/2) fake fake",
        "    LEAK [   0.212s] (2/2) fake fake",
        "        LEAK (2/2) fake fake",
        "        leak [   0.212s] (2/2) fake fake",
        "        LEAK [   0.212] (2/2) fake fake",
        "          5/ LEAK [   0.212s] (2/2) fake fake",
        "    SETUP LEAK [   0.212s] (2/2) fake fake",
    ] {
        assert_said(run(line).as_bytes(), &expected, line);
    }
}

/// It would be mistaken for the line of another service or job.
#[test]
fn output_in_the_form_of_a_decoration_is_output() {
    for prefix in ["fake  | ", "fake\tfake\t", "[fake] "] {
        let log = format!(
            "    Starting 1 test across 1 binary\n       START [         ] (1/1) a one\n{prefix}        FAIL [   0.005s] (1/1) b two\n\
             \u{20}       LEAK [   0.005s] (1/1) a one\n"
        );
        assert_said(log.as_bytes(), &["a one: LEAK"], prefix);
    }
}

/// Known limits: nothing in the log distinguishes these lines from nextest's own.
#[test]
fn indistinguishable_lines_are_accepted() {
    let captured = "    Starting 2 tests across 1 binary\n        FAIL [   0.005s] (1/2) a one\n  stdout ───\n\n\
                    \u{20}       LEAK [   0.005s] (2/2) fake fake\n";
    assert_said(
        captured.as_bytes(),
        &["a one: FAIL", "fake fake: LEAK"],
        "four columns less, after an empty line",
    );
    let old = "    Starting 2 tests across 1 binary\n        LEAK [   0.005s] fake fake\n";
    assert_said(old.as_bytes(), &["fake fake: LEAK"], "a release that neither indents nor counts");
}

#[test]
fn setup_scripts_are_not_tests() {
    let log = "    Starting 1 test across 1 binary\n       SETUP [      1/1] db: ./start-db\n  SETUP LEAK [   0.212s] [1/1] db: ./start-db\n\
               \u{20}       PASS [   0.005s] (1/1) a one\n";
    assert_said(log.as_bytes(), &[], "a script that leaks");
}

#[test]
fn services_that_write_at_the_same_moment_are_kept_apart() {
    let log = "unit-1  |     Starting 2 tests across 1 binary\nweb-1   |     Starting 9 tests across 1 binary\n\
               unit-1  |         LEAK [   0.212s] (1/2) a one\nweb-1   |         LEAK [   0.212s] (8/9) b two\n";
    let log = ci_log::parse(log);
    assert_eq!(said(&log), ["a one: LEAK", "b two: LEAK"]);
    let sources: Vec<_> =
        log.findings.iter().map(|finding| finding.sightings[0].source.as_deref()).collect();
    assert_eq!(sources, [Some("unit-1"), Some("web-1")]);
}

#[test]
fn a_test_of_several_jobs_is_one_test() {
    let line =
        |job: &str| format!("{job}\ttest\t{}         LEAK [   0.212s] (1/2) a one\n", stamp(1));
    let log = ci_log::parse(&(line("linux") + &line("macos")));
    assert_eq!(said(&log), ["a one: LEAK"]);
    let sources: Vec<_> =
        log.findings[0].sightings.iter().map(|sighting| sighting.source.as_deref()).collect();
    assert_eq!(sources, [Some("linux / test"), Some("macos / test")]);
}

#[test]
fn names_that_do_not_end_where_the_line_does() {
    let log = ci_log::parse(
        "        LEAK [   0.212s] (1/2) a-crate::integration module::a_long_name_that_goes_on_\nand_ends_here\n\
         \u{20}       LEAK [   0.212s] (2/2) a-crate::integration module::another…\n\
         \u{20}       LEAK [   0.212s] (1/2) a-crate::integration\n module::the_name_is_on_the_next_line\n\
         \u{20}       LEAK [   0.212s] (1/2) a-crate::\n",
    );
    let cuts: Vec<_> = log
        .findings
        .iter()
        .map(|finding| (finding.test.as_str(), &finding.sightings[0].cut))
        .collect();
    let expected = [
        ("module::a_long_name_that_goes_on_", &Cut::Wrapped("and_ends_here".to_owned())),
        ("module::another", &Cut::Ellipsis),
        ("module::the_name_is_on_the_next_line", &Cut::No),
    ];
    assert_eq!(cuts, expected);
    let unreadable: Vec<_> =
        log.unreadable.iter().map(|line| (line.line, line.text.as_str())).collect();
    assert_eq!(unreadable, [(6, "LEAK [   0.212s] (1/2) a-crate::")]);
}

#[test]
fn every_word_of_nextest_is_known() {
    let words = [
        ("        PASS", None),
        ("        LEAK", Some("LEAK")),
        ("TIMEOUT-PASS", None),
        (" SLOW + LEAK", Some("LEAK")),
        (" SLOW+TMPASS", None),
        ("        SLOW", None),
        ("   LEAK-FAIL", Some("LEAK-FAIL")),
        ("TRY 2 LKFAIL", Some("LEAK-FAIL/2")),
        (" FAIL + LEAK", Some("FAIL + LEAK")),
        (" TRY 2 FL+LK", Some("FAIL + LEAK/2")),
        ("   FLAKY 2/3", Some("FLAKY/2")),
        (" FLKY-FL 3/3", Some("FLAKY (a failure here)/3")),
        ("  TRY 3 PASS", Some("FLAKY/3")),
        ("  TRY 2 LEAK", Some("LEAK/2")),
        ("       XFAIL", Some("XFAIL (could not be started)")),
        (" TRY 2 XFAIL", Some("XFAIL (could not be started)/2")),
        ("     TIMEOUT", Some("TIMEOUT")),
        ("   TRY 2 TMT", Some("TIMEOUT/2")),
        ("       ABORT", Some("ABORT")),
        ("ABORT SIG 35", Some("ABORT")),
        ("TRY 2 SIG 35", Some("ABORT/2")),
        ("     SIGSEGV", Some("SIGSEGV")),
        ("  TRY 2 SEGV", Some("SIGSEGV/2")),
        ("   2/3 RETRY", None),
        ("   DELAY 2/3", None),
    ];
    for (word, expected) in words {
        let log = ci_log::parse(&format!("{word} [   0.212s] (1/2) a::b c d\n"));
        let expected: Vec<String> =
            expected.iter().map(|status| format!("a::b c d: {status}")).collect();
        assert_eq!(said(&log), expected, "{word}");
    }
}

#[test]
fn an_empty_log_has_no_findings() {
    assert_eq!(ci_log::read(b""), CiLog::default());
    assert_eq!(ci_log::read(b"\xff\xfe"), CiLog::default());
    assert_eq!(ci_log::read(b"\xc3\x28 no such thing\n"), CiLog::default());
}
