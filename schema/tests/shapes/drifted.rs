//! What changed between two releases, and whom that breaks.

use std::time::{Duration, Instant};

use schema::drift::{Breaks, Change, Version, changes};
use schema::{EXPERIMENTAL, Kind, Kit, Set, Shape};
use serde_json::{Value, json};

fn carried(release: &str) -> Version {
    let kit = Kit::carried();
    Version { stable: kit.set(release).unwrap(), all: kit.set(&format!("{release}{EXPERIMENTAL}")) }
}

fn lines(changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| {
        let layer = if change.experimental { " (experimental)" } else { "" };
        format!("{}: {}{layer}: {}", change.place, change.what, change.breaks)
    };
    changes.iter().map(line).collect()
}

#[test]
fn what_the_newest_release_changed_is_listed() {
    let began = Instant::now();
    let lines = lines(&changes(&carried("0.169.0"), &carried("0.171.0")));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let of_requests = |line: &&String| line.starts_with("request") && line.contains("`: added");
    let added: Vec<_> = lines.iter().filter(of_requests).collect();
    assert_eq!(
        added,
        [
            "request `modelProvider/default/set`: added: harmless",
            "request `thread/realtime/list`: added (experimental): harmless",
            "request `thread/search/cancel`: added (experimental): harmless",
            "request `thread/search/stream/cancel`: added (experimental): harmless",
            "request `thread/search/stream`: added (experimental): harmless",
        ]
    );
    for line in [
        "server request `currentTime/read`: removed (experimental): breaks servers",
        "notification `thread/search/partial`: added: harmless",
        "notification `account/updated`: optional member `reason` added: harmless",
        "notification `mcpServer/startupStatus/updated`: optional member `environmentId` added: harmless",
        "server request `mcpServer/elicitation/request`: optional member `(url).environmentId` added: harmless",
        "request `thread/list`: optional member `includedThreadIds` added: harmless",
        "`ThreadItem`: optional member `(mcpToolCall).environmentId` added: harmless",
        "`Project`: required member `position` removed (experimental): breaks clients",
        "`CodexErrorInfo`: value \"bioPolicy\" added: breaks clients",
    ] {
        assert!(lines.iter().any(|known| known == line), "{line}\n{}", lines.join("\n"));
    }
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("`AgentMessageDisplay`: ") && line.contains("removed"))
    );
    assert!(!lines.iter().any(|line| line.starts_with("request") && line.contains("`: removed")));
}

#[test]
fn the_requests_that_went_are_listed() {
    let changes = changes(&carried("0.98.0"), &carried("0.120.0"));
    let of_requests = |change: &&Change| change.place.starts_with("request");
    let gone: Vec<_> =
        changes.iter().filter(of_requests).filter(|change| change.what == "removed").collect();
    assert_eq!(gone.len(), 21, "{gone:#?}");
    assert!(gone.iter().all(|change| change.breaks == Breaks::CLIENTS));
    let hidden = changes.iter().filter(|change| change.what.starts_with("no longer listed"));
    assert_eq!(hidden.count(), 3);
}

#[test]
fn a_release_does_not_differ_from_itself() {
    for release in ["0.58.0", "0.107.0", "0.171.0"] {
        assert_eq!(changes(&carried(release), &carried(release)), []);
    }
}

/// A version with one message of this kind.
fn version(kind: Kind, shape: &Value) -> Version {
    let mut set = Set::new("1");
    set.insert(kind, "m", Shape::of_compact(shape).unwrap());
    Version { stable: set, all: None }
}

fn between(kind: Kind, before: &Value, after: &Value) -> Vec<(String, Breaks)> {
    let changes = changes(&version(kind, before), &version(kind, after));
    changes.into_iter().map(|change| (change.what, change.breaks)).collect()
}

#[test]
fn who_is_broken_depends_on_who_sends_it() {
    use Breaks as B;
    let rows = [
        (
            json!({ "a": "s" }),
            json!({ "a": "s", "b!": "i" }),
            "required member `b` added",
            B::SERVERS,
        ),
        (
            json!({ "a": "s", "b!": "i" }),
            json!({ "a": "s" }),
            "required member `b` removed",
            B::CLIENTS,
        ),
        (json!({ "a!": "s" }), json!({ "a": "s" }), "member `a` is optional now", B::CLIENTS),
        (json!({ "a": "s" }), json!({ "a!": "s" }), "member `a` is required now", B::SERVERS),
        (
            json!({ "a": "s" }),
            json!({ "a": ["|", "s", "z"] }),
            "`a`: the type was a text, is a text or null",
            B::CLIENTS,
        ),
        (
            json!({ "a": ["=", "x"] }),
            json!({ "a": ["=", "x", "y"] }),
            "`a`: value \"y\" added",
            B::CLIENTS,
        ),
        (
            json!({ "a": ["=", "x", "y"] }),
            json!({ "a": ["=", "x"] }),
            "`a`: value \"y\" removed",
            B::SERVERS,
        ),
        (
            json!({ "a": "s" }),
            json!({ "a": "s", "b": "i" }),
            "optional member `b` added",
            B::NOTHING,
        ),
        (
            json!({ "a": ["l", "s"] }),
            json!({ "a": ["l", "i"] }),
            "`a[]`: the type was a text, is a whole number",
            Breaks { clients: true, servers: true },
        ),
    ];
    for (before, after, what, breaks) in rows {
        assert_eq!(between(Kind::Notification, &before, &after), [(what.to_owned(), breaks)]);
        let turned = Breaks { clients: breaks.servers, servers: breaks.clients };
        assert_eq!(between(Kind::Request, &before, &after), [(what.to_owned(), turned)]);
    }
}

#[test]
fn alternatives_are_told_apart_by_their_type() {
    let one = json!({ "type!": ["=", "a"], "x!": "s" });
    let other = json!({ "type!": ["=", "b"], "x!": "s" });
    let changed = json!({ "type!": ["=", "b"], "x": "s" });
    let added = between(Kind::Notification, &one, &json!(["|", one, other]));
    assert_eq!(added, [("type \"b\" added".to_owned(), Breaks::CLIENTS)]);
    let inside =
        between(Kind::Notification, &json!(["|", one, other]), &json!(["|", one, changed]));
    assert_eq!(inside, [("member `(b).x` is optional now".to_owned(), Breaks::CLIENTS)]);
}
