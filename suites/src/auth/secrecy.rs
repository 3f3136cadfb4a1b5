//! Where a login is stored, and where not.

use std::path::{Path, PathBuf};

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::says;

use super::stored::KEY;
use crate::client::ContextExt;

/// Every file below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).or_inconclusive("looking into the home")?.flatten()
        {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// The files below the home of the check that hold the key, relative to it.
fn holders(cx: &Context) -> Result<Vec<String>> {
    let home = cx.home.path();
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes())
    };
    let mut found: Vec<String> = files(home)?
        .into_iter()
        .filter(holds)
        .map(|path| path.strip_prefix(home).unwrap_or(&path).display().to_string())
        .collect();
    found.sort();
    Ok(found)
}

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
    ensure_eq!(holders(cx)?, ["auth.json"], "the files in the home that hold the key");
    cx.restart().await;
    ensure_eq!(
        holders(cx)?,
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
    let left = holders(cx)?;
    ensure!(
        left.is_empty(),
        "the files in the home that hold the key after the logout",
        "none",
        left.join(", ")
    );
    Ok(())
}
