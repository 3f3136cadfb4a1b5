//! Cancellation: what was cancelled is not answered, and what was not is.
