//! The `proctor` binary as scripts use it: arguments, exit codes, files, and nothing left behind.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

mod bazel;
mod explain;
mod failures;
mod files;
mod first_hour;
mod hunt;
mod hunt_conditions;
mod hunt_log;
mod interrupt;
mod known;
mod list;
mod mock;
mod profile;
mod prove;
mod proxy;
mod readme;
mod rerun;
mod rubbish;
mod run;
mod schema;
mod settings;
mod told;
mod transport;
mod trials;
mod usage;
mod world;
