//! The faults of the chapter `websocket::listener`: what a server that listens can do wrong before a client is connected.

use crate::fault::faults;

faults! {
    /// The server does not answer `/readyz`.
    READYZ_MISSING,
    /// The server does not answer `/healthz`.
    HEALTHZ_MISSING,
    /// The server answers a GET of any path with 200.
    EVERY_PATH_IS_HEALTHY,
    /// The server exits when a request comes that opens no WebSocket.
    PLAIN_REQUEST_ENDS_THE_SERVER,
    /// The server serves nobody while a request is incomplete.
    HALF_A_REQUEST_BLOCKS,
    /// The server accepts a client with any `Origin`.
    ORIGIN_ACCEPTED,
    /// The server accepts a client with the `Origin` null.
    NULL_ORIGIN_ACCEPTED,
    /// The server accepts a client with an `Origin` of this machine.
    LOCAL_ORIGIN_ACCEPTED,
    /// The server accepts a client with an empty `Origin`.
    EMPTY_ORIGIN_ACCEPTED,
    /// The server answers `/readyz` and `/healthz` whatever the `Origin`.
    HEALTH_ACCEPTS_ORIGINS,
    /// The server accepts a client with an `Origin` if it has the token.
    TOKEN_EXCUSES_ORIGIN,
    /// The server accepts a client without a token.
    NO_TOKEN_NEEDED,
    /// The server accepts a client without a token when another one had it before.
    ONE_TOKEN_FOR_ALL,
    /// The server accepts a client with any token.
    ANY_TOKEN_ACCEPTED,
    /// The server accepts the token in another scheme than Bearer.
    ANY_SCHEME_ACCEPTED,
    /// The server accepts the beginning of the token.
    TOKEN_BEGINNING_ACCEPTED,
    /// The server accepts a text that begins with the token.
    LONGER_TOKEN_ACCEPTED,
    /// The server compares the token without regard to case.
    TOKEN_CASE_IGNORED,
    /// The server accepts the token in the address.
    TOKEN_IN_THE_ADDRESS,
    /// The server accepts the scheme as `Bearer` only.
    SCHEME_CASE_MATTERS,
    /// The server counts the line end of a file as a part of the token.
    TOKEN_FILE_UNTRIMMED,
    /// The server accepts the digest of the token as the token.
    DIGEST_IS_A_TOKEN,
    /// The server accepts no token if its digest is given in capitals.
    DIGEST_CASE_MATTERS,
    /// The server answers `/readyz` and `/healthz` only to clients with the token.
    HEALTH_NEEDS_A_TOKEN,
    /// The server writes the token that it asks for to stderr.
    TOKEN_ON_STDERR,
    /// The server writes the tokens of clients to stderr.
    TOKENS_OF_CLIENTS_ON_STDERR,
    /// The server writes the tokens of clients to a file in its home.
    TOKENS_OF_CLIENTS_IN_A_FILE,
    /// The server does not check signatures.
    SIGNATURE_UNCHECKED,
    /// The server accepts the beginning of a signature.
    SIGNATURE_BEGINNING_ACCEPTED,
    /// The server accepts a token whose algorithm is none.
    ALG_NONE_ACCEPTED,
    /// The server accepts a token that is signed by another algorithm than HS256.
    OTHER_ALG_ACCEPTED,
    /// The server does not look at the algorithm that a token names.
    ALG_UNREAD,
    /// The server accepts a token that has expired.
    EXPIRED_TOKEN_ACCEPTED,
    /// The server accepts a token that never expires.
    ENDLESS_TOKEN_ACCEPTED,
    /// The server accepts a token before it is valid.
    EARLY_TOKEN_ACCEPTED,
    /// The server does not compare the issuer.
    ISSUER_IGNORED,
    /// The server accepts a token without an issuer.
    ISSUER_MAY_BE_MISSING,
    /// The server does not compare the audience.
    AUDIENCE_IGNORED,
    /// The server accepts a token without an audience.
    AUDIENCE_MAY_BE_MISSING,
    /// The server accepts a token for any list of audiences.
    AUDIENCE_LIST_UNREAD,
    /// The server refuses a token for several audiences.
    AUDIENCE_LIST_REFUSED,
    /// The server allows for no difference between clocks.
    SKEW_IGNORED,
    /// The server allows for a difference between clocks at the end of a token only.
    SKEW_AT_ONE_END,
    /// The server allows for any difference between clocks as soon as one is given.
    SKEW_UNLIMITED,
    /// The server refuses a token with claims that it does not know.
    UNKNOWN_CLAIMS_REFUSED,
    /// The server starts with a secret of less than 32 bytes.
    SHORT_SECRET_ACCEPTED,
    /// The server starts with a token file that is empty.
    EMPTY_TOKEN_ACCEPTED,
    /// The server starts without protection when the token file is missing.
    MISSING_TOKEN_FILE_ACCEPTED,
    /// The server starts without protection when no token file is given.
    NO_TOKEN_FILE_ACCEPTED,
    /// The server starts with a digest that is no digest.
    BAD_DIGEST_ACCEPTED,
    /// The server starts without protection when a token is given, but no kind of tokens.
    TOKEN_WITHOUT_A_KIND_ACCEPTED,
    /// The server exits with code 0 when it refuses to start.
    REFUSED_START_IS_A_SUCCESS,
    /// The server does not report why it refuses to start.
    REFUSED_START_HAS_NO_REASON,
    /// The server listens on all addresses of the machine without asking for a token.
    EVERY_ADDRESS_WITHOUT_A_TOKEN,
    /// The server speaks over stdio when it cannot listen at its URL.
    BAD_PLACE_IS_STDIO,
    /// The server selects another port when its own is in use.
    USED_PORT_REPLACED,
    /// The server lets every user of the machine connect to its socket.
    SOCKET_FOR_ALL,
    /// The server replaces the socket of another one that runs.
    SECOND_SERVER_TAKES_THE_SOCKET,
    /// The server removes the socket of another one when it cannot have it.
    SECOND_SERVER_REMOVES_THE_SOCKET,
    /// The server leaves its socket behind.
    SOCKET_STAYS,
    /// The server does not start when the socket of one that has ended is there.
    STALE_SOCKET_REFUSED,
    /// The server replaces a file by its socket.
    FILE_REPLACED_BY_THE_SOCKET,
    /// The server replaces an empty directory by its socket.
    DIRECTORY_REPLACED_BY_THE_SOCKET,
    /// The server replaces a link by its socket.
    LINK_REPLACED_BY_THE_SOCKET,
    /// The server waits after SIGTERM until all clients have left.
    SIGTERM_WAITS_FOR_CLIENTS,
}
