//! The shapes of the messages of the app-server protocol: what each release requires of a message,
//! whether a message holds it, and what changed between two releases.
//!
//! A [`Set`] has the shapes of one release: members, types, required members and listed values, and
//! no descriptive text. It is read from what a server prints ([`directory::read`]) or is one of those that
//! the [`Kit`] carries. A [`Judge`] compares messages with them.

pub mod directory;
mod document;
pub mod drift;
mod judge;
mod kit;
mod lazy;
mod set;
mod shape;

pub use judge::{Flaw, Found, Judge, Rule};
pub use kit::{EXPERIMENTAL, Kit, Offer, pack};
pub use set::{Kind, Set};
pub use shape::{Member, NotAShape, Object, Shape};
