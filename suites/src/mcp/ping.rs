//! Pings, alone and beside a call.
