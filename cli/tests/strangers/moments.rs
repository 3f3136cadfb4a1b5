//! Servers that lack a tool: what their turns can do is judged, and the rest is left out.

use crate::examined::{Examined, examine};
use crate::program::Language;

/// A message that is accepted during a turn which then fails is lost.
const LOST: [&str; 2] = ["moments::start::is_heard_once", "moments::steer::is_heard_once"];

/// Requests at the moments of turns.
const REQUESTS: [&str; 12] = [
    "--check",
    "moments::interrupt::*",
    "--check",
    "moments::others::*",
    "--check",
    "moments::resume::*",
    "--check",
    "moments::shown::*",
    "--check",
    "moments::start::*",
    "--check",
    "moments::steer::*",
];

fn examined(name: &str) -> Examined {
    examine(Language::Python, name, &REQUESTS)
}

/// It can run commands, and has no tool for patches.
#[test]
fn one_without_patches_is_judged() {
    examined("plain").nothing_amiss_but(&LOST, 8);
}

/// It has no tool at all: its turns say something, or fail.
#[test]
fn one_without_tools_is_judged() {
    examined("tool-none").nothing_amiss_but(&LOST, 8);
}
