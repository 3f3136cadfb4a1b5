//! Makes foreign text safe to show: printable, short, masked, escaped, coloured.
//!
//! Text from servers, processes and files is shown to people in terminals, in HTML and in CI logs.
//! None of it may control the terminal or mislead the reader, so all of it passes through here, and
//! only here.

mod html;
mod mask;
mod paint;
mod text;

pub use html::escape;
pub use mask::masked;
pub use paint::{Paint, Tone};
pub use text::{one_line, printable, shorten, ticked};
