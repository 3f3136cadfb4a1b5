//! The formats of a report. Failures are for people, so their text is compared letter by letter.

#![expect(clippy::unwrap_used, reason = "a failure of a helper fails the test")]

mod html;
mod json;
mod junit;
mod sample;
mod text;
