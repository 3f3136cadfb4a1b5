//! One page about what of the protocol the checks touch, printed from the records of runs on several releases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Coverage, Heard, Request};

/// Why no check asserts something: a name, or a beginning of names with `*` behind it, and the reason.
#[derive(Debug, Default)]
pub struct Reasons(Vec<(String, String)>);

impl Reasons {
    /// Reads lines `NAME  # reason`; others are left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| line.split_once("  # "));
        Self(lines.map(|(name, reason)| (name.trim().to_owned(), reason.to_owned())).collect())
    }

    fn of(&self, name: &str) -> &str {
        let fits = |form: &str| match form.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => form == name,
        };
        self.0.iter().find(|(form, _)| fits(form)).map_or("no check yet", |(_, reason)| reason)
    }
}

/// The page, in Markdown, with a column for each record, in the order in which they are given.
#[must_use]
pub fn page(records: &[Coverage], reasons: &Reasons) -> String {
    let mut page = String::from(
        "# Coverage\n\n\
         Printed by `proctor report coverage` from the files of `proctor run --coverage`; do not edit.\n\n\
         What of the protocol the checks touch on real releases. *Asserted* means that a check has read the result, or has waited for\n\
         the message or answered it; every message is held to its shape besides. Numbers are numbers of checks.\n\n\
         | release | methods offered | sent | answered | asserted | notifications seen | asserted | requests of the server seen | asserted | item types |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for record in records {
        let counts = record.counts();
        let asserted =
            |all: &BTreeMap<String, Heard>| all.values().filter(|heard| heard.asserted > 0).count();
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            version(record),
            counts.offered,
            counts.sent,
            counts.answered,
            counts.asserted,
            record.notifications.len(),
            asserted(&record.notifications),
            record.server_requests.len(),
            asserted(&record.server_requests),
            record.items.len()
        );
    }
    page.push_str(
        "\n## Requests\n\nA number is that of the checks that assert the result. Empty: the release has no such method, or no \
         check names it there.\n",
    );
    table(&mut page, records, |record| &record.requests, request);
    page.push_str("\n## Notifications\n\nChecks that wait for it, of those that see it.\n");
    table(&mut page, records, |record| &record.notifications, heard);
    page.push_str("\n## Requests of the server\n\nChecks that take it, of those that see it.\n");
    table(&mut page, records, |record| &record.server_requests, heard);
    page.push_str("\n## Items\n\nChecks in whose conversation one of this type comes.\n");
    table(&mut page, records, |record| &record.items, usize::to_string);
    page.push_str("\n## Members of parameters\n\nThose that checks send, in any of these runs.\n\n| method | members |\n|---|---|\n");
    for (method, members) in members(records) {
        let members: Vec<_> = members.into_iter().map(|member| format!("`{member}`")).collect();
        let _ = writeln!(page, "| `{method}` | {} |", members.join(", "));
    }
    page.push_str("\n## Left out\n\nMethods that a release offers and of which no check asserts a result; that each is answered or refused, by itself and with wrong\nparameters, is checked.\n\n| method | why |\n|---|---|\n");
    for method in left_out(records) {
        let _ = writeln!(page, "| `{method}` | {} |", reasons.of(method));
    }
    page
}

fn version(record: &Coverage) -> &str {
    record.version.as_deref().unwrap_or("unknown")
}

/// A row for each name and a column for each record.
fn table<'r, T: 'r>(
    page: &mut String,
    records: &'r [Coverage],
    of: impl Fn(&'r Coverage) -> &'r BTreeMap<String, T>,
    cell: impl Fn(&T) -> String,
) {
    page.push_str("\n| name |");
    for record in records {
        let _ = write!(page, " {} |", version(record));
    }
    page.push_str("\n|---|");
    records.iter().for_each(|_| page.push_str("---|"));
    page.push('\n');
    let names: BTreeSet<&String> = records.iter().flat_map(|record| of(record).keys()).collect();
    for name in names {
        let _ = write!(page, "| `{name}` |");
        for record in records {
            let cell = of(record).get(name).map(&cell).unwrap_or_default();
            let _ = write!(page, " {cell} |");
        }
        page.push('\n');
    }
}

fn request(request: &Request) -> String {
    match request {
        Request { asserted: 1.., .. } => request.asserted.to_string(),
        Request { answered: 1.., .. } => "answered".to_owned(),
        Request { refused: 1.., offered: Some(true), .. } => "refused".to_owned(),
        Request { sent: 1.., offered: Some(true), .. } => "sent".to_owned(),
        Request { offered: Some(true), .. } => "not sent".to_owned(),
        _ => String::new(),
    }
}

fn heard(heard: &Heard) -> String {
    format!("{} of {}", heard.asserted, heard.seen)
}

fn members(records: &[Coverage]) -> BTreeMap<&String, BTreeSet<&String>> {
    let mut members: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for (method, request) in records.iter().flat_map(|record| &record.requests) {
        if !request.members.is_empty() {
            members.entry(method).or_default().extend(request.members.keys());
        }
    }
    members
}

fn left_out(records: &[Coverage]) -> BTreeSet<&String> {
    let requests = || records.iter().flat_map(|record| &record.requests);
    let asserted: BTreeSet<&String> =
        requests().filter(|(_, request)| request.asserted > 0).map(|(method, _)| method).collect();
    let offered = requests().filter(|(_, request)| request.offered == Some(true));
    offered.map(|(method, _)| method).filter(|method| !asserted.contains(method)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Coverage, Heard, Reasons, Request, page};
    use crate::coverage::SCHEMA;

    #[test]
    fn a_row_says_how_far_each_release_was_taken() {
        let record = |version: &str, asserted| {
            let offered = Request { offered: Some(true), ..Request::default() };
            let members = BTreeMap::from([("limit".to_owned(), 2)]);
            let requests = BTreeMap::from([
                (
                    "list".to_owned(),
                    Request { sent: 3, answered: 3, asserted, members, ..offered.clone() },
                ),
                ("pay".to_owned(), Request { sent: 1, refused: 1, ..offered.clone() }),
                ("play".to_owned(), offered),
            ]);
            Coverage {
                schema: SCHEMA.to_owned(),
                version: Some(version.to_owned()),
                checks: 3,
                requests,
                notifications: BTreeMap::from([(
                    "done".to_owned(),
                    Heard { seen: 3, asserted: 1 },
                )]),
                server_requests: BTreeMap::new(),
                items: BTreeMap::new(),
            }
        };
        let reasons = Reasons::parse("no line of ours\np*  # it costs money");
        let text = page(&[record("1.0.0", 0), record("2.0.0", 2)], &reasons);
        for line in [
            "| 2.0.0 | 3 | 2 | 1 | 1 | 1 | 1 | 0 | 0 | 0 |",
            "| name | 1.0.0 | 2.0.0 |",
            "| `list` | answered | 2 |",
            "| `pay` | refused | refused |",
            "| `play` | not sent | not sent |",
            "| `done` | 1 of 3 | 1 of 3 |",
            "| `list` | `limit` |",
            "| `pay` | it costs money |",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} in\n{text}");
        }
        assert!(!text.contains("| `list` | no check yet |"), "{text}");
    }
}
