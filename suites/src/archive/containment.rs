//! Archiving stays inside the home: neither `..` nor a symbolic link leads it to a file elsewhere.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use fixtures::Rollout;
use harness::{Context, OrInconclusive, Result, check, code, ensure};
use serde_json::json;

use crate::client::ContextExt;
use crate::stored::files::{ensure_absent, ensure_bytes, ensure_unchanged, read, rollouts};
use crate::stored::{conversation, seed, seed_all, two_turns};

/// A rollout that lies outside the home, with its bytes.
struct Outside {
    rollout: Rollout,
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Outside {
    /// Plants the rollout in a folder beside the home.
    fn plant(cx: &Context) -> Result<Self> {
        let rollout = two_turns(5);
        let folder = cx.home.work().join("outside");
        let path = rollout.write(&folder).or_inconclusive("planting a file outside the home")?;
        let bytes = read(&path)?;
        Ok(Self { rollout, path, bytes })
    }

    fn id(&self) -> String {
        self.rollout.id().to_string()
    }

    /// Fails if the file was moved, removed or changed.
    fn ensure_untouched(&self) -> Result {
        ensure_bytes(&self.path, &self.bytes, "the rollout outside the home")
    }
}

/// Expects that this path is refused as not being in the sessions directory.
async fn refused(cx: &mut Context, id: &str, path: &Path) -> Result {
    let answer = cx.client().request_archive(id, path).await?;
    let shown = path.display();
    answer.refused(code::INVALID_REQUEST, format_args!("error for the path {shown}"))?;
    let message = answer.error()?.message;
    let wanted = "must be in sessions directory";
    ensure!(
        message.contains(wanted),
        format!("message for the path {shown}"),
        format!("to contain {wanted:?}"),
        format!("{message:?}")
    );
    Ok(())
}

/// A server MUST reject a request to archive a file outside its sessions directory, without
/// changing the file.
#[check(
    v1,
    source = "app-server protocol, archiveConversation: must be in sessions directory; every release does",
    faults(ARCHIVE_ANYWHERE, ARCHIVE_BY_STRING_PREFIX)
)]
async fn files_outside_are_rejected(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    let outside = Outside::plant(cx)?;
    // Inside the home is not inside the sessions directory.
    let beside = cx.home.join(outside.rollout.file_name());
    fs::copy(&outside.path, &beside).or_inconclusive("planting a file")?;
    let sibling = cx.home.join("sessions-of-others").join(outside.rollout.file_name());
    fs::create_dir(cx.home.join("sessions-of-others")).or_inconclusive("making a folder")?;
    fs::copy(&outside.path, &sibling).or_inconclusive("planting a file")?;
    cx.client().initialize().await?;
    for path in [&outside.path, &beside, &sibling] {
        refused(cx, &outside.id(), path).await?;
        ensure_bytes(path, &outside.bytes, "the rollout that was refused")?;
    }
    Ok(())
}

/// A server MUST reject a path that leads out of its sessions directory by `..`, without changing
/// the file there.
#[check(
    v1,
    source = "app-server protocol, archiveConversation: paths are compared in their canonical form; every release does",
    faults(ARCHIVE_ANYWHERE, ARCHIVE_BY_PREFIX)
)]
async fn parent_folders_outside_are_rejected(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    let outside = Outside::plant(cx)?;
    let inner =
        outside.path.strip_prefix(cx.home.work()).or_inconclusive("the planted path")?.to_owned();
    cx.client().initialize().await?;
    let path = cx.home.join("sessions/2025/../../..").join("work").join(inner);
    ensure!(path.exists(), "the planted path", "to exist", path.display().to_string());
    refused(cx, &outside.id(), &path).await?;
    outside.ensure_untouched()
}

/// A server MUST archive a rollout whose path contains `..` but stays in the sessions directory.
#[check(
    v1,
    source = "app-server protocol, archiveConversation: paths are compared in their canonical form; every release does",
    faults(ARCHIVE_COPIES, ARCHIVE_REFUSES_DOTS)
)]
async fn parent_folders_inside_are_fine(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = read(&path)?;
    cx.client().initialize().await?;
    let winding = cx.home.join("sessions/2025/03/../03/04").join(rollout.file_name());
    cx.client().archive(&rollout.id().to_string(), &winding).await?;
    ensure_absent(&path, "where the rollout was")?;
    ensure_bytes(
        &cx.home.join("archived_sessions").join(rollout.file_name()),
        &before,
        "the archived rollout",
    )
}

/// A server MUST reject a request to archive a relative path, without changing any rollout.
#[check(v1, source = "every release does", faults(ARCHIVE_TAKES_RELATIVE_PATHS))]
async fn relative_paths_are_rejected(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    refused(cx, &rollout.id().to_string(), &rollout.relative_path()).await?;
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusal")
}

/// A server MUST reject a request to archive through a symbolic link to a folder outside its
/// sessions directory, without changing the files there.
#[check(
    v1,
    v2,
    source = "robustness: files outside the home are not the server's; every release does",
    faults(ARCHIVE_BY_PREFIX)
)]
async fn linked_folders_are_not_followed(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    let outside = Outside::plant(cx)?;
    let folder = outside.path.parent().unwrap_or(Path::new("/")).to_owned();
    let day = cx.home.join("sessions/2025/03/05");
    symlink(folder, &day).or_inconclusive("making a link")?;
    cx.client().initialize().await?;
    let linked = day.join(outside.rollout.file_name());
    let answer = cx.client().request_archive(&outside.id(), &linked).await?;
    answer.refusal("answer to a request to archive the target of a symbolic link")?;
    outside.ensure_untouched()
}

/// A server MUST reject a request to archive a symbolic link to a file outside its sessions
/// directory, without changing that file.
#[check(
    v1,
    v2,
    source = "robustness: files outside the home are not the server's; every release does",
    faults(ARCHIVE_ANYWHERE, ARCHIVE_BY_PREFIX)
)]
async fn linked_files_are_not_followed(cx: &mut Context) -> Result {
    let first = seed(cx, &conversation(1))?;
    let outside = Outside::plant(cx)?;
    let linked = first.with_file_name(outside.rollout.file_name());
    symlink(&outside.path, &linked).or_inconclusive("making a link")?;
    cx.client().initialize().await?;
    let answer = cx.client().request_archive(&outside.id(), &linked).await?;
    answer.refusal("answer to a request to archive the target of a symbolic link")?;
    outside.ensure_untouched()
}

/// A server MUST archive a conversation in a home that is reached through a symbolic link.
#[check(
    v1,
    v2,
    source = "app-server tests, archive; upstream issues on symlinked homes",
    faults(ARCHIVE_HALF_CANONICAL)
)]
async fn a_linked_home_is_fine(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = read(&path)?;
    let link = cx.home.work().join("home-by-another-name");
    symlink(cx.home.path(), &link).or_inconclusive("making a link")?;
    cx.env("CODEX_HOME", &link);
    cx.client().initialize().await?;
    cx.client().archive(&rollout.id().to_string(), &link.join(rollout.relative_path())).await?;
    ensure_absent(&path, "where the rollout was")?;
    ensure_bytes(
        &cx.home.join("archived_sessions").join(rollout.file_name()),
        &before,
        "the archived rollout",
    )
}

/// A server MUST archive a conversation in a home whose sessions directory is a symbolic link.
#[check(
    v1(fixed_in("0.58", "a rollout below a linked folder of sessions is refused")),
    v2,
    source = "upstream issues on symlinked homes; every release since does",
    faults(ARCHIVE_HALF_CANONICAL)
)]
async fn a_linked_sessions_folder_is_fine(cx: &mut Context) -> Result {
    let real = cx.home.work().join("elsewhere");
    let rollout = two_turns(1);
    rollout.write(&real).or_inconclusive("seeding a conversation")?;
    symlink(real.join("sessions"), cx.home.join("sessions")).or_inconclusive("making a link")?;
    let before = read(&real.join(rollout.relative_path()))?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    ensure_absent(&real.join(rollout.relative_path()), "where the rollout was")?;
    ensure_bytes(
        &cx.home.join("archived_sessions").join(rollout.file_name()),
        &before,
        "the archived rollout",
    )
}

/// A server MUST NOT change a file outside the home when it unarchives a symbolic link to that
/// file.
#[check(
    v2(since = "0.98"),
    source = "robustness: files outside the home are not the server's; every release does",
    faults(UNARCHIVE_FOLLOWS_LINKS)
)]
async fn an_archived_link_is_not_followed(cx: &mut Context) -> Result {
    let outside = Outside::plant(cx)?;
    let archived = cx.home.join("archived_sessions");
    fs::create_dir(&archived).or_inconclusive("making a folder")?;
    symlink(&outside.path, archived.join(outside.rollout.file_name()))
        .or_inconclusive("making a link")?;
    cx.client().initialize().await?;
    // Refused or not: the file itself stays.
    cx.peer.request("thread/unarchive", json!({ "threadId": outside.id() })).await?;
    outside.ensure_untouched()
}
