//! Resources and their templates: lists, contents and subscriptions.
