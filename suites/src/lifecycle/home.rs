//! The home and the directory that a server is started in, whatever they are called and whichever
//! process shares them.

use std::path::{Path, PathBuf};

use fixtures::Config;
use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::says;
use rustix::process::Signal;

use crate::client::ContextExt;
use crate::stored::files::written;
use crate::stored::{ensure_model_input, last_request};

/// Makes another home with the standard configuration, by this name below the check's own.
fn another_home(cx: &Context, name: &str) -> Result<PathBuf> {
    let home = cx.home.join(name);
    std::fs::create_dir_all(&home).or_inconclusive("making a home")?;
    let config = Config::new(&cx.model.base_url()).to_toml();
    std::fs::write(home.join("config.toml"), config).or_inconclusive("writing config.toml")?;
    Ok(home)
}

/// Runs a turn and looks for its rollout in a home.
async fn serves_in(cx: &mut Context, home: &Path) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("at home")]);
    let turn = cx.client().turn(&thread, "hello").await?;
    ensure_eq!(turn.said, ["at home"], "the agent's messages");
    written(cx, &thread, "at home").await?;
    let (path, home) = (thread.path.canonicalize(), home.canonicalize());
    let (path, home) = (
        path.or_inconclusive("looking for the rollout")?,
        home.or_inconclusive("looking for the home")?,
    );
    ensure!(
        path.starts_with(&home),
        "the rollout",
        format!("below {}", home.display()),
        path.display().to_string()
    );
    Ok(())
}

/// A server MUST accept a home whose path contains spaces, quotes and non-ASCII characters.
#[check(
    v1,
    v2,
    source = "every release does",
    faults(HOME_IN_ASCII_ONLY, HOME_WITHOUT_BLANKS_ONLY)
)]
async fn may_have_any_name(cx: &mut Context) -> Result {
    let home = another_home(cx, "a home, ñ 日本 'quoted' %41")?;
    cx.env("CODEX_HOME", home.clone());
    serves_in(cx, &home).await
}

/// A server MUST accept a home whose path ends in a slash.
#[check(v1, v2, source = "every release does", faults(HOME_WITHOUT_SLASH_ONLY))]
async fn may_be_named_with_a_slash(cx: &mut Context) -> Result {
    let home = another_home(cx, "slashed")?;
    cx.env("CODEX_HOME", format!("{}/", home.display()));
    serves_in(cx, &home).await
}

/// A server MUST accept a home that is a symbolic link.
#[check(v1, v2, source = "every release does", faults(HOME_NO_LINK))]
async fn may_be_a_link(cx: &mut Context) -> Result {
    let home = another_home(cx, "real")?;
    let link = cx.home.join("linked");
    std::os::unix::fs::symlink(&home, &link).or_inconclusive("making a link")?;
    cx.env("CODEX_HOME", link);
    serves_in(cx, &home).await
}

/// A server MUST NOT leave a file in the directory in which it was started.
#[check(v1, v2, source = "every release does", faults(LITTERS_THE_DIRECTORY))]
async fn the_working_directory_stays_clean(cx: &mut Context) -> Result {
    let before = names(cx.home.work())?;
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    cx.restart().await;
    ensure_eq!(names(cx.home.work())?, before, "the files in the working directory");
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).or_inconclusive("looking into a directory")?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// A server MUST serve its client while another server uses the same home.
#[check(
    v1,
    v2,
    source = "every release does: editors start one each",
    faults(LOCK_OUTLIVES_A_KILL, ONE_SERVER_A_HOME)
)]
async fn two_may_share_it(cx: &mut Context) -> Result {
    let first = cx.client().start().await?;
    let other = cx.second_peer();
    let second = cx.client().start().await?;
    cx.model.script([says("in the second"), says("in the first")]);
    let turn = cx.client().turn(&second, "hello").await?;
    ensure_eq!(turn.said, ["in the second"], "the agent's messages in the second server");
    cx.swap(other);
    let turn = cx.client().turn(&first, "hello").await?;
    ensure_eq!(turn.said, ["in the first"], "the agent's messages in the first server");
    Ok(())
}

/// A server MUST resume a thread with all stored messages after the server was killed.
#[check(
    v1,
    v2,
    source = "SIGKILL leaves no time to tidy up; every release does",
    faults(LOCK_OUTLIVES_A_KILL, ROLLOUT_WRITTEN_AT_THE_END)
)]
async fn survives_a_kill(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one"), says("answer-two")]);
    cx.client().turn(&thread, "first").await?;
    // Nothing asks the server to write what it has: it is killed as soon as the file has the
    // answer.
    written(cx, &thread, "answer-one").await?;
    cx.peer.signal(Signal::KILL)?;
    cx.peer.exit().await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let again = cx.client().resume_own(&thread).await?;
    cx.client().turn(&again, "second").await?;
    let wanted = [("user", "first"), ("assistant", "answer-one"), ("user", "second")];
    ensure_model_input(&last_request(cx)?, &wanted)
}
