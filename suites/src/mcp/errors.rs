//! Errors: what is refused, and with which code.
