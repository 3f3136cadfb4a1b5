//! What a server can do wrong of the chapter `auth`.

use crate::fault::faults;

faults! {
    /// A browser with a foreign state ends the login of the user.
    FOREIGN_STATE_ENDS_LOGIN,
    /// The state that the browser brings back is not looked at.
    LOGIN_STATE_UNCHECKED,
    /// The page for the login is not asked for over TLS.
    LOGIN_PAGE_IN_THE_CLEAR,
    /// A login goes on when the user is turned away on the page.
    LOGIN_REFUSAL_IGNORED,
    /// Why the user was turned away is not told.
    LOGIN_REFUSAL_UNNAMED,
    /// Nobody listens where the browser is to come back.
    LOGIN_NOBODY_LISTENS,
    /// A browser without the state is thanked, though it changes nothing.
    LOGIN_THANKS_ANYBODY,
    /// Every login has the same state.
    LOGIN_STATE_FIXED,
    /// Every login has the same verifier, and so the same challenge.
    LOGIN_VERIFIER_FIXED,
    /// The challenge of a login is the verifier itself.
    LOGIN_CHALLENGE_PLAIN,
    /// The page for the login is told the verifier.
    LOGIN_VERIFIER_TOLD,
    /// The browser is to come back to another machine.
    LOGIN_WAY_BACK_ELSEWHERE,
    /// A `forced_login_method` rules out both ways.
    FORCED_LOGIN_REFUSES_BOTH,
    /// `forced_login_method` is ignored.
    FORCED_LOGIN_IGNORED,
    /// An API key is stored before `forced_login_method` refuses it.
    FORCED_LOGIN_STORED_FIRST,
    /// A workspace is asked for although the configuration names none.
    WORKSPACE_MADE_UP,
    /// `forced_chatgpt_workspace_id` is ignored.
    WORKSPACE_IGNORED,
    /// A login by API key leaves the ChatGPT tokens in auth.json.
    LOGIN_KEEPS_TOKENS,
    /// A login is not stored while another one is.
    FIRST_LOGIN_STAYS,
    /// A login by API key is answered, but not stored.
    LOGIN_NOT_STORED,
    /// A login by API key without a key is one with an empty key.
    LOGIN_WITHOUT_KEY,
    /// An auth.json that everyone can read stays so.
    AUTH_KEEPS_MODE,
    /// A login of an unknown kind is answered as if it had been done.
    UNKNOWN_LOGIN_TAKEN,
    /// A login by API key notes in config.toml how the user logged in.
    LOGIN_WRITES_SETTINGS,
    /// auth.json can be read by everyone.
    AUTH_WORLD_READABLE,
    /// The key is stored as `api_key`, where no other release looks for it.
    KEY_STORED_BY_ANOTHER_NAME,
    /// After a logout no later login counts.
    LOGOUT_IS_FINAL,
    /// Logging out is an error when nobody is logged in.
    LOGOUT_NEEDS_LOGIN,
    /// Logging out empties auth.json instead of removing it.
    LOGOUT_EMPTIES_AUTH,
    /// Logging out leaves auth.json in place.
    LOGOUT_KEEPS_AUTH,
    /// Logging out removes an API key only.
    LOGOUT_KEEPS_TOKENS,
    /// A request to the model of nobody has an Authorization header without a token.
    NOBODY_BEARS_A_TOKEN,
    /// Logins go to any provider.
    AUTH_LEAKS,
    /// Requests to the model do not name the account of a ChatGPT login.
    ACCOUNT_KEPT_FROM_MODEL,
    /// No login goes to the model, even if its service wants one.
    LOGIN_KEPT_FROM_MODEL,
    /// The variable that a provider names for its key is ignored.
    PROVIDER_KEY_IGNORED,
    /// Whoever was logged in at the first request to the model stays so for the others.
    LOGIN_FIXED_AT_FIRST_TURN,
    /// The end of a login by key names a login that nobody knows.
    KEY_COMPLETION_HAS_ID,
    /// That a login by key is complete is not told.
    KEY_COMPLETION_UNTOLD,
    /// A login is told only if nobody was logged in like that before.
    LATER_LOGIN_UNTOLD,
    /// account/updated is never sent.
    ACCOUNT_UPDATE_UNTOLD,
    /// A change of the login is not announced in the first dialect.
    AUTH_CHANGE_UNTOLD,
    /// Who is logged in now is told twice.
    CHANGE_TOLD_TWICE,
    /// A logout is told only if somebody was logged in.
    LOGOUT_OF_NOBODY_UNTOLD,
    /// That a login by key is complete is told after who is logged in.
    KEY_COMPLETION_LATE,
    /// The notification of a logout leaves out who is logged in, instead of `null`.
    CHANGE_LEAVES_NOBODY_OUT,
    /// The notification of a login has the token in it.
    CHANGE_TELLS_TOKEN,
    /// The key of a login is written to stderr.
    KEY_LOGGED,
    /// The tokens of a ChatGPT login are written to stderr.
    TOKENS_LOGGED,
    /// When a login is taken back, who is logged in is told although it has not changed.
    CANCEL_TELLS_CHANGE,
    /// The end of a login that was taken back is not told.
    CANCELLED_LOGIN_UNTOLD,
    /// A login that was taken back is told as a success.
    FAILED_LOGIN_SUCCEEDS,
    /// The end of a login without success gives no reason.
    FAILED_LOGIN_WITHOUT_REASON,
    /// The end of a ChatGPT login is told twice.
    LOGIN_END_TOLD_TWICE,
    /// The cancel of a login that is under way is answered with notFound.
    CANCEL_ANSWERED_NOT_FOUND,
    /// A login by API key leaves the ChatGPT login under way.
    KEY_LEAVES_LOGIN,
    /// A logout leaves the ChatGPT login under way.
    LOGOUT_LEAVES_LOGIN,
    /// A cancel ends the login under way, whichever id it names.
    CANCEL_ENDS_ANY_LOGIN,
    /// The cancel of an unknown login is answered as if it had been under way.
    CANCEL_KNOWS_EVERY_ID,
    /// Every ChatGPT login has the same id.
    LOGIN_ID_REUSED,
    /// Only one ChatGPT login can be begun in the life of a process.
    ONE_LOGIN_ONLY,
    /// A ChatGPT login is told as done when it has only begun.
    LOGIN_TOLD_WHEN_BEGUN,
    /// When stdin is closed, the process waits for the login that is under way.
    EOF_WAITS_FOR_LOGIN,
    /// The cancel of what is no id of a login is answered like any other.
    CANCEL_TAKES_ANYTHING,
    /// The end of a login that another one supersedes is not told.
    SUPERSEDED_LOGIN_UNTOLD,
    /// The temporary file of a login is copied and not removed.
    AUTH_COPIED_INTO_PLACE,
    /// A log file in the home has the keys of logins.
    KEY_IN_A_LOG_FILE,
    /// An auth.json that cannot be read is not written over.
    DAMAGED_AUTH_LOCKS_OUT,
    /// An id token that is no JWT counts as a login too.
    ANY_TOKEN_COUNTS,
    /// With an auth.json that cannot be read, asking who is logged in is an error.
    DAMAGED_AUTH_REFUSED,
    /// An API key in the environment counts as a login.
    ENVIRONMENT_LOGS_IN,
    /// A refresh is refused when the login is by API key.
    KEY_REFRESH_REFUSED,
    /// A stored login is reported although the provider wants none.
    LOGIN_TOLD_DESPITE_PROVIDER,
    /// ChatGPT tokens in auth.json are overlooked.
    TOKENS_OVERLOOKED,
    /// A stored login counts only in the process that stored it.
    ONLY_OWN_LOGINS,
    /// Every ChatGPT account is said to be on the plan pro.
    PLAN_ALWAYS_PRO,
    /// An address is made up when no login has one.
    EMAIL_OF_NOBODY,
    /// getAuthStatus tells the token unasked.
    TOKEN_ALWAYS_TOLD,
    /// account/read tells the API key.
    ACCOUNT_TELLS_KEY,
    /// Where nobody is logged in, the answer leaves the members out.
    NOBODY_LEFT_OUT,
    /// Nobody is reported as a login by API key.
    NOBODY_IS_APIKEY,
    /// Every provider is said to want an OpenAI login.
    LOGIN_ALWAYS_WANTED,
    /// The id token is used where the access token belongs.
    ID_TOKEN_IS_ACCESS_TOKEN,
    /// The subject of the id token is told as the e-mail address.
    EMAIL_IS_SUBJECT,
    /// An API key in the environment hides the stored login.
    ENVIRONMENT_HIDES_LOGIN,
    /// The token that was asked for is told with its end masked.
    TOKEN_MASKED,
}
