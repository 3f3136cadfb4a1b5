//! Completion of arguments: values, and how many.
