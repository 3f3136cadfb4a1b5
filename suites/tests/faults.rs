//! Checks and faults: each check names a fault, and each fault is named by a check.

use std::collections::BTreeSet;

use harness::all_checks;
use suites as _;

#[test]
fn every_check_names_its_faults_once() {
    for check in all_checks() {
        let faults: BTreeSet<_> = check.faults.iter().collect();
        assert!(!faults.is_empty(), "{} names no fault", check.id());
        assert_eq!(faults.len(), check.faults.len(), "{} names a fault twice", check.id());
    }
}

#[test]
fn every_fault_is_named_by_a_check() {
    let checks = all_checks();
    let named: BTreeSet<&str> = checks.iter().flat_map(|check| check.faults).copied().collect();
    let planted = faults::all().chain(proxy::planted().map(|planted| planted.fault));
    let idle: Vec<_> =
        planted.map(|fault| fault.name).filter(|name| !named.contains(name)).collect();
    assert!(idle.is_empty(), "no check names {idle:?}");
}

/// A check names a fault of the reference and one of the proxy in the same way.
#[test]
fn no_two_faults_have_one_name() {
    let names: BTreeSet<_> = faults::all().map(|fault| fault.name).collect();
    let twins: Vec<_> = proxy::planted()
        .map(|planted| planted.fault.name)
        .filter(|name| names.contains(name))
        .collect();
    assert!(twins.is_empty(), "{twins:?}");
}
