//! The parts of the protocol that a run touched, as a section of the page.

use shown::escape;

use crate::coverage::{Coverage, Heard};

/// The section: a line for each method, notification and item, folded.
pub(super) fn render(coverage: &Coverage) -> String {
    let counts = coverage.counts();
    let mut out = format!(
        "<h2>Coverage</h2>\n<p>Of {} methods that the server offers, {} were sent, {} were answered with a result, and of {} a \
         check read the result. The numbers below are numbers of checks, of {}.</p>\n",
        counts.offered, counts.sent, counts.answered, counts.asserted, coverage.checks
    );
    let requests = coverage.requests.iter().map(|(method, request)| {
        let offered = match request.offered {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not known",
        };
        let members = request.members.iter().map(|(member, sent)| format!("{member} {sent}"));
        let numbers = [request.sent, request.answered, request.refused, request.asserted];
        let mut cells = vec![method.clone(), offered.to_owned()];
        cells.extend(numbers.map(shown));
        cells.push(members.collect::<Vec<_>>().join(", "));
        cells
    });
    let columns = ["method", "offered", "sent", "answered", "refused", "asserted", "members"];
    out.push_str(&table("Requests", &columns, requests));
    let heard = |(name, heard): (&String, &Heard)| {
        vec![name.clone(), shown(heard.seen), shown(heard.asserted)]
    };
    let columns = ["method", "seen", "asserted"];
    out.push_str(&table("Notifications", &columns, coverage.notifications.iter().map(heard)));
    let asked = coverage.server_requests.iter().map(heard);
    out.push_str(&table("Requests of the server", &columns, asked));
    let items = coverage.items.iter().map(|(kind, seen)| vec![kind.clone(), shown(*seen)]);
    out.push_str(&table("Items", &["type", "seen"], items));
    out
}

fn table(
    title: &str,
    columns: &[&str],
    rows: impl ExactSizeIterator<Item = Vec<String>>,
) -> String {
    let mut out = format!("<details>\n<summary>{title} ({})</summary>\n<table>\n<tr>", rows.len());
    for column in columns {
        out.push_str(&format!("<th>{column}</th>"));
    }
    out.push_str("</tr>\n");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            out.push_str(&format!("<td>{}</td>", escape(&cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n</details>\n");
    out
}

/// A number, and a dot for none.
fn shown(number: usize) -> String {
    if number == 0 { "·".to_owned() } else { number.to_string() }
}
