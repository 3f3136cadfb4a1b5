//! Subscriptions in the revision without sessions.
