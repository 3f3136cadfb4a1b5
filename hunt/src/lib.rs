//! Reproduces flaky leaks and failures, and says how often they happen.

pub mod ci_log;
pub mod junit;
