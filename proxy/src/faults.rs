//! Every fault, one module a chapter, each with its table.

mod client;
mod duplicates;
mod encoding;
mod envelopes;
mod exit;
mod framing;
mod ids;
mod losses;
mod order;
mod pairs;
mod requests;
mod streams;
mod threads;
mod time;

use crate::fault::Fault;

/// The tables, in the order in which they are printed.
pub(crate) const CHAPTERS: &[&[Fault]] = &[
    ids::FAULTS,
    envelopes::FAULTS,
    framing::FAULTS,
    encoding::FAULTS,
    losses::FAULTS,
    duplicates::FAULTS,
    order::FAULTS,
    time::FAULTS,
    streams::FAULTS,
    threads::FAULTS,
    requests::FAULTS,
    client::FAULTS,
    exit::FAULTS,
];
