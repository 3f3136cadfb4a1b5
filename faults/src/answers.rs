//! The faults of the chapter `answers`: what a server can do wrong with parameters that it cannot read.

use crate::fault::faults;

faults! {
    /// The server does not answer a request whose parameters are a text.
    SILENT_ON_WRONG_TYPES,
    /// The server ends when the parameters of a request are a list.
    ENDED_BY_WRONG_TYPES,
}
