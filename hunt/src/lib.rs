//! Reproduces a flaky leak or failure and names its cause, with statistics and a seed that repeats it.

pub mod bandit;
pub mod ci_log;
pub mod conditions;
pub mod junit;
pub mod nextest;
pub mod plan;
pub mod runner;
pub mod seed;
pub mod shrink;
pub mod statistics;
pub mod target;

pub use conditions::Conditions;
pub use plan::Plan;
pub use runner::{Kind, Observation, Run, Runner};
pub use target::{Form, Target};
