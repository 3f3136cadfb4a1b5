//! The faults of the chapter `auth`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// A browser with the wrong state ends the login.
    FOREIGN_STATE_ENDS_LOGIN,
    /// The server does not check the state that the browser returns.
    LOGIN_STATE_UNCHECKED,
    /// The URL of the login page uses `http` instead of `https`.
    LOGIN_PAGE_IN_THE_CLEAR,
    /// The login stays pending after the login page reports an error.
    LOGIN_REFUSAL_IGNORED,
    /// The server does not report the error that the login page gave.
    LOGIN_REFUSAL_UNNAMED,
    /// The server does not listen on the port of the login callback.
    LOGIN_NOBODY_LISTENS,
    /// The login callback answers a browser with the wrong state with success.
    LOGIN_THANKS_ANYBODY,
    /// Every login has the same state.
    LOGIN_STATE_FIXED,
    /// Every login has the same verifier and therefore the same challenge.
    LOGIN_VERIFIER_FIXED,
    /// The server sends the verifier itself as the challenge of a login.
    LOGIN_CHALLENGE_PLAIN,
    /// The server sends the verifier to the login page.
    LOGIN_VERIFIER_TOLD,
    /// The login page redirects the browser to another host instead of localhost.
    LOGIN_WAY_BACK_ELSEWHERE,
    /// With `forced_login_method`, the server rejects both ways to log in.
    FORCED_LOGIN_REFUSES_BOTH,
    /// The server ignores `forced_login_method`.
    FORCED_LOGIN_IGNORED,
    /// The server stores an API key before it rejects the key because of `forced_login_method`.
    FORCED_LOGIN_STORED_FIRST,
    /// The server requests a workspace from the login page when the configuration names none.
    WORKSPACE_MADE_UP,
    /// The server ignores `forced_chatgpt_workspace_id`.
    WORKSPACE_IGNORED,
    /// A login by API key leaves the ChatGPT tokens in `auth.json`.
    LOGIN_KEEPS_TOKENS,
    /// The server does not store a login when another login is already stored.
    FIRST_LOGIN_STAYS,
    /// The server accepts a login by API key but does not store it.
    LOGIN_NOT_STORED,
    /// The server treats a login by API key without a key as a login with an empty key.
    LOGIN_WITHOUT_KEY,
    /// The server keeps the mode of an `auth.json` that every user can read.
    AUTH_KEEPS_MODE,
    /// The server answers a login of an unknown type with success.
    UNKNOWN_LOGIN_TAKEN,
    /// A login by API key writes the login method to `config.toml`.
    LOGIN_WRITES_SETTINGS,
    /// The server creates an `auth.json` that every user can read.
    AUTH_WORLD_READABLE,
    /// The server stores the key as `api_key`, a name that no other release reads.
    KEY_STORED_BY_ANOTHER_NAME,
    /// The server ignores every login after a logout.
    LOGOUT_IS_FINAL,
    /// The server rejects a logout when no user is logged in.
    LOGOUT_NEEDS_LOGIN,
    /// A logout empties `auth.json` instead of deleting it.
    LOGOUT_EMPTIES_AUTH,
    /// A logout does not delete `auth.json`.
    LOGOUT_KEEPS_AUTH,
    /// A logout deletes a stored API key but not stored ChatGPT tokens.
    LOGOUT_KEEPS_TOKENS,
    /// The server sends the model service an `Authorization` header without a token when no user is
    /// logged in.
    NOBODY_BEARS_A_TOKEN,
    /// The server sends the user's credentials to every provider.
    AUTH_LEAKS,
    /// Requests to the model service do not name the account of a ChatGPT login.
    ACCOUNT_KEPT_FROM_MODEL,
    /// The server never sends the user's credentials to the model service, even if the service
    /// requires a login.
    LOGIN_KEPT_FROM_MODEL,
    /// The server ignores the environment variable that a provider names for its key.
    PROVIDER_KEY_IGNORED,
    /// The server sends the credentials of its first model request with all later requests.
    LOGIN_FIXED_AT_FIRST_TURN,
    /// The notification of a completed login by API key has an unknown login id.
    KEY_COMPLETION_HAS_ID,
    /// The server does not announce the completion of a login by API key.
    KEY_COMPLETION_UNTOLD,
    /// The server does not announce a login by API key when the user was already logged in by API
    /// key.
    LATER_LOGIN_UNTOLD,
    /// The server never sends `account/updated`.
    ACCOUNT_UPDATE_UNTOLD,
    /// The server never sends `authStatusChange`.
    AUTH_CHANGE_UNTOLD,
    /// The server announces each change of user twice.
    CHANGE_TOLD_TWICE,
    /// The server does not announce a logout when no user was logged in.
    LOGOUT_OF_NOBODY_UNTOLD,
    /// The server announces the completion of a login by API key after it announces the new user.
    KEY_COMPLETION_LATE,
    /// The notification of a logout omits the login method instead of setting it to `null`.
    CHANGE_LEAVES_NOBODY_OUT,
    /// The notification of a login contains the token.
    CHANGE_TELLS_TOKEN,
    /// The server writes the API key of a login to stderr.
    KEY_LOGGED,
    /// The server writes ChatGPT tokens to stderr.
    TOKENS_LOGGED,
    /// The server announces a change of user when a pending login is canceled.
    CANCEL_TELLS_CHANGE,
    /// The server does not announce the end of a canceled login.
    CANCELLED_LOGIN_UNTOLD,
    /// The server reports a failed or canceled login as a success.
    FAILED_LOGIN_SUCCEEDS,
    /// The server reports a failed login without an error message.
    FAILED_LOGIN_WITHOUT_REASON,
    /// The server announces the end of a ChatGPT login twice.
    LOGIN_END_TOLD_TWICE,
    /// The server answers the cancellation of a pending login with `notFound`.
    CANCEL_ANSWERED_NOT_FOUND,
    /// A login by API key does not end a pending ChatGPT login.
    KEY_LEAVES_LOGIN,
    /// A logout does not end a pending ChatGPT login.
    LOGOUT_LEAVES_LOGIN,
    /// The server cancels the pending login even when the request names another id.
    CANCEL_ENDS_ANY_LOGIN,
    /// The server answers the cancellation of an unknown login with `canceled`.
    CANCEL_KNOWS_EVERY_ID,
    /// Every ChatGPT login has the same id.
    LOGIN_ID_REUSED,
    /// The server accepts only one ChatGPT login in its lifetime.
    ONE_LOGIN_ONLY,
    /// The server announces a ChatGPT login as soon as it starts.
    LOGIN_TOLD_WHEN_BEGUN,
    /// When stdin is closed, the server waits for the pending login.
    EOF_WAITS_FOR_LOGIN,
    /// The server accepts an invalid login id in a cancellation.
    CANCEL_TAKES_ANYTHING,
    /// The server does not announce the end of a login that a new login replaces.
    SUPERSEDED_LOGIN_UNTOLD,
    /// The server leaves the temporary copy of `auth.json` behind.
    AUTH_COPIED_INTO_PLACE,
    /// The server writes the API key of a login to a log file in the home.
    KEY_IN_A_LOG_FILE,
    /// The server rejects a new login when `auth.json` is invalid.
    DAMAGED_AUTH_LOCKS_OUT,
    /// The server treats an id token that is not a JWT as a login.
    ANY_TOKEN_COUNTS,
    /// The server rejects a request for the current user when `auth.json` is invalid.
    DAMAGED_AUTH_REFUSED,
    /// The server treats an API key in the environment as a login.
    ENVIRONMENT_LOGS_IN,
    /// The server rejects `refreshToken` for a login by API key.
    KEY_REFRESH_REFUSED,
    /// The server reports a stored login when the provider requires no login.
    LOGIN_TOLD_DESPITE_PROVIDER,
    /// The server ignores ChatGPT tokens in `auth.json`.
    TOKENS_OVERLOOKED,
    /// The server ignores a login that another process stored.
    ONLY_OWN_LOGINS,
    /// The server reports the plan `pro` for every ChatGPT account.
    PLAN_ALWAYS_PRO,
    /// The server reports an invented e-mail address when the login has none.
    EMAIL_OF_NOBODY,
    /// `getAuthStatus` returns the token without a request for it.
    TOKEN_ALWAYS_TOLD,
    /// `account/read` returns the API key.
    ACCOUNT_TELLS_KEY,
    /// The answer omits its members instead of setting them to `null` when no user is logged in.
    NOBODY_LEFT_OUT,
    /// The server reports a login by API key when no user is logged in.
    NOBODY_IS_APIKEY,
    /// The server reports that every provider requires an OpenAI login.
    LOGIN_ALWAYS_WANTED,
    /// The server uses the id token as the access token.
    ID_TOKEN_IS_ACCESS_TOKEN,
    /// The server reports the subject of the id token as the e-mail address.
    EMAIL_IS_SUBJECT,
    /// The server prefers an API key in the environment to the stored login.
    ENVIRONMENT_HIDES_LOGIN,
    /// The server masks the end of the token that the client requested.
    TOKEN_MASKED,
}
