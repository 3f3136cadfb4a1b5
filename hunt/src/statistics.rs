//! The statistics of rates: intervals, tests, and when to stop.

mod blocks;
mod fisher;
mod rate;
mod sequential;
mod tails;

pub use blocks::{Block, heterogeneity};
pub use fisher::fell;
pub use rate::{Rate, runs_to_show};
pub use sequential::{Decision, Sequential};
pub use tails::Tails;
