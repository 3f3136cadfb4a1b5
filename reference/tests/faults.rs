//! The faults as a whole: named once, said in a sentence, and each there to be caught.

use std::collections::BTreeSet;

use reference::FAULTS;

#[test]
fn every_fault_names_a_check_that_must_catch_it() {
    let idle: Vec<_> = FAULTS.iter().filter(|fault| fault.caught_by.is_empty()).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn names_are_kebab_case() {
    for fault in FAULTS {
        let fits =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        assert!(fault.name.chars().all(fits), "{}", fault.name);
    }
}

#[test]
fn a_name_stands_for_one_defect() {
    let mut seen = BTreeSet::new();
    for fault in FAULTS {
        assert!(seen.insert(fault.name), "{} is declared twice", fault.name);
    }
}

#[test]
fn sentences_are_sentences() {
    for fault in FAULTS {
        assert!(fault.sentence.ends_with('.'), "{}: {}", fault.name, fault.sentence);
    }
}

#[test]
fn faults_say_what_they_do_and_are_off() {
    assert!(FAULTS.len() >= 24);
    for fault in FAULTS {
        assert!(!fault.is_active(), "{}", fault.name);
        assert!(fault.sentence.ends_with('.'), "{}", fault.name);
        assert!(fault.file.ends_with(".rs") && fault.line > 0, "{}", fault.name);
        let twins = FAULTS.iter().filter(|other| other.name == fault.name).count();
        assert_eq!(twins, 1, "{} is declared {twins} times", fault.name);
    }
    let unknown = reference::fault::activate("no-such-fault").unwrap_err();
    assert!(unknown.to_string().contains("`no-such-fault`"));
}
