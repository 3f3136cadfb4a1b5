//! Many at once: requests, threads, messages, processes.

pub mod burst;
pub mod home;
pub mod queue;
pub mod threads;
