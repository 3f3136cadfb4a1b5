//! One page about the parts of the protocol that the checks touch, printed from the records of runs on several releases.

use std::collections::{BTreeMap, BTreeSet};

use shown::ticked;

use super::{Coverage, Heard, Request};
use crate::markdown;

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
         Which parts of the protocol the checks touch on real releases. *Asserted* means that a check has read the result, or has\n\
         waited for the message or answered it; besides, every message is held to its shape. Numbers are numbers of checks.\n\n",
    );
    markdown::table(&mut page, COLUMNS, records.iter().map(summary));
    page.push_str(
        "\n## Requests\n\nHow many checks assert the result. Empty: the release has no such method, or no check names it there.\n\n",
    );
    table(&mut page, records, |record| &record.requests, request);
    page.push_str("\n## Notifications\n\nHow many checks wait for it, of those that see it.\n\n");
    table(&mut page, records, |record| &record.notifications, heard);
    page.push_str(
        "\n## Requests of the server\n\nHow many checks take it, of those that see it.\n\n",
    );
    table(&mut page, records, |record| &record.server_requests, heard);
    page.push_str(
        "\n## Items\n\nIn the conversations of how many checks an item of this type comes.\n\n",
    );
    table(&mut page, records, |record| &record.items, usize::to_string);
    page.push_str(
        "\n## Members of parameters\n\nThe members that checks send, in any of these runs.\n\n",
    );
    let row = |(method, members): (&String, BTreeSet<&String>)| {
        let members: Vec<_> = members.into_iter().map(|member| ticked(member)).collect();
        vec![ticked(method), members.join(", ")]
    };
    markdown::table(&mut page, ["method", "members"], members(records).into_iter().map(row));
    page.push_str(
        "\n## Left out\n\nMethods that a release offers and of which no check asserts a result. A check does send each of them, plain and\n\
         with wrong parameters, and requires an answer.\n\n",
    );
    let row = |method: &String| vec![ticked(method), reasons.of(method).to_owned()];
    markdown::table(&mut page, ["method", "why"], left_out(records).into_iter().map(row));
    page
}

/// The columns of the first table.
const COLUMNS: [&str; 10] = [
    "release",
    "methods offered",
    "sent",
    "answered",
    "asserted",
    "notifications seen",
    "asserted",
    "requests of the server seen",
    "asserted",
    "item types",
];

fn summary(record: &Coverage) -> Vec<String> {
    let counts = record.counts();
    let asserted =
        |all: &BTreeMap<String, Heard>| all.values().filter(|heard| heard.asserted > 0).count();
    let numbers = [
        counts.offered,
        counts.sent,
        counts.answered,
        counts.asserted,
        record.notifications.len(),
        asserted(&record.notifications),
        record.server_requests.len(),
        asserted(&record.server_requests),
        record.items.len(),
    ];
    let numbers = numbers.iter().map(usize::to_string);
    std::iter::once(version(record).to_owned()).chain(numbers).collect()
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
    let names: BTreeSet<&String> = records.iter().flat_map(|record| of(record).keys()).collect();
    let row = |name: &String| {
        let cells =
            records.iter().map(|record| of(record).get(name).map(&cell).unwrap_or_default());
        std::iter::once(ticked(name)).chain(cells).collect()
    };
    let columns = std::iter::once("name").chain(records.iter().map(version));
    markdown::table(page, columns, names.into_iter().map(row));
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
