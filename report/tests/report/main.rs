//! The forms of a report: the text of a failure is the product, so it is compared letter by letter.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

mod html;
mod json;
mod junit;
mod sample;
mod text;
