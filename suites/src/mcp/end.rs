//! The end of the process, in every state: end of input, SIGTERM, a reader that is gone.
