//! How a command ends that cannot do its work.

use std::error::Error;

/// Whatever went wrong, in words for whoever typed the command.
pub(crate) type Failure = Box<dyn Error>;

/// What a command returns.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// The exit code of a command that could not be tried.
pub(crate) const COULD_NOT_TRY: u8 = 3;
