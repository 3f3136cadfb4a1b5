//! Envelopes of messages: ids, results, errors, and one answer for each request.
