//! The forms of a report: the text of a failure is the product, so it is compared letter by letter.

mod html;
mod json;
mod junit;
mod sample;
mod text;
