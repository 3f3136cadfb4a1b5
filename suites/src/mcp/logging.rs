//! Log messages and their levels.
