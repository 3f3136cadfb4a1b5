//! Many at once: requests, threads, messages, processes.

pub mod burst;
pub mod bursts;
pub mod home;
pub mod late;
pub mod queue;
pub mod sixty;
pub mod threads;
pub mod turns;
