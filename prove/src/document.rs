//! A proof as a page in Markdown, to be kept beside the code: what proves what.
//!
//! It holds nothing that differs from run to run, as far as messages allow.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Catch, Proof};
use shown::{masked, shorten};

/// How much of a message is shown, in bytes.
const WIDTH: usize = 160;

const HEAD: &str = "# What proves the checks

Printed from a run of `proctor prove`; do not edit. `just proof` makes it anew.

Every check passes on the reference subject and on every *variant* of it, which does something legal otherwise than most
servers do, and fails on the reference with each *fault* that it names.

A case is *alike* when the reference, which says so itself, never comes to where the variant differs: both do the same in it,
and it is run once. Variants that are run *beside* each other differ in different respects, like the order of members and
what is written to stderr: one subject is both where both differ. `proctor prove --variant NAME` runs every case on it alone.
";

/// The whole page.
pub(crate) fn document(proof: &Proof) -> String {
    let summary = &proof.summary;
    let verdict = if proof.proved && proof.complete { "proved" } else { "not proved" };
    // Writing to a string cannot fail, here and below.
    let mut page = HEAD.to_owned();
    let _ = write!(
        page,
        "\n| checks | proved | faults | variants | cases run | |\n|---:|---:|---:|---:|---:|---|\n\
         | {} | {} | {} | {} | {} | {verdict} |\n",
        summary.checks, summary.proved, summary.faults, summary.variants, summary.run,
    );
    variants(&mut page, proof);
    faults(&mut page, proof);
    checks(&mut page, proof);
    page
}

fn variants(page: &mut String, proof: &Proof) {
    page.push_str(
        "\n## Variants\n\n| variant | what the subject does | cases that hold | cases alike | run beside |\n|---|---|---:|---:|---|\n",
    );
    for variant in &proof.variants {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} of {} | {} | {} |",
            variant.name,
            cell(&variant.sentence),
            variant.held,
            variant.cases,
            variant.alike,
            variant.beside.as_ref().map_or_else(String::new, |other| format!("`{other}`"))
        );
    }
}

fn faults(page: &mut String, proof: &Proof) {
    page.push_str("\n## Faults\n\n| fault | what the subject does wrong | what finds it, and says first |\n|---|---|---|\n");
    for fault in &proof.faults {
        let catch = |catch: &Catch| {
            let mark = if catch.caught { "" } else { "MISSED: " };
            format!("{mark}`{}`: {}", catch.check, cell(&catch.message))
        };
        let catches: Vec<_> = fault.catches.iter().map(catch).collect();
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            fault.name,
            cell(&fault.sentence),
            catches.join("<br>")
        );
    }
}

fn checks(page: &mut String, proof: &Proof) {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for fault in &proof.faults {
        for catch in fault.catches.iter().filter(|catch| catch.caught) {
            found.entry(&catch.check).or_default().push(format!("`{}`", fault.name));
        }
    }
    page.push_str("\n## Checks\n\n| check | faults that it finds |\n|---|---|\n");
    for (check, faults) in found {
        let _ = writeln!(page, "| `{check}` | {} |", faults.join(", "));
    }
}

/// Text that can stand in a cell of a table, and means the same.
fn cell(text: &str) -> String {
    let shown = shorten(&masked(text), WIDTH);
    let mut cell = String::new();
    for letter in shown.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' => cell.extend(['\\', letter]),
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            '\n' | '\r' => cell.push(' '),
            _ => cell.push(letter),
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_holds_any_text() {
        assert_eq!(cell("a|b<c>\n`d`"), "a\\|b&lt;c&gt; \\`d\\`");
        assert!(cell(&"x".repeat(1000)).len() < 300);
    }
}
