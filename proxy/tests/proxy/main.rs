//! The proxy around small programs of which every byte is known.

mod ends;
mod faults;
mod framing;
mod perturbed;
mod transparent;
mod world;
