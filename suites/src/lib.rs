//! What the protocols require: one module a chapter, one function a requirement.
//!
//! A chapter only converses and compares; the words that chapters share are in [`words`], with one face for each dialect
//! in [`v1`] and [`v2`].

pub mod archive;
pub mod auth;
pub mod basics;
pub mod conversation;
pub mod default_model;
pub mod exec;
pub mod initialize;
pub mod lifecycle;
pub mod methods;
pub mod model_view;
pub mod pty;
pub mod resume;
pub mod stored;
pub mod template;
pub mod thread;
pub mod turn;
pub mod v1;
pub mod v2;
pub mod wire;
pub mod words;

pub use methods::METHODS;
pub use template::{Standard, template};
