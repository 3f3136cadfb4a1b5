//! The repository in which a conversation began, as its rollout has it.

use std::path::Path;
use std::{fs, io};

use harness::{Context, OrInconclusive, Result, check, ensure_includes};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Start};
use crate::stored::files::{read, written};

/// A server SHOULD record the commit, branch and URL of the repository in the rollout of a new
/// conversation.
#[check(v1, v2, source = "every release does where there is git", faults(REPOSITORY_UNNOTED))]
async fn its_state_is_noted(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for (name, file, line) in [
        ("loose", "refs/heads/topic/one", COMMIT.to_owned()),
        (
            "packed",
            "packed-refs",
            format!(
                "# pack-refs with: peeled\n{OTHER} refs/heads/main\n{COMMIT} refs/heads/topic/one"
            ),
        ),
    ] {
        let work = cx.home.join(name);
        repository(&work.join(".git"), file, &line).or_inconclusive("making a repository")?;
        let cwd = work.join("inside");
        fs::create_dir(&cwd).or_inconclusive("making a folder")?;
        let thread = cx.client().start_with(Start { cwd: Some(cwd), ..Start::default() }).await?;
        cx.model.script([says("done")]);
        cx.client().turn(&thread, "hello").await?;
        written(cx, &thread, "done").await?;
        let text = String::from_utf8_lossy(&read(&thread.path)?).into_owned();
        let head: Value = serde_json::from_str(text.lines().next().unwrap_or_default())
            .or_inconclusive("reading the rollout")?;
        let git = json!({ "commit_hash": COMMIT, "branch": "topic/one", "repository_url": ORIGIN });
        ensure_includes!(head["payload"]["git"], git, "the repository with {name} refs");
    }
    Ok(())
}

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OTHER: &str = "fedcba9876543210fedcba9876543210fedcba98";
const ORIGIN: &str = "https://example.test/repository.git";

/// A repository as git lays it out, with one file that says where its branches are.
fn repository(git: &Path, file: &str, line: &str) -> io::Result<()> {
    for folder in ["objects", "refs/heads/topic"] {
        fs::create_dir_all(git.join(folder))?;
    }
    fs::write(git.join("HEAD"), "ref: refs/heads/topic/one\n")?;
    let config = format!(
        "[core]\n\tbare = false\n[remote \"other\"]\n\turl = other\n[remote \"origin\"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n\turl = {ORIGIN}\n"
    );
    fs::write(git.join("config"), config)?;
    fs::write(git.join(file), format!("{line}\n"))
}
