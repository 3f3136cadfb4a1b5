//! What the protocols require: one module a chapter, one function a requirement.
//!
//! A chapter only converses and compares; the words that chapters share are in [`words`], with one face for each dialect
//! in [`v1`] and [`v2`].

pub mod conversation;
pub mod default_model;
pub mod initialize;
pub mod lifecycle;
pub mod template;
pub mod v1;
pub mod v2;
pub mod wire;
pub mod words;

pub use template::{Standard, template};
