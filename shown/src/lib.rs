//! Foreign text made safe to show: printable, short, masked, escaped, coloured.
//!
//! What a server, a process or a file says is shown to people in terminals, in HTML and in CI logs. None of it may act on the
//! terminal or mislead the eye, so all of it passes through here, and only here.

mod html;
mod mask;
mod paint;
mod text;

pub use html::escape;
pub use mask::masked;
pub use paint::{Paint, Tone};
pub use text::{one_line, printable, shorten, ticked};
