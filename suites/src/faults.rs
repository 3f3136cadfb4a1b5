//! The faults that checks name: those of the reference subject, and those that a proxy makes of any
//! subject.

pub use ::faults::*;
pub use proxy::faults::*;
