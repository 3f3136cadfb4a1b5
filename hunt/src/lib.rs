//! Reproduces a flaky leak or failure and names its cause, with statistics and a seed that repeats
//! it.
//!
//! A [`Plan`] names a [`Target`]. [`hunt()`] runs it again and again through a [`Runner`], under
//! conditions from cheap to expensive ([`order`]). Runs are done in short interleaved blocks,
//! because a single batch misleads: rates of races change within minutes. The result of a run is a
//! number, the *tail* from its exit to the close of its output, not just a yes or no. The search
//! ends with the first hit. Then the hit is repeated, its conditions are shrunk, and rates are
//! measured side by side. Seed, arm and index identify a run, and a [`Token`] carries everything
//! that is needed to [`replay()`] it, or to [`prove_fixed`] that it is gone.

mod arm;
pub mod bandit;
mod check;
pub mod ci_log;
pub mod conditions;
mod confirm;
pub mod course;
mod hunt;
pub mod junit;
pub mod limits;
pub mod load;
pub mod nextest;
pub mod order;
pub mod others;
pub mod plan;
mod replay;
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
pub use hunt::{Unable, hunt};
pub use plan::{Certainty, Plan};
pub use replay::{prove_fixed, replay};
pub use report::{Answer, Report};
pub use runner::{Kind, Observation, Run, Runner};
pub use supervised::Apart;
pub use target::{Form, Target};
pub use token::Token;
