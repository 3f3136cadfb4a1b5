//! The behaviour of the service, seen from the other end of a socket.

mod account;
mod chat;
mod client;
mod faults;
mod gates;
mod journal;
mod lifetime;
mod refusals;
mod stream;
mod tools;
mod verify;
