//! docs/proof.md: it names every variant, fault and check that there is, and none that is not.

use std::collections::BTreeSet;
use std::path::Path;

use harness::all_checks;
use pretty_assertions::assert_eq;

// Links the checks in.
use suites as _;

/// The first column of the table under this heading.
fn names(page: &str, heading: &str) -> BTreeSet<String> {
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

#[test]
fn the_page_about_the_proof_is_complete() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/proof.md");
    let page = std::fs::read_to_string(path).unwrap();
    let hint = "`just proof` makes docs/proof.md anew";
    let variants: BTreeSet<_> =
        ::reference::VARIANTS.iter().map(|one| one.name.to_owned()).collect();
    assert_eq!(names(&page, "Variants"), variants, "{hint}");
    let bent = proxy::faults().map(|one| format!("proxy/{}", one.name));
    let faults: BTreeSet<_> =
        ::reference::FAULTS.iter().map(|one| one.name.to_owned()).chain(bent).collect();
    assert_eq!(names(&page, "Faults"), faults, "{hint}");
    let checks: BTreeSet<_> = all_checks().iter().map(|check| check.id()).collect();
    assert_eq!(names(&page, "Checks"), checks, "{hint}");
    assert!(!page.contains("MISSED") && page.contains("| proved |"), "{hint}");
}
