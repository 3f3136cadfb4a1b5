//! Lines that are no message: the next request is answered all the same.
