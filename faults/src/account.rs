//! The faults of the chapter `account`: what a server can do wrong with limits and tokens of a client.

use crate::fault::faults;

faults! {
    /// The server returns the length of a window of the limits in seconds.
    WINDOW_IN_SECONDS,
    /// The server returns only the first window of the limits.
    SECOND_WINDOW_LEFT_OUT,
    /// The server requests the limits from the account backend without the id of the account.
    USAGE_REQUEST_WITHOUT_ACCOUNT,
    /// The server returns limits when no user is logged in.
    LIMITS_OF_NO_USER,
    /// The server stores the tokens of a `chatgptAuthTokens` login.
    EXTERNAL_TOKENS_STORED,
    /// The server goes on with the old token after the client has given it a new one.
    REFRESHED_TOKEN_UNUSED,
    /// The server asks the client for tokens again and again.
    REFRESH_REPEATED,
    /// The turn hangs when the client has no new tokens.
    REFUSED_REFRESH_HANGS,
}
