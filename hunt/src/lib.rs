//! Reproduces a flaky leak or failure and names its cause, with statistics and a seed that repeats it.

pub mod conditions;
pub mod plan;
pub mod runner;
pub mod target;

pub use conditions::Conditions;
pub use plan::Plan;
pub use runner::{Kind, Observation, Run, Runner};
pub use target::{Form, Target};
