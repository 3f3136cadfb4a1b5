//! What a repository has that its remote does not.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::fault;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::process::{self, OUTPUT_CAP, Spec};

/// Parameters of `gitDiffToRemote`.
#[derive(Debug, Deserialize)]
pub(crate) struct GitDiffToRemote {
    cwd: PathBuf,
}

/// `gitDiffToRemote`: answered when git has.
pub(crate) fn answer(reply: Reply, params: GitDiffToRemote) {
    tokio::task::spawn_local(async move {
        let cwd = &params.cwd;
        reply.send(match since_remote(cwd).await {
            Some(result) => Ok(result),
            None if fault!(GIT_DIFF_OF_NOTHING) => Ok(json!({ "sha": "", "diff": "" })),
            None => Err(Refusal::invalid(format!(
                "failed to compute git diff to remote for cwd: {:?}",
                cwd.display().to_string()
            ))),
        });
    });
}

async fn since_remote(cwd: &Path) -> Option<Value> {
    let commit = git(cwd, &["rev-parse", "@{upstream}"]).await.filter(|(code, _)| *code == 0)?.1;
    let commit = commit.trim();
    let base = if fault!(GIT_DIFF_SINCE_THE_LAST_COMMIT) { "HEAD" } else { commit };
    let (_, mut diff) = git(cwd, &["diff", "--no-ext-diff", "--no-textconv", base]).await?;
    if !fault!(GIT_DIFF_WITHOUT_NEW_FILES) {
        let (_, others) = git(cwd, &["ls-files", "--others", "--exclude-standard"]).await?;
        for file in others.lines() {
            diff.push_str(&whole(cwd, file).await?);
        }
    }
    if fault!(GIT_DIFF_OF_THE_WHOLE) {
        let (_, files) = git(cwd, &["ls-files"]).await?;
        for file in files.lines() {
            diff.push_str(&whole(cwd, file).await?);
        }
    }
    let local = git(cwd, &["rev-parse", "HEAD"]).await?.1;
    let shown = if fault!(GIT_COMMIT_IS_THE_LOCAL_ONE) { local.trim() } else { commit };
    Some(json!({ "sha": shown, "diff": diff }))
}

/// The diff of a file that is new.
async fn whole(cwd: &Path, file: &str) -> Option<String> {
    let words = ["diff", "--no-ext-diff", "--no-textconv", "--no-index", "--", "/dev/null", file];
    Some(git(cwd, &words).await?.1)
}

/// The exit code and the stdout of git in a directory.
async fn git(cwd: &Path, words: &[&str]) -> Option<(i32, String)> {
    let argv = ["git"].iter().chain(words).map(|word| (*word).to_owned()).collect();
    let spec =
        Spec { argv, cwd: cwd.to_owned(), env: HashMap::new(), limit: None, cap: OUTPUT_CAP };
    let finished = process::run(&spec).await.ok()?;
    Some((finished.exit_code, finished.stdout))
}
