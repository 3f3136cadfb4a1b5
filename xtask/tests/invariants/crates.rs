//! Which crate may link which: the table of ARCHITECTURE.md, held against the manifests.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Member, members, read};

/// What a crate may use in its tests besides what it may link.
const FOR_TESTS: [&str; 2] = ["fixtures", "utils-cargo-bin"];

/// The words in backticks.
fn names(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What each crate may link, by the table in the document.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let page = read("ARCHITECTURE.md");
    let rows: Vec<[&str; 3]> = page
        .lines()
        .skip_while(|line| !line.starts_with("| crate |"))
        .skip(2)
        .map_while(|line| line.trim_matches('|').split('|').collect::<Vec<_>>().try_into().ok())
        .collect();
    let all: BTreeSet<String> = rows.iter().flat_map(|row| names(row[0])).collect();
    let of_row = |[name, _, may]: &[&str; 3]| {
        let listed = names(may);
        let may = match may.trim().starts_with("all but") {
            true => all.difference(&listed).cloned().collect(),
            false => listed,
        };
        (names(name).pop_first().unwrap(), may)
    };
    rows.iter().map(of_row).collect()
}

/// The members of the workspace in one of the tables of a manifest.
fn linked(member: &Member, table: &str, all: &BTreeSet<String>) -> BTreeSet<String> {
    let names = member.manifest.get(table).and_then(|table| table.as_table());
    names
        .into_iter()
        .flat_map(|table| table.keys())
        .filter(|name| all.contains(*name))
        .cloned()
        .collect()
}

#[test]
fn a_crate_links_only_what_its_row_allows() {
    let (members, allowed) = (members(), allowed());
    let all: BTreeSet<String> = members.iter().map(|member| member.name.clone()).collect();
    let rows: BTreeSet<String> = allowed.keys().cloned().collect();
    assert_eq!(rows, all, "crates with a row in ARCHITECTURE.md, and members of the workspace");
    for member in &members {
        let may = &allowed[&member.name];
        let code = linked(member, "dependencies", &all);
        let surplus: Vec<_> = code.difference(may).collect();
        assert!(surplus.is_empty(), "{} links {surplus:?}", member.name);
        let mut may = may.clone();
        may.extend(FOR_TESTS.map(str::to_owned));
        for table in ["dev-dependencies", "build-dependencies"] {
            let tests = linked(member, table, &all);
            let surplus: Vec<_> = tests.difference(&may).collect();
            assert!(surplus.is_empty(), "{} links {surplus:?} by its {table}", member.name);
        }
    }
}

#[test]
fn the_reference_and_the_proxy_reach_neither_the_harness_nor_the_suites() {
    let (members, allowed) = (members(), allowed());
    let all: BTreeSet<String> = members.iter().map(|member| member.name.clone()).collect();
    for start in ["reference", "proxy", "fixtures", "mock-model"] {
        let mut reached = BTreeSet::from([start.to_owned()]);
        let mut open = vec![start.to_owned()];
        while let Some(name) = open.pop() {
            let member = members.iter().find(|member| member.name == name).unwrap();
            let mut next = linked(member, "dependencies", &all);
            next.extend(allowed[&name].clone());
            open.extend(next.difference(&reached).cloned());
            reached.append(&mut next);
        }
        for far in ["harness", "suites", "prove", "cli"] {
            assert!(!reached.contains(far), "{start} reaches {far}");
        }
    }
}
