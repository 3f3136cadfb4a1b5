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

pub use client::*;
pub use duplicates::*;
pub use encoding::*;
pub use envelopes::*;
pub use exit::*;
pub use framing::*;
pub use ids::*;
pub use losses::*;
pub use order::*;
pub use requests::*;
pub use streams::*;
pub use threads::*;
pub use time::*;

use crate::fault::Planted;

/// The tables, in the order in which they are printed.
pub(crate) const CHAPTERS: &[&[Planted]] = &[
    ids::PLANTED,
    envelopes::PLANTED,
    framing::PLANTED,
    encoding::PLANTED,
    losses::PLANTED,
    duplicates::PLANTED,
    order::PLANTED,
    time::PLANTED,
    streams::PLANTED,
    threads::PLANTED,
    requests::PLANTED,
    client::PLANTED,
    exit::PLANTED,
];
