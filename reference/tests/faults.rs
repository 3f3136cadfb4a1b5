//! The faults as a whole: each of the table is planted, once, and off until somebody asks for one.

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;
use reference::PLANTED;

#[test]
fn every_fault_of_the_table_is_planted_once() {
    let mut places: BTreeMap<&str, usize> = faults::all().map(|fault| (fault.name, 0)).collect();
    for planted in PLANTED {
        *places.entry(planted.fault.name).or_default() += 1;
    }
    let others: Vec<_> = places.into_iter().filter(|(_, places)| *places != 1).collect();
    assert_eq!(others, [], "faults that are planted not at all, or more than once");
}

#[test]
fn faults_are_off_and_know_their_places() {
    for planted in PLANTED {
        assert!(!planted.is_active(), "{}", planted.fault.name);
        assert!(planted.file.ends_with(".rs") && planted.line > 0, "{}", planted.fault.name);
    }
}

#[test]
fn an_unknown_name_is_refused() {
    let unknown = reference::fault::activate("no-such-fault").unwrap_err();
    assert_eq!(unknown.to_string(), "no fault is called `no-such-fault`");
}
