//! What ARCHITECTURE.md calls an invariant, held against the sources, the manifests and the documents of the workspace.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot read fails the test")]

mod code;
mod crates;
mod documents;
mod limits;
mod names;
mod quotes;
mod tree;
