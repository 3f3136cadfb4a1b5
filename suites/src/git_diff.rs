//! What a repository has that its remote does not, as one diff.

use std::path::{Path, PathBuf};

use harness::{Context, Failure, Result, check, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::client::ContextExt;
use crate::rows::Rows;

/// Runs a script of git commands by the subject itself, which has to run commands anyway; what it
/// prints.
async fn git(cx: &mut Context, script: &str) -> Result<String> {
    let line = format!(
        "set -e; export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \
         GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.test \
         GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.test; {script}"
    );
    let more = json!({ "cwd": cx.home.work(), "timeoutMs": 30_000 });
    let reply = cx.client().exec(&["sh", "-c", &line], more).await?;
    let result = reply.result()?;
    if result["exitCode"] != 0 {
        let why = result["stderr"].as_str().unwrap_or("git failed").to_owned();
        return Err(Failure::inconclusive("making a repository with git", why));
    }
    Ok(result["stdout"].as_str().unwrap_or_default().trim().to_owned())
}

/// Makes a repository with one commit, which its remote has; its directory and the commit.
async fn pushed(cx: &mut Context) -> Result<(PathBuf, String)> {
    let commit = git(
        cx,
        "git init -q --bare remote.git; git init -q repository; cd repository; \
         git checkout -q -b main; echo one > file; git add file; git commit -q -m first; \
         git remote add origin ../remote.git; git push -q -u origin main; git rev-parse HEAD",
    )
    .await?;
    Ok((cx.home.work().join("repository"), commit))
}

/// The answer about a directory.
async fn diff(cx: &mut Context, cwd: &Path) -> Result<Value> {
    cx.peer.call("gitDiffToRemote", json!({ "cwd": cwd })).await
}

/// A server MUST return in `gitDiffToRemote` the commit that the remote has, and everything that has
/// changed since: commits, other changes, and new files.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server protocol, gitDiffToRemote; every release does",
    faults(
        GIT_DIFF_SINCE_THE_LAST_COMMIT,
        GIT_DIFF_WITHOUT_NEW_FILES,
        GIT_COMMIT_IS_THE_LOCAL_ONE
    )
)]
async fn everything_since_the_remote_is_returned(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (repository, commit) = pushed(cx).await?;
    let script = "cd repository; echo two >> file; git commit -q -a -m second; \
                  echo three >> file; echo new > added";
    git(cx, script).await?;
    let result = diff(cx, &repository).await?;
    ensure_eq!(result["sha"], commit, "the commit that the remote has");
    let text = result["diff"].as_str().unwrap_or_default();
    let mut rows = Rows::default();
    for (row, line) in [
        ("a change that was committed", "\n+two\n"),
        ("a change that was not", "\n+three\n"),
        ("a new file", "\n+new\n"),
    ] {
        let judged = || {
            ensure!(
                text.contains(line),
                "the diff",
                format!("{line:?} in it"),
                format!("{text:?}")
            );
            Ok(())
        };
        rows.judge(row, judged())?;
    }
    rows.end()
}

/// A server MUST return an empty diff in `gitDiffToRemote` when nothing has changed since the remote's
/// commit.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(GIT_DIFF_OF_THE_WHOLE))]
async fn nothing_new_is_an_empty_diff(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (repository, commit) = pushed(cx).await?;
    let result = diff(cx, &repository).await?;
    ensure_eq!(result["sha"], commit, "the commit that the remote has");
    ensure_eq!(result["diff"], "", "the diff of what has not changed");
    Ok(())
}

/// A server MUST reject `gitDiffToRemote` for a directory without a repository, and for a repository
/// without a remote.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(GIT_DIFF_OF_NOTHING))]
async fn no_remote_is_an_error(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let script = "mkdir plain; git init -q alone; cd alone; git checkout -q -b main; \
                  echo one > file; git add file; git commit -q -m first";
    git(cx, script).await?;
    let mut rows = Rows::default();
    for name in ["alone", "plain", "missing"] {
        let params = json!({ "cwd": cx.home.work().join(name) });
        let reply = cx.peer.request("gitDiffToRemote", params).await?;
        let refused = reply.refusal("the answer about a directory without a remote");
        rows.judge(name, refused.map(|_| ()))?;
    }
    rows.end()
}
