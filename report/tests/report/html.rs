//! The page.

use report::html;
use report::{Note, Outcome, Reason, Verdict};

use crate::sample;

#[test]
fn the_summary_comes_before_the_cases() {
    let page = html::render(&sample::report(
        Verdict::Nonconformant,
        vec![sample::mismatch(), sample::flaky()],
    ));
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text} in {page}"));
    let order = [
        at("<h1>my-server app-server</h1>"),
        at("<p class=\"verdict bad\">nonconformant</p>"),
        at("2 of 2 checks run: 1 passed, 1 failed; 1 flaky; 1.5 s"),
        at("<tr><td>lifecycle</td>"),
        at("<h2>Failed (1)</h2>"),
        at("<dt>observed</dt><dd>-32601</dd>"),
        at(
            "<dt>repeat</dt><dd>proctor run --check &#39;lifecycle::initialize_only_once@v2&#39; -- my-server app-server</dd>",
        ),
        at(
            "<li class=\"ours\"><time>0.2</time>{&quot;id&quot;:1,&quot;method&quot;:&quot;initialize&quot;}</li>",
        ),
        at("<li class=\"theirs\"><time>4.0</time>{&quot;id&quot;:1,&quot;result&quot;:{}}</li>"),
        at("<h2>Passed (1)</h2>"),
        at("flaky: held in 1 of 2 attempts"),
    ];
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn nothing_of_the_subject_becomes_markup() {
    let evil = "</dd><script>alert(1)</script><img src=x onerror=\"y\">";
    let mut failed = sample::mismatch();
    failed.failure = Some(sample::failure(evil, evil, evil));
    failed.transcript = vec![format!("    1.0 ms <- {evil}"), evil.to_owned()];
    let mut leaked = sample::leaked();
    leaked.leaks[0].command = evil.to_owned();
    let mut exempt = sample::not_applicable();
    exempt.reason = Some(Reason::Exempt(evil.to_owned()));
    let mut report = sample::report(Verdict::Nonconformant, vec![failed, leaked, exempt]);
    report.subject.command = vec![evil.to_owned()];
    report.subject.user_agent = Some(evil.to_owned());
    report.subject.version = Some(evil.to_owned());
    report.notes = vec![Note::Doubt(evil.to_owned())];
    let page = html::render(&report);
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("\"y\""),
        "{page}"
    );
}

#[test]
fn the_page_stands_alone() {
    let checks = vec![sample::mismatch(), sample::check("answers", Outcome::Passed)];
    let page = html::render(&sample::report(Verdict::Nonconformant, checks));
    assert!(!page.contains("src=") && !page.contains("href=") && !page.contains("url("), "{page}");
    assert!(page.starts_with("<!DOCTYPE html>\n") && page.ends_with("</html>\n"));
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("@media print"));
    // Every element that is opened is closed; those without an end are left out.
    for tag in [
        "article", "dl", "ol", "li", "table", "tr", "td", "th", "h2", "h3", "p", "dd", "dt",
        "code", "span",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}
