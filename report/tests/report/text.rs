//! The report as text, for people.

use pretty_assertions::assert_eq;
use report::text;
use report::text::Style;
use report::{Note, Outcome, Verdict};
use shown::Paint;

use crate::sample;

const HEADER: &str =
    "my-server app-server, version 1.2.3, speaks v1 and v2, calls itself mine/1.2.3\n";

#[test]
fn a_mismatch() {
    let expected = "\
MUST lifecycle::initialize_only_once@v2: A server MUST reject a second `initialize` on the same connection.
  reply to the second `initialize`
  expected  -32600
  observed  -32601
  source    app-server README, Initialization
  check     suites/src/lifecycle.rs:7
  repeat    proctor run --check 'lifecycle::initialize_only_once@v2' -- my-server app-server
  transcript
        0.2 ms -> {\"id\":1,\"method\":\"initialize\"}
        4.0 ms <- {\"id\":1,\"result\":{}}
";
    assert_eq!(text::case(&sample::mismatch()), expected);
}

#[test]
fn a_timeout_shows_other_messages() {
    let expected = "\
MUST lifecycle::completes@v2: A server MUST reject a second `initialize` on the same connection.
  waiting for the notification `done`
  expected  it within 15s
  observed  something else came: `busy`; the subject still runs
  came      {\"method\":\"busy\"}
  stderr    warning: slow
  source    app-server README, Initialization
  check     suites/src/lifecycle.rs:7
  repeat    proctor run --check 'lifecycle::completes@v2' -- my-server app-server
";
    assert_eq!(text::case(&sample::timeout()), expected);
}

#[test]
fn a_subject_that_died() {
    let expected = "\
MUST lifecycle::survives@v2: A server MUST reject a second `initialize` on the same connection.
  the connection
  expected  the answer to `ping` (id 2)
  observed  the subject had ended: signal 11 (SIGSEGV)
  source    app-server README, Initialization
  check     suites/src/lifecycle.rs:7
  repeat    proctor run --check 'lifecycle::survives@v2' -- my-server app-server
";
    assert_eq!(text::case(&sample::closed()), expected);
}

#[test]
fn an_inconclusive_case_is_not_blamed_on_the_subject() {
    let expected = "\
MUST lifecycle::starts@v2: A server MUST reject a second `initialize` on the same connection.
  we could not tell: starting the subject
  because   no file descriptors left
  source    app-server README, Initialization
  check     suites/src/lifecycle.rs:7
  repeat    proctor run --check 'lifecycle::starts@v2' -- my-server app-server
";
    assert_eq!(text::case(&sample::inconclusive()), expected);
}

#[test]
fn one_cause_is_shown_once() {
    let mut report =
        sample::report(Verdict::Nonconformant, vec![sample::mismatch(), sample::timeout()]);
    for name in ["another", "a_third"] {
        let mut same = sample::mismatch();
        same.id = format!("lifecycle::{name}");
        report.checks.push(same);
    }
    let text = text::render(&report, Style::default());
    assert_eq!(text.matches("observed  -32601").count(), 1, "{text}");
    assert!(
        text.contains(
            "  the same  in 2 more checks: lifecycle::another@v2, lifecycle::a_third@v2\n"
        ),
        "{text}"
    );
    // The most frequent cause comes first.
    assert!(text.find("-32601") < text.find("waiting for the notification"), "{text}");
}

#[test]
fn checks_with_a_missing_need_share_one_line() {
    let mut report = sample::report(Verdict::Nonconformant, vec![sample::mismatch()]);
    for name in ["one", "other"] {
        let mut unmet = sample::check(name, Outcome::Inconclusive);
        unmet.needs = Some("thread/start".to_owned());
        let observed = "thread/start fails (reply to `thread/start`: error -32603 \"boom\")";
        unmet.failure = Some(sample::failure("this needs thread/start", "", observed));
        report.checks.push(unmet);
    }
    let text = text::render(&report, Style::default());
    let line = "inconclusive: 2 checks need `thread/start`, which fails (reply to `thread/start`: error -32603 \"boom\")\n";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("  checks    lifecycle::one@v2, lifecycle::other@v2\n"), "{text}");
}

#[test]
fn needed_checks_come_before_frequent_causes() {
    let mut report =
        sample::report(Verdict::Nonconformant, vec![sample::mismatch(), sample::timeout()]);
    report.checks.push(sample::mismatch());
    report.checks[1].grants = vec!["thread/start".to_owned()];
    let text = text::render(&report, Style::default());
    assert!(text.find("waiting for the notification") < text.find("-32601"), "{text}");
}

#[test]
fn a_leak_names_the_process_and_what_it_holds() {
    let expected = "\
MUST lifecycle::ends_its_commands@v2: A server MUST reject a second `initialize` on the same connection.
  leaked    pid 4242: sleep 600
            child of the subject, in a session of its own
            holds 2: stderr of the subject, 3: /tmp/x
  source    app-server README, Initialization
  repeat    proctor run --check 'lifecycle::ends_its_commands@v2' -- my-server app-server
";
    assert_eq!(text::case(&sample::leaked()), expected);
}

#[test]
fn an_unexpected_pass_names_the_line() {
    let expected = "\
MUST lifecycle::reads_on@v2: A server MUST reject a second `initialize` on the same connection.
  reason    listed as failing (line 3: the server forgets), and it passed
  source    app-server README, Initialization
  repeat    proctor run --check 'lifecycle::reads_on@v2' -- my-server app-server
";
    assert_eq!(text::case(&sample::unexpected_pass()), expected);
}

#[test]
fn values_of_several_lines_stay_aligned() {
    let mut check = sample::mismatch();
    check.failure = Some(sample::failure("a file", "one\ntwo", ""));
    check.transcript.clear();
    let text = text::case(&check);
    assert!(text.contains("  expected  one\n            two\n  observed  (empty)\n"), "{text}");
}

#[test]
fn nothing_of_the_subject_reaches_the_terminal_as_a_command() {
    let mut check = sample::mismatch();
    check.failure = Some(sample::failure("\u{1b}[2J", "\u{7}", "\u{202e}x\r"));
    check.transcript = vec!["\u{9b}31m".to_owned()];
    let report = sample::report(Verdict::Nonconformant, vec![check]);
    let text = text::render(&report, Style::default());
    assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
    assert!(text.contains("\\u{1b}[2J") && text.contains("\\u{202e}x\\u{d}"), "{text}");
}

#[test]
fn a_long_conversation_shows_its_end() {
    let mut check = sample::mismatch();
    check.transcript = (1..=9).map(|number| format!("line {number}")).collect();
    let style = Style { paint: Paint::Plain, transcript: 2 };
    let text = text::render(&sample::report(Verdict::Nonconformant, vec![check]), style);
    assert!(
        text.contains("  transcript\n    … 7 lines before …\n    line 8\n    line 9\n"),
        "{text}"
    );
}

#[test]
fn a_run_where_all_held() {
    let checks = vec![sample::check("answers", Outcome::Passed), sample::not_applicable()];
    let expected = format!(
        "{HEADER}
suite      passed  not applicable
lifecycle       1               1
1 not applicable: the subject does not speak mcp

1 of 1 checks run: 1 passed; 1 not applicable; 1.5 s
verdict: conformant
"
    );
    assert_eq!(
        text::render(&sample::report(Verdict::Conformant, checks), Style::default()),
        expected
    );
}

#[test]
fn a_run_where_everything_happened() {
    let checks = vec![
        sample::known_failure(),
        sample::flaky(),
        sample::leaked(),
        sample::inconclusive(),
        sample::mismatch(),
        sample::unexpected_pass(),
        sample::warned(),
    ];
    let mut report = sample::report(Verdict::Nonconformant, checks);
    report.notes = vec![Note::Stale { line: 9, pattern: "gone::*".to_owned() }];
    let text = text::render(&report, Style::default());

    let headings: Vec<_> = text.lines().filter(|line| line.starts_with("== ")).collect();
    assert_eq!(
        headings,
        [
            "== failed (1)",
            "== leaked (1): everything held, but something outlived the subject",
            "== unexpectedly passed (1): listed as known failures",
            "== inconclusive (1): we could not tell",
            "== warned (1): a SHOULD did not hold",
            "== known failures (1)",
            "== flaky (1): passed in the end",
        ]
    );
    for block in [sample::mismatch(), sample::leaked(), sample::inconclusive(), sample::warned()] {
        assert!(text.contains(&text::case(&block)), "{text}");
    }
    assert!(
        text.contains("  lifecycle::initialize_only_once@v2  the server forgets, issue 12\n"),
        "{text}"
    );
    assert!(
        text.contains("  lifecycle::answers@v2  flaky: held in 1 of 2 attempts; no answer\n"),
        "{text}"
    );
    let end = "
suite      passed  failed  leaked  unexpected  inconclusive  warned  known
lifecycle       1       1       1           1             1       1      1

7 of 7 checks run: 1 passed, 1 failed, 1 leaked, 1 unexpectedly passed, 1 inconclusive, 1 warned, 1 known to fail; 1 flaky; 1.5 s
note: known failures, line 9: `gone::*` matches no check that applies to the subject
verdict: nonconformant
";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn a_stale_line_alone_fails_the_run_and_is_reported() {
    let mut report =
        sample::report(Verdict::Nonconformant, vec![sample::check("answers", Outcome::Passed)]);
    report.notes = vec![Note::Stale { line: 9, pattern: "gone::*".to_owned() }];
    let expected = "\
1 of 1 checks run: 1 passed; 1.5 s
note: known failures, line 9: `gone::*` matches no check that applies to the subject
verdict: nonconformant, since a line of the known failures is stale
";
    assert_eq!(text::verdict(&report, Paint::Plain), expected);
}

#[test]
fn an_interrupted_run_does_not_list_unrun_checks() {
    let checks =
        vec![sample::check("answers", Outcome::Passed), sample::not_run("b"), sample::not_run("c")];
    let mut report = sample::report(Verdict::Incomplete, checks);
    report.notes = vec![Note::Interrupted];
    let expected = format!(
        "{HEADER}
not run: 2 cases, from lifecycle::b@v2 to lifecycle::c@v2

suite      passed  inconclusive
lifecycle       1             2

1 of 3 checks run: 1 passed, 2 not run; 1.5 s
note: the run was interrupted before every check had run
verdict: incomplete, since not every check was run
"
    );
    assert_eq!(text::render(&report, Style::default()), expected);
}

#[test]
fn a_warning_fails_a_strict_run_and_says_why() {
    let report = sample::report(Verdict::Nonconformant, vec![sample::warned()]);
    let text = text::verdict(&report, Paint::Plain);
    assert!(
        text.ends_with("verdict: nonconformant, since a SHOULD counts under --strict\n"),
        "{text}"
    );
}

#[test]
fn a_verdict_says_of_how_much_it_is() {
    let checks = || vec![sample::check("answers", Outcome::Passed)];
    let verdict = |report: &report::Report| {
        text::verdict(report, Paint::Plain).lines().last().map(str::to_owned).unwrap_or_default()
    };
    let mut report = sample::report(Verdict::Conformant, checks());
    report.summary.applicable = 1;
    assert_eq!(verdict(&report), "verdict: conformant");
    report.summary.applicable = 1_234_567;
    assert_eq!(verdict(&report), "verdict: conformant in 1 of 1,234,567 checks");

    let all = [checks(), vec![sample::known_failure(), sample::warned()]].concat();
    let mut report = sample::report(Verdict::Conformant, all);
    report.summary.applicable = 3;
    let but = "with 1 known failure as expected and 1 SHOULD that did not hold";
    assert_eq!(verdict(&report), format!("verdict: conformant, {but}"));

    let stopped = vec![sample::mismatch(), sample::not_run("b"), sample::not_run("c")];
    let mut report = sample::report(Verdict::Nonconformant, stopped);
    (report.summary.applicable, report.stopped_after) = (1_070, Some(1));
    let text = "verdict: nonconformant, stopped after 1 failure; 1 of 1,070 checks run";
    assert_eq!(verdict(&report), text);
}

#[test]
fn cases_shown_before_are_one_line_at_the_end() {
    let (first, mut same, other) = (sample::mismatch(), sample::mismatch(), sample::timeout());
    same.id = "lifecycle::again".to_owned();
    let mut printed = text::Printed::new(Style::default());
    let report =
        sample::report(Verdict::Nonconformant, vec![first.clone(), same.clone(), other.clone()]);
    assert_eq!(printed.subject(&report.subject), HEADER);
    assert_eq!(printed.subject(&report.subject), "");
    assert_eq!(printed.case(&first), format!("\n{}", text::case(&first)));
    let line = format!("\nthe same in lifecycle::again@v2 as in {}\n", first.name());
    assert_eq!(printed.case(&same), line);
    let start = format!(
        "
== failed (3)
  lifecycle::initialize_only_once@v2  shown above
  the same  in 1 more check: lifecycle::again@v2

{}",
        text::case(&other)
    );
    let rest = text::rest(&report, &printed);
    assert!(rest.starts_with(&start), "{rest}");
}

#[test]
fn zero_checks_prove_nothing() {
    let report = sample::report(Verdict::Incomplete, vec![sample::not_applicable()]);
    let text = text::verdict(&report, Paint::Plain);
    assert!(text.starts_with("0 of 0 checks run: none passed; 1 not applicable"), "{text}");
    assert!(
        text.ends_with("verdict: incomplete, since no check applies to the subject\n"),
        "{text}"
    );
}

#[test]
fn colours_are_only_for_terminals() {
    let report = sample::report(Verdict::Nonconformant, vec![sample::mismatch()]);
    let coloured = text::render(&report, Style { paint: Paint::Terminal, transcript: 12 });
    assert!(coloured.contains("verdict: \u{1b}[1;31mnonconformant\u{1b}[0m\n"), "{coloured:?}");
}
