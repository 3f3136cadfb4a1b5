//! The list of skills.

use std::fs;

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq, ensure_includes, show};
use serde_json::{Value, json};

use super::{DESCRIPTION, find, is_among, listed, own, skill};
use crate::client::ContextExt;

/// A server MUST list the skills of its home with their names, descriptions and paths.
#[check(
    v2(since = "0.98"),
    source = "app-server README, skills/list; every release does",
    faults(SKILLS_OF_THE_HOME_UNLISTED, SKILL_WITHOUT_ITS_DESCRIPTION)
)]
async fn skills_of_the_home_are_listed(cx: &mut Context) -> Result {
    let path = own(cx, "lighthouse")?;
    cx.client().initialize().await?;
    let (skills, _) = listed(cx, false).await?;
    let found = find(&skills, "lighthouse", "for a directory")?;
    let expected =
        json!({ "description": DESCRIPTION, "path": path, "scope": "user", "enabled": true });
    ensure_includes!(*found, expected, "the skill of the home");
    Ok(())
}

/// A server MUST return one entry for each directory that the client asks about, in their order.
#[check(
    v2(since = "0.98"),
    source = "app-server README, skills/list: cwds; every release does",
    faults(SKILLS_OF_ONE_DIRECTORY, SKILLS_OF_MISSING_DIRECTORIES_LEFT_OUT),
    shared
)]
async fn each_directory_has_its_entry(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (work, missing) = (json!(cx.home.work()), json!(cx.home.work().join("missing")));
    for cwds in [vec![&work, &missing], vec![&missing, &work]] {
        let result = cx.peer.call("skills/list", json!({ "cwds": cwds })).await?;
        let entries = result["data"].as_array().into_iter().flatten();
        let observed: Vec<&Value> = entries.map(|entry| &entry["cwd"]).collect();
        ensure_eq!(observed, cwds, "the directories in the answer");
    }
    Ok(())
}

/// A server MUST list a skill that was added after the first list when the client asks it to reload.
#[check(
    v2(since = "0.98"),
    source = "app-server README, skills/list: forceReload; every release does",
    faults(SKILLS_NEVER_RELOADED)
)]
async fn a_reload_finds_new_skills(cx: &mut Context) -> Result {
    own(cx, "lighthouse")?;
    cx.client().initialize().await?;
    let (skills, _) = listed(cx, false).await?;
    find(&skills, "lighthouse", "before another one is added")?;
    own(cx, "harbour")?;
    let (skills, _) = listed(cx, true).await?;
    find(&skills, "harbour", "after a reload")?;
    find(&skills, "lighthouse", "after a reload")?;
    Ok(())
}

/// A server MUST report an invalid `SKILL.md` as an error, and list the other skills.
#[check(
    v2(since = "0.98"),
    source = "app-server README, skills/list: errors; every release does",
    faults(BROKEN_SKILL_HIDES_OTHERS, BROKEN_SKILL_UNREPORTED)
)]
async fn a_broken_skill_is_an_error(cx: &mut Context) -> Result {
    own(cx, "lighthouse")?;
    let broken = own(cx, "broken")?;
    fs::write(&broken, "It has no head.\n").or_inconclusive("writing a skill")?;
    cx.client().initialize().await?;
    let (skills, errors) = listed(cx, false).await?;
    find(&skills, "lighthouse", "beside a broken one")?;
    let reported = errors.iter().filter(|error| error["path"] == json!(broken)).count();
    ensure!(
        reported == 1,
        "the errors in the list",
        "one with the path of the file",
        show(&errors)
    );
    Ok(())
}

/// A server MUST list the skills of the directories that the client adds in `skills/extraRoots/set`,
/// until it sets others.
#[check(
    v2(since = "0.147"),
    source = "app-server README, skills/extraRoots/set; every release does",
    faults(EXTRA_ROOTS_IGNORED, EXTRA_ROOTS_STAY)
)]
async fn extra_roots_are_searched(cx: &mut Context) -> Result {
    let extra = cx.home.work().join("extra");
    skill(&extra, "harbour")?;
    cx.client().initialize().await?;
    let (skills, _) = listed(cx, false).await?;
    ensure!(!is_among(&skills, "harbour"), "the skills before", "no `harbour`", "`harbour`");
    cx.peer.call("skills/extraRoots/set", json!({ "extraRoots": [extra] })).await?;
    let (skills, _) = listed(cx, false).await?;
    find(&skills, "harbour", "of the directory that was added")?;
    cx.peer.call("skills/extraRoots/set", json!({ "extraRoots": [] })).await?;
    let (skills, _) = listed(cx, false).await?;
    ensure!(!is_among(&skills, "harbour"), "the skills afterwards", "no `harbour`", "`harbour`");
    Ok(())
}

/// A server MUST announce `skills/changed` when the client sets other directories of skills.
#[check(
    v2(since = "0.147"),
    source = "app-server README, skills/changed; every release does",
    faults(EXTRA_ROOTS_UNTOLD)
)]
async fn new_roots_are_announced(cx: &mut Context) -> Result {
    let extra = cx.home.work().join("extra");
    skill(&extra, "harbour")?;
    cx.client().initialize().await?;
    cx.peer.call("skills/extraRoots/set", json!({ "extraRoots": [extra] })).await?;
    cx.peer.next("skills/changed").await.map(|_| ())
}
