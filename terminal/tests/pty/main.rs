//! Programs in terminals, and REPLs that are driven through them.

mod commands;
mod interpreters;
mod leftovers;
mod readiness;
mod terminal;
mod waits;
