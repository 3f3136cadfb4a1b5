//! A report as one HTML file, with a picture of the tails: no scripts, nothing loaded from
//! elsewhere.

use shown::{Paint, escape};

use crate::report::plot::svg;
use crate::report::text::{percent, text};
use crate::report::{Answer, ConditionReport, Report};

/// The whole report as one file; `command` is the command that takes a token.
pub fn render(report: &Report, command: &str) -> String {
    let mut out = head(report);
    let class = match report.answer {
        Answer::Reproduced | Answer::NotFixed => "bad",
        Answer::NotReproduced | Answer::Fixed => "good",
        Answer::Incomplete => "doubtful",
    };
    out.push_str(&format!("<p class=\"{class}\">{}</p>\n", escape(&report.sentence)));
    for (title, rows) in
        [("Measured side by side", &report.measured), ("All conditions", &report.conditions)]
    {
        if rows.iter().all(|row| row.rate.runs == 0) {
            continue;
        }
        out.push_str(&format!("<h2>{title}</h2>\n"));
        out.push_str(&svg(rows, report.leak_timeout_ms));
        out.push_str(&table(rows));
    }
    out.push_str("<h2>In words</h2>\n<pre>");
    out.push_str(&escape(&text(report, command, Paint::Plain)));
    out.push_str("</pre>\n</body>\n</html>\n");
    out
}

fn head(report: &Report) -> String {
    let label = escape(&report.name);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>hunt – {label}</title>\n<style>\n{}</style>\n</head>\n<body>\n<h1>{label}</h1>\n",
        include_str!("style.css")
    )
}

fn table(rows: &[ConditionReport]) -> String {
    let mut out = "<table>\n<tr><th>condition</th><th>hits</th><th>runs</th><th>rate</th><th>95 % interval</th>\
                   <th>blocks differ</th></tr>\n"
        .to_owned();
    for row in rows.iter().filter(|row| row.rate.runs > 0) {
        let (low, high) = row.interval;
        let differ = row.heterogeneity.map_or_else(|| "–".to_owned(), |p| format!("p = {p:.3}"));
        out.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{} to {}</td><td>{differ}</td></tr>\n",
            escape(&row.condition),
            row.rate.hits,
            row.rate.runs,
            percent(row.estimate),
            percent(low),
            percent(high),
        ));
    }
    out.push_str("</table>\n");
    out
}
