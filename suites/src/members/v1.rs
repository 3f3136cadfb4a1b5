//! Messages of the first dialect.
//!
//! A row claims what every release from 0.36 to 0.101 requires; `since` is the first of the
//! releases that were examined which requires it, and so do all later ones.

mod accounts;
mod approvals;
mod conversations;
mod events;
mod work;

use harness::Release;

use super::shape::Shape::{Object, Text};
use super::shape::{Row, has, row};

/// The newest release that speaks the dialect.
pub const NEWEST: Release = Release::new(0, 101, 0);

/// Results of requests, by method.
pub const ANSWERS: &[&[Row]] = &[conversations::ANSWERS, accounts::ANSWERS];

/// Parameters of notifications, by method.
pub const NOTIFICATIONS: &[&[Row]] = &[conversations::NOTIFICATIONS, accounts::NOTIFICATIONS];

/// Parameters of requests of the server, by method.
pub const REQUESTS: &[&[Row]] = &[approvals::REQUESTS];

/// The method of an event is this and its type.
pub const EVENT: &str = "codex/event/";

/// Events, by type.
pub const EVENTS: &[&[Row]] = &[events::EVENTS, work::EVENTS];

/// The parameters that every event has.
pub const ENVELOPE: Row = row(
    EVENT,
    &[has("conversationId", Text), has("id", Text), has("msg", Object(&[has("type", Text)]))],
);
