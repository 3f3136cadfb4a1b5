//! One page about what several servers do with a request at each moment, printed from the
//! observations in the reports of their runs.

use std::collections::BTreeMap;

use crate::{Cell, Report, markdown};

/// The observations of one table: which column it is about, and those of each report.
struct Table<'r> {
    title: String,
    reports: Vec<Vec<&'r Cell>>,
}

/// The page, in Markdown: one table for each thing that was asked, with a row for each moment and a
/// column for each report, in the order in which they are given.
pub fn page(reports: &[Report]) -> String {
    let mut page = String::from(
        "# Moments\n\n\
         Printed by `proctor report moments` from reports of runs; do not edit.\n\n\
         What a server does with a request, by the moment in the course of a turn at which it comes: how it answers, and how\n\
         the turn ends. An empty cell was not tried.\n",
    );
    let versions =
        || reports.iter().map(|report| report.subject.version.as_deref().unwrap_or("unknown"));
    for table in tables(reports) {
        page.push_str(&format!("\n## {}\n\n", table.title));
        let columns = std::iter::once("moment").chain(versions());
        let word = |report: &Vec<&Cell>, row: &str| {
            report.iter().find(|cell| cell.row == row).map(|cell| cell.word.clone())
        };
        let cells = |row: &str| {
            let words = table.reports.iter().map(|report| word(report, row).unwrap_or_default());
            std::iter::once(row.to_owned()).chain(words).collect()
        };
        markdown::table(&mut page, columns, rows(&table).into_iter().map(cells));
    }
    page
}

/// The tables, by title.
fn tables(reports: &[Report]) -> Vec<Table<'_>> {
    let mut tables: BTreeMap<String, Vec<Vec<&Cell>>> = BTreeMap::new();
    for (number, report) in reports.iter().enumerate() {
        for check in &report.checks {
            for cell in &check.cells {
                let title = format!("{} ({})", cell.column, check.dialect);
                let table = tables.entry(title).or_insert_with(|| vec![Vec::new(); reports.len()]);
                table[number].push(cell);
            }
        }
    }
    tables.into_iter().map(|(title, reports)| Table { title, reports }).collect()
}

/// The rows of a table in the order of the newest report; rows of older ones follow.
fn rows<'r>(table: &Table<'r>) -> Vec<&'r str> {
    let mut rows: Vec<&str> = Vec::new();
    for cell in table.reports.iter().rev().flatten() {
        if !rows.contains(&cell.row.as_str()) {
            rows.push(&cell.row);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::{from_value, json};

    use super::page;
    use crate::Report;

    fn report(version: &str, cells: &[(&str, &str, &str)]) -> Report {
        let cells: Vec<_> = cells
            .iter()
            .map(|(row, column, word)| json!({ "row": row, "column": column, "word": word }))
            .collect();
        from_value(json!({
            "schema": "proctor.report/1",
            "subject": { "command": ["x"], "user_agent": null, "version": version, "dialects": ["v2"] },
            "verdict": "conformant",
            "summary": {
                "expected": 1, "run": 1, "passed": 1, "failed": 0, "leaked": 0, "warned": 0,
                "known_failures": 0, "unexpected_passes": 0, "inconclusive": 0,
                "not_applicable": 0, "flaky": 0, "duration_ms": 1,
            },
            "checks": [{
                "id": "a::b", "suite": "a", "dialect": "v2", "level": "MUST",
                "requirement": "A server MUST.", "source": "none", "outcome": "passed",
                "duration_ms": 1, "attempts": 1, "reason": null, "failure": null, "leaks": [],
                "repeat": "proctor run", "cells": cells,
            }],
        }))
        .unwrap()
    }

    #[test]
    fn a_table_has_a_row_for_each_moment_and_a_column_for_each_report() {
        let old = report("1", &[("early", "stop", "hangs"), ("gone", "stop", "done")]);
        let new = report("2", &[("early", "stop", "done"), ("late", "stop", "a|b")]);
        let page = page(&[old, new]);
        let table = page.split_once("\n## ").unwrap().1;
        assert_eq!(
            table,
            "stop (v2)\n\n\
             | moment | 1 | 2 |\n\
             |---|---|---|\n\
             | early | hangs | done |\n\
             | late |  | a\\|b |\n\
             | gone | done |  |\n"
        );
    }
}
