//! Many at once: requests, threads, messages, processes.

pub mod burst;
pub mod bursts;
pub mod home;
pub mod hundred;
pub mod queue;
pub mod threads;
