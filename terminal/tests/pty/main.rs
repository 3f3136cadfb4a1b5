//! Programs in terminals, and REPLs that are driven through them.

mod commands;
mod interpreters;
mod leftovers;
mod neat;
mod others;
mod profiles;
mod readiness;
mod terminal;
mod waits;
