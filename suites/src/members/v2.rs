//! Messages of the second dialect.
//!
//! A row claims what every release from 0.58 to 0.171 requires; `since` is the first of the
//! releases that were examined which requires it, and so do all later ones.

mod accounts;
mod approvals;
mod config;
mod exec;
mod files;
mod handshake;
mod inventory;
mod items;
mod kept;
mod threads;
mod turns;

use super::shape::Row;

/// Results of requests, by method.
pub const ANSWERS: &[&[Row]] = &[
    handshake::ANSWERS,
    threads::ANSWERS,
    turns::ANSWERS,
    accounts::ANSWERS,
    config::ANSWERS,
    inventory::ANSWERS,
    exec::ANSWERS,
    files::ANSWERS,
    kept::ANSWERS,
];

/// Parameters of notifications, by method.
pub const NOTIFICATIONS: &[&[Row]] = &[
    turns::NOTIFICATIONS,
    threads::NOTIFICATIONS,
    accounts::NOTIFICATIONS,
    config::NOTIFICATIONS,
    inventory::NOTIFICATIONS,
    exec::NOTIFICATIONS,
    files::NOTIFICATIONS,
];

/// Parameters of requests of the server, by method.
pub const REQUESTS: &[&[Row]] = &[approvals::REQUESTS];
