//! Every check as an ordinary test: one trial a case, for cargo-nextest to list, filter and partition.
fn main() {}
