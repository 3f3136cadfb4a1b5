//! Small app-servers of strangers, in Python and Node, examined as a third party does it: each is
//! judged rightly, told why in what is read first, at default jobs and with one at a time.
//!
//! The servers are in `fixtures/strangers`; their outcomes are read from the JSON report, never
//! from text alone. A machine without Python 3.11 or Node 18 fails these tests, and is told what is
//! missing.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

mod examined;
mod greetings;
mod methods;
mod model;
mod moments;
mod plain;
mod program;
mod sown;
mod tools;
