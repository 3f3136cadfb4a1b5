//! Reproduces a flaky leak or failure and names its cause, with statistics and a seed that repeats it.
//!
//! A [`Plan`] says what is run: a [`Target`]. [`hunt`] runs it again and again through a [`Runner`], under conditions that go
//! from cheap to dear ([`ladder`]), in short blocks that are interleaved, because a single batch misleads: rates of races
//! change within minutes. What a run says is a number, the *tail* from its exit to the close of its output, before it is a
//! bit. With a first hit the search ends; the hit is repeated, its conditions are shrunk, and rates are measured side by
//! side. Every run is identified by seed, arm and index, and a [`Token`] carries what is needed to [`replay`] it, or to
//! [`prove_fixed`] that it is gone.

mod arm;
pub mod bandit;
mod check;
pub mod ci_log;
pub mod conditions;
mod confirm;
pub mod course;
mod hunting;
pub mod junit;
pub mod ladder;
pub mod load;
pub mod nextest;
pub mod plan;
mod repeating;
pub mod report;
pub mod runner;
mod search;
pub mod seed;
pub mod shrink;
pub mod statistics;
pub mod supervised;
pub mod target;
pub mod token;
mod withheld;

pub use conditions::Conditions;
pub use course::{Unwatched, Watch};
pub use hunting::{Unable, hunt};
pub use plan::{Certainty, Plan};
pub use repeating::{prove_fixed, replay};
pub use report::{Answer, Report};
pub use runner::{Kind, Observation, Run, Runner};
pub use supervised::Apart;
pub use target::{Form, Target};
pub use token::Token;
