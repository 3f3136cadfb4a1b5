//! Accounts: login, logout, the current user, the stored credentials and the credentials that reach the model service.

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
