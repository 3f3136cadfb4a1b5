//! Parts of a turn beside messages and tools: thoughts, images, and what the model service adds to an
//! answer.

pub mod headers;
pub mod images;
pub mod reasoning;
