//! One case in HTML: its fields, and its conversation in two columns, the client's on the left.

use shown::escape;

use crate::CheckReport;
use crate::html::class;
use crate::outcome::Outcome;
use crate::text::name;

pub(super) fn render(check: &CheckReport) -> String {
    let mut out = format!(
        "<article class=\"{}\">\n<h3>{} <code>{}</code></h3>\n<p>{}</p>\n<dl>\n",
        class(check.outcome),
        check.level,
        escape(&name(check)),
        escape(&check.requirement),
    );
    for (label, value) in fields(check) {
        out.push_str(&format!("<dt>{label}</dt><dd>{}</dd>\n", escape(&value)));
    }
    out.push_str("</dl>\n");
    out.push_str(&talk(&check.transcript));
    out.push_str("</article>\n");
    out
}

fn fields(check: &CheckReport) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if let Some(failure) = &check.failure {
        if check.outcome == Outcome::Inconclusive {
            fields.push(("we could not tell", failure.what.clone()));
            fields.push(("because", failure.observed.clone()));
        } else {
            fields.push(("looked at", failure.what.clone()));
            fields.push(("expected", failure.expected.clone()));
            fields.push(("observed", failure.observed.clone()));
        }
        if !failure.notes.is_empty() {
            fields.push(("besides", failure.notes.join("\n")));
        }
    }
    for leak in &check.leaks {
        let holds = if leak.holds.is_empty() {
            "nothing of ours".to_owned()
        } else {
            leak.holds.join(", ")
        };
        fields.push((
            "leaked",
            format!("pid {}: {}\n{}\nholds {holds}", leak.pid, leak.command, leak.how),
        ));
    }
    fields.extend(check.reason.as_ref().map(|reason| ("reason", reason.to_string())));
    fields.push(("source", check.source.clone()));
    fields.extend(check.failure.as_ref().map(|failure| ("check", failure.place.clone())));
    fields.push(("repeat", check.repeat.clone()));
    fields
}

/// The conversation in two columns.
fn talk(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<ol class=\"talk\">\n<li class=\"lane\"><span>proctor</span><span>subject</span></li>\n",
    );
    for line in lines {
        let (class, time, text) = parts(line);
        out.push_str(&format!("<li class=\"{class}\">"));
        if !time.is_empty() {
            out.push_str(&format!("<time>{}</time>", escape(time)));
        }
        out.push_str(&format!("{}</li>\n", escape(text)));
    }
    out.push_str("</ol>\n");
    out
}

/// Who sent a line, when, and its text; see [`crate::transcript::Transcript::to_lines`] for the
/// form.
fn parts(line: &str) -> (&'static str, &str, &str) {
    let Some((time, rest)) = line.split_once(" ms ") else { return ("aside", "", line) };
    match rest.split_once(' ') {
        Some(("->", text)) => ("ours", time.trim(), text),
        Some(("<-", text)) => ("theirs", time.trim(), text),
        _ => ("aside", "", line),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn the_arrow_tells_whose_line_it_is() {
        assert_eq!(parts("    1.5 ms -> {\"a\":1}"), ("ours", "1.5", "{\"a\":1}"));
        assert_eq!(parts("   12.0 ms <- took 3 ms -> x"), ("theirs", "12.0", "took 3 ms -> x"));
        assert_eq!(parts("… 3 lines left out …"), ("aside", "", "… 3 lines left out …"));
    }
}
