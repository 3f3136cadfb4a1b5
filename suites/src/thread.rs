//! Threads beside their turns: what they are called, who is told of them, what is kept of them.

pub mod ephemeral;
pub mod loaded;
pub mod name;
pub mod shown;
pub mod subscription;
