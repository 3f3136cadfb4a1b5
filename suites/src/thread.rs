//! Threads apart from their turns: names, subscriptions, ephemeral threads.

pub mod ephemeral;
pub mod loaded;
pub mod name;
pub mod shown;
pub mod subscription;
