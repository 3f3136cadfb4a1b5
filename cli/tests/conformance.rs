//! Runs every registered check against the subject, one trial a case.

fn main() {}
