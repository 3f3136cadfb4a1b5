//! What each message must contain, by revision.
