//! What goes wrong with logins: how they are stored, what is told of them, what remains.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::fault::fault;

/// Whether this process has stored a login.
static STORED: AtomicBool = AtomicBool::new(false);

/// Whether somebody has logged out of this process.
static LEFT: AtomicBool = AtomicBool::new(false);

/// Notes that this process stores a login, and stores what does not belong there.
pub(crate) fn stores(home: &Path) -> io::Result<()> {
    STORED.store(true, Ordering::Relaxed);
    if fault!(LOGIN_WRITES_SETTINGS) {
        let config = home.join("config.toml");
        let mut config = OpenOptions::new().append(true).create(true).open(config)?;
        writeln!(config, "preferred_auth_method = \"apikey\"")?;
    }
    Ok(())
}

/// Whether the stored login is overlooked.
pub(crate) fn overlooks() -> bool {
    (fault!(ONLY_OWN_LOGINS) && !STORED.load(Ordering::Relaxed))
        || (fault!(LOGOUT_IS_FINAL) && LEFT.load(Ordering::Relaxed))
}

/// What is done instead of a logout; `None` if it is done.
pub(crate) fn logs_out(path: &Path, has_tokens: bool) -> Option<io::Result<()>> {
    if fault!(LOGOUT_KEEPS_AUTH) || (has_tokens && fault!(LOGOUT_KEEPS_TOKENS)) {
        return Some(Ok(()));
    }
    if path.exists() && fault!(LOGOUT_EMPTIES_AUTH) {
        return Some(fs::write(path, "{}"));
    }
    LEFT.store(true, Ordering::Relaxed);
    None
}

/// The content of `auth.json` as it is written.
pub(crate) fn spelled(content: Value) -> Value {
    if fault!(KEY_STORED_BY_ANOTHER_NAME) {
        return json!({ "auth_mode": content["auth_mode"], "api_key": content["OPENAI_API_KEY"] });
    }
    content
}

/// A key that counts as the login although nobody has stored it.
pub(crate) fn key_of_the_environment(stored: bool) -> Option<String> {
    let wanted = fault!(ENVIRONMENT_HIDES_LOGIN) || (!stored && fault!(ENVIRONMENT_LOGS_IN));
    env::var("OPENAI_API_KEY").ok().filter(|_| wanted)
}

/// Puts a key where it does not belong.
pub(crate) fn betrays(home: &Path, key: &str) {
    if fault!(KEY_IN_A_LOG_FILE) {
        let _ = fs::write(home.join("login.log"), format!("login with {key}"));
    }
    if fault!(KEY_LOGGED) {
        let _ = writeln!(io::stderr(), "logging in with {key}");
    }
}

/// The answer to who is logged in.
pub(crate) fn answer(mut answer: Value) -> Value {
    if fault!(NOBODY_LEFT_OUT)
        && let Some(members) = answer.as_object_mut()
    {
        members.retain(|_, value| !value.is_null());
    }
    answer
}

/// What is told of a change, in this member.
pub(crate) fn change(params: &mut Value, member: &str, token: impl FnOnce() -> Option<String>) {
    if params[member].is_null()
        && fault!(CHANGE_LEAVES_NOBODY_OUT)
        && let Some(members) = params.as_object_mut()
    {
        members.shift_remove(member);
    }
    if fault!(CHANGE_TELLS_TOKEN)
        && let Some(token) = token()
    {
        params["authToken"] = json!(token);
    }
}
