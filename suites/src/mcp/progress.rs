//! Progress of requests.
