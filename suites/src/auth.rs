//! Logins: who is logged in, how one logs in and out, what is stored, and what the model gets to see.

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
