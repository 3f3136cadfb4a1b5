//! Requests that need input from the client, in the revision without sessions.
