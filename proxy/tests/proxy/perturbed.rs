//! Delays and pauses change only time, and the log records them.

use pretty_assertions::assert_eq;
use proxy::{Delays, End, Log, Pauses, Relay, find};
use tempfile::NamedTempFile;

use crate::world::said;

fn logged(relay: Relay, input: &str) -> (String, Vec<String>) {
    let file = NamedTempFile::new().unwrap();
    let log = Some(Log::new(file.reopen().unwrap()));
    let (output, end) = said(Relay { log, ..relay }, "cat", input.as_bytes());
    assert_eq!(end, End::Code(0));
    let told = std::fs::read_to_string(file.path()).unwrap();
    (String::from_utf8(output).unwrap(), told.lines().map(str::to_owned).collect())
}

/// The log without the times.
fn deeds(lines: &[String]) -> Vec<String> {
    let mut deeds: Vec<_> =
        lines.iter().map(|line| line.rsplit_once(",\"ms\":").unwrap().0.to_owned()).collect();
    // The two directions are logged in any order.
    deeds.sort();
    deeds
}

#[test]
fn a_seed_always_does_the_same() {
    let input: String = (0..100).map(|number| format!("{{\"n\":{number}}}\n")).collect();
    let relay =
        || Relay { delays: Some(Delays::new(3)), pauses: Some(Pauses::new(3)), ..Relay::default() };
    let (output, first) = logged(relay(), &input);
    assert_eq!(output, input);
    assert!(first.iter().any(|line| line.contains("delayed_ms")), "{first:?}");
    assert!(first.iter().any(|line| line.contains("paused_ms")), "{first:?}");
    assert_eq!(deeds(&logged(relay(), &input).1), deeds(&first));
}

#[test]
fn changes_are_logged() {
    let relay = Relay { fault: Some(find("id-null").unwrap()), ..Relay::default() };
    let (_, told) = logged(relay, "{\"id\":1,\"result\":1}\n{\"id\":2,\"result\":2}\n");
    let bent = r#"{"from":"subject","line":1,"was":"{\"id\":2,\"result\":2}\n","became":[{"to":"client","send":"{\"id\":null,\"result\":2}\n"}]"#;
    assert_eq!(deeds(&told), [bent]);
}
