//! A comparison as text, Markdown and JSON.

use report::Outcome;
use report::markdown::table;
use schema::drift::Change;
use serde_json::{Value, json};
use shown::printable;

use super::compared::{Changed, Compared};
use super::observed::Difference;

/// The name and version of the JSON.
const SCHEMA: &str = "proctor.drift/1";
/// The number of bytes of a name that fit on a line.
const WIDTH: usize = 300;

/// What a change is about: the headings, in order.
const PARTS: [(&str, &[&str]); 4] = [
    (
        "Messages that came or went",
        &["added", "removed", "no longer", "is experimental", "is no longer"],
    ),
    ("What clients send", &["request", "client notification", "result of the server request"]),
    ("What servers send", &["notification", "server request", "result", "error", "event"]),
    ("What several messages contain", &[""]),
];

/// The changes under each heading.
fn parts(changes: &[Change]) -> Vec<(&'static str, Vec<&Change>)> {
    let part = |change: &Change| {
        let starts = |text: &str, with: &[&str]| with.iter().any(|with| text.starts_with(with));
        let comes = starts(&change.what, PARTS[0].1);
        let place = PARTS.iter().skip(1).position(|(_, with)| starts(&change.place, with));
        if comes { 0 } else { place.map_or(PARTS.len() - 1, |at| at + 1) }
    };
    let of = |at: usize| changes.iter().filter(|change| part(change) == at).collect::<Vec<_>>();
    let all = PARTS.iter().enumerate().map(|(at, (heading, _))| (*heading, of(at)));
    all.filter(|(_, changes)| !changes.is_empty()).collect()
}

fn name(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("not reported", Outcome::name)
}

fn layer(change: &Change) -> &'static str {
    if change.experimental { " (experimental)" } else { "" }
}

fn shown(text: &str) -> String {
    printable(text.as_bytes(), WIDTH)
}

/// The changes in one line: how many break whom.
fn summary(compared: &Compared) -> String {
    let mut parts = Vec::new();
    if let Some(changes) = &compared.changes {
        let count = |is: fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count();
        parts.push(format!(
            "{} changes of the schema: {} break clients, {} break servers, {} are harmless",
            changes.len(),
            count(|change| change.breaks.clients),
            count(|change| change.breaks.servers),
            count(|change| !change.breaks.anything()),
        ));
    }
    if let Some(checks) = &compared.checks {
        let worse = checks.iter().filter(|check| check.is_worse()).count();
        parts.push(format!(
            "{} checks with another outcome, {worse} of them fail now",
            checks.len()
        ));
    }
    if let Some(messages) = &compared.messages {
        parts.push(format!("{} differences in messages", messages.len()));
    }
    parts.join("; ")
}

/// For people at a terminal.
pub(super) fn text(compared: &Compared) -> String {
    let [before, after] = &compared.names;
    let mut out = format!("{} -> {}\n", shown(before), shown(after));
    for (heading, changes) in parts(compared.changes.as_deref().unwrap_or_default()) {
        out.push_str(&format!("\n{heading}\n"));
        for change in changes {
            let (place, what) = (shown(&change.place), shown(&change.what));
            out.push_str(&format!(
                "  {:<26} {place}: {what}{}\n",
                change.breaks.to_string(),
                layer(change)
            ));
        }
    }
    let checks = compared.checks.as_deref().unwrap_or_default();
    if !checks.is_empty() {
        out.push_str("\nChecks with another outcome\n");
    }
    for Changed { case, before, after } in checks {
        out.push_str(&format!("  {} -> {}  {}\n", name(*before), name(*after), shown(case)));
    }
    let messages = compared.messages.as_deref().unwrap_or_default();
    if !messages.is_empty() {
        out.push_str("\nMessages of the same check that differ\n");
    }
    for difference in messages {
        let (message, what) = (shown(&difference.message), shown(&difference.what));
        let first = difference.cases.first().map(|case| shown(case)).unwrap_or_default();
        let count = difference.cases.len();
        out.push_str(&format!("  {message}: {what}; in {count} checks, such as {first}\n"));
    }
    out.push_str(&format!("\n{}\n", summary(compared)));
    out
}

/// As a page.
pub(super) fn markdown(compared: &Compared) -> String {
    let [before, after] = compared.names.each_ref().map(|name| shown(name));
    let mut out = format!("# {before} → {after}\n\n{}.\n", summary(compared));
    for (heading, changes) in parts(compared.changes.as_deref().unwrap_or_default()) {
        out.push_str(&format!("\n## {heading}\n\n"));
        let row = |change: &Change| {
            let what = shown(&change.what) + layer(change);
            vec![shown(&change.place), what, change.breaks.to_string()]
        };
        table(&mut out, ["where", "change", "effect"], changes.into_iter().map(row));
    }
    let checks = compared.checks.as_deref().unwrap_or_default();
    if !checks.is_empty() {
        out.push_str("\n## Checks with another outcome\n\n");
        let row = |changed: &Changed| {
            let outcomes = [changed.before, changed.after].map(|outcome| name(outcome).to_owned());
            [vec![shown(&changed.case)], outcomes.to_vec()].concat()
        };
        table(&mut out, ["check", "before", "after"], checks.iter().map(row));
    }
    let messages = compared.messages.as_deref().unwrap_or_default();
    if !messages.is_empty() {
        out.push_str("\n## Messages of the same check that differ\n\n");
        let row = |difference: &Difference| {
            let count = difference.cases.len().to_string();
            vec![shown(&difference.message), shown(&difference.what), count]
        };
        table(&mut out, ["message", "difference", "checks"], messages.iter().map(row));
    }
    out
}

/// For programs.
pub(super) fn json(compared: &Compared) -> String {
    let change = |change: &Change| {
        json!({
            "place": change.place, "change": change.what, "effect": change.breaks.to_string(),
            "breaks_clients": change.breaks.clients, "breaks_servers": change.breaks.servers,
            "experimental": change.experimental,
        })
    };
    let check = |check: &Changed| {
        json!({
            "case": check.case, "before": check.before.map(Outcome::name), "after": check.after.map(Outcome::name),
            "worse": check.is_worse(),
        })
    };
    let list = |values: Option<Vec<Value>>| values.map_or(Value::Null, Value::Array);
    let differences = compared.messages.as_ref().map(|all| {
        let each = all.iter();
        each.map(
            |one| json!({ "message": one.message, "difference": one.what, "cases": one.cases }),
        )
        .collect()
    });
    let value = json!({
        "schema": SCHEMA,
        "before": compared.names[0],
        "after": compared.names[1],
        "breaks": compared.breaks(),
        "changes": list(compared.changes.as_ref().map(|all| all.iter().map(change).collect())),
        "checks": list(compared.checks.as_ref().map(|all| all.iter().map(check).collect())),
        "messages": list(differences),
    });
    format!("{value:#}\n")
}
