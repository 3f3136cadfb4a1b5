//! Where a login is stored, and where not.

use harness::{Context, Result, check, ensure, ensure_eq};
use mock_model::says;

use super::stored::KEY;
use crate::client::ContextExt;
use crate::stored::files::holders;

/// A server MUST store an API key in `auth.json` only, even after a turn and a restart.
#[check(
    v1,
    v2,
    source = "security: a secret on disk; every release does",
    faults(AUTH_COPIED_INTO_PLACE, KEY_IN_A_LOG_FILE)
)]
async fn a_key_is_in_no_other_file(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(KEY).await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    ensure_eq!(holders(cx, KEY)?, ["auth.json"], "the files in the home that hold the key");
    cx.restart().await;
    ensure_eq!(
        holders(cx, KEY)?,
        ["auth.json"],
        "the files that hold the key when the server has ended"
    );
    Ok(())
}

/// A server MUST NOT keep the API key in any file after a logout.
#[check(
    v1,
    v2,
    source = "security: a secret on disk; every release does",
    faults(AUTH_COPIED_INTO_PLACE, KEY_IN_A_LOG_FILE)
)]
async fn no_file_holds_it_after_the_logout(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(KEY).await?;
    cx.client().log_out().await?;
    let left = holders(cx, KEY)?;
    ensure!(
        left.is_empty(),
        "the files in the home that hold the key after the logout",
        "none",
        left.join(", ")
    );
    Ok(())
}
