//! Accounts: login, logout, the current user, and the credentials that are stored and sent.

pub mod browser;
pub mod chatgpt;
pub mod forced;
pub mod key;
pub mod logout;
pub mod model;
pub mod notices;
pub mod pending;
pub mod secrecy;
pub mod status;

mod ensure;
pub(crate) mod stored;
