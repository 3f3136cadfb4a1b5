//! Patches without approval: their effect on files, and the notifications about them.

use std::path::PathBuf;

use harness::{Context, Dialect, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{applies_patch, says};

use crate::client::{ContextExt, Protocol, Turn, is_item, is_of};
use crate::turn::observed::{adds_file, content, first, output};

/// A server MUST write a file that a patch adds with exactly the content of the patch.
#[check(
    v1,
    v2,
    source = "apply_patch format, Add File; every release does",
    faults(PATCH_TRIMS_LINES),
    shared
)]
async fn adds_a_file_exactly(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let patch =
        "*** Begin Patch\n*** Add File: sub/new.txt\n+first ñ 日本\n+\n+\tthird  \n*** End Patch\n";
    cx.model.script([applies_patch(patch), says("done")]);
    cx.client().turn(&thread, "patch it").await?;
    let written = content(cx.home.work().join("sub/new.txt"));
    ensure_eq!(
        written,
        Some("first ñ 日本\n\n\tthird  \n".to_owned()),
        "the file that the patch adds"
    );
    Ok(())
}

/// A server MUST update, delete and move exactly the files that a patch names.
#[check(
    v1,
    v2,
    source = "apply_patch format, Update File, Delete File, Move to; every release does",
    faults(MOVE_COPIES),
    shared
)]
async fn changes_only_what_it_names(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let work = cx.home.work().to_owned();
    for (name, text) in [
        ("a.txt", "one\ntwo\nthree\n"),
        ("b.txt", "gone\n"),
        ("c.txt", "moved\n"),
        ("d.txt", "stays\n"),
    ] {
        std::fs::write(work.join(name), text).or_inconclusive("writing a file to patch")?;
    }
    let patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+2\n three\n*** Delete File: b.txt\n\
                 *** Update File: c.txt\n*** Move to: e.txt\n@@\n-moved\n+MOVED\n*** End Patch\n";
    cx.model.script([applies_patch(patch), says("done")]);
    cx.client().turn(&thread, "patch them").await?;
    let found = ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"].map(|name| content(work.join(name)));
    let found = found.map(|text| text.unwrap_or_else(|| "(no file)".to_owned()));
    let wanted = ["one\n2\nthree\n", "(no file)", "(no file)", "stays\n", "MOVED\n"];
    ensure_eq!(
        found,
        wanted,
        "a.txt, which is changed, b.txt, deleted, c.txt, moved away, d.txt, not named, and e.txt, where c.txt goes"
    );
    Ok(())
}

/// A server MUST NOT change any file by a patch that does not fit.
#[check(v1, v2, source = "every release does", faults(PATCH_APPLIED_IN_PART), shared)]
async fn changes_nothing_if_it_does_not_fit(cx: &mut Context) -> Result {
    let (_, file) = patched_without_a_fit(cx).await?;
    ensure_eq!(content(&file), Some("one\n".to_owned()), "the file that the patch does not fit");
    ensure_eq!(
        content(cx.home.work().join("b.txt")),
        None::<String>,
        "the file that the same patch adds"
    );
    Ok(())
}

/// Runs a turn whose model calls for a patch that does not fit; the turn, and the file that it was
/// to change.
async fn patched_without_a_fit(cx: &mut Context) -> Result<(Turn, PathBuf)> {
    let thread = cx.client().start().await?;
    let file = cx.home.work().join("a.txt");
    std::fs::write(&file, "one\n").or_inconclusive("writing a file to patch")?;
    let patch = "*** Begin Patch\n*** Add File: b.txt\n+new\n*** Update File: a.txt\n@@\n-two\n+2\n*** End Patch\n";
    cx.model.script([applies_patch(patch).id("the call"), says("done")]);
    Ok((cx.client().turn(&thread, "patch it").await?, file))
}

/// A server MUST send the model an output for a patch that does not fit.
#[check(v1, v2, source = "every release does", faults(MISFIT_ENDS_THE_TURN), shared)]
async fn answers_a_patch_that_does_not_fit(cx: &mut Context) -> Result {
    let (turn, _) = patched_without_a_fit(cx).await?;
    output(cx, 2, "the call").await?;
    turn.says(&["done"], "the agent's messages")
}

/// A server MUST report the changes of a patch and its success to the client.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: fileChange; app-server tests, turn_start",
    faults(PATCH_TOLD_AS_FAILED),
    shared
)]
async fn an_applied_patch_is_reported(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([adds_file("new.txt", "content").id("the_call"), says("done")]);
    let turn = cx.client().turn(&thread, "patch it").await?;
    let path = cx.home.work().join("new.txt").display().to_string();
    if cx.dialect() == Dialect::V1 {
        let begun = first(&turn.calls, "`patch_apply_begin`", |call| {
            is_of(call, &thread, "codex/event/patch_apply_begin")
        })?;
        ensure!(
            begun.params["msg"]["changes"].get(&path).is_some(),
            "`changes`",
            path,
            begun.params["msg"]["changes"].to_string()
        );
        let ended = first(&turn.calls, "`patch_apply_end`", |call| {
            is_of(call, &thread, "codex/event/patch_apply_end")
        })?;
        ensure_eq!(ended.params["msg"]["success"], true, "`success` of `patch_apply_end`");
        return Ok(());
    }
    let item = first(&turn.calls, "`item/completed` of the patch", |call| {
        is_item(call, &thread, "item/completed", "fileChange")
    })?;
    let item = &item.params["item"];
    ensure_eq!(item["id"], "the_call", "the id of the item");
    ensure_eq!(item["status"], "completed", "the status of the item");
    ensure_eq!(item["changes"][0]["path"], path, "the path of the change");
    ensure_eq!(item["changes"][0]["kind"]["type"], "add", "the kind of the change");
    Ok(())
}

/// A server MUST apply every hunk of a patch to a file in order.
#[check(
    v1,
    v2,
    source = "apply_patch format, Update File; every release does",
    faults(FIRST_PLACE_ONLY),
    shared
)]
async fn changes_every_place_of_a_file(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let file = cx.home.work().join("a.txt");
    let text = "same\nfirst\nsame\n\nbetween\nsame\nsecond\nsame\nlast\n";
    std::fs::write(&file, text).or_inconclusive("writing a file to patch")?;
    let patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n first\n-same\n+changed\n\n between\n@@\n second\n\
                 +inserted\n same\n-last\n*** End Patch\n";
    cx.model.script([applies_patch(patch), says("done")]);
    cx.client().turn(&thread, "patch it").await?;
    let wanted = "same\nfirst\nchanged\n\nbetween\nsame\nsecond\ninserted\nsame\n";
    ensure_eq!(content(&file), Some(wanted.to_owned()), "the file");
    Ok(())
}

/// A server MUST report the update of a file with its removed lines, its added lines and the new
/// path of a moved file.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: fileChange, diff",
    faults(UPDATE_TOLD_WHOLE),
    shared
)]
async fn an_update_is_reported_as_a_diff(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let work = cx.home.work().to_owned();
    std::fs::write(work.join("a.txt"), "one\ntwo\n").or_inconclusive("writing a file to patch")?;
    let patch = "*** Begin Patch\n*** Update File: a.txt\n*** Move to: b.txt\n@@\n one\n-two\n+2\n*** End Patch\n";
    cx.model.script([applies_patch(patch), says("done")]);
    let turn = cx.client().turn(&thread, "patch it").await?;
    let path = work.join("a.txt").display().to_string();
    let (diff, moved) = if cx.dialect() == Dialect::V1 {
        let begun = first(&turn.calls, "`patch_apply_begin`", |call| {
            is_of(call, &thread, "codex/event/patch_apply_begin")
        })?;
        let change = &begun.params["msg"]["changes"][&path];
        // Early releases have the kind as the name of a member.
        let change = change.get("update").unwrap_or(change);
        (change["unified_diff"].clone(), change["move_path"].clone())
    } else {
        let item = first(&turn.calls, "`item/completed` of the patch", |call| {
            is_item(call, &thread, "item/completed", "fileChange")
        })?;
        let change = &item.params["item"]["changes"][0];
        (change["diff"].clone(), change["kind"]["move_path"].clone())
    };
    let diff = diff.as_str().unwrap_or_default();
    let lines: Vec<&str> = diff.lines().collect();
    ensure!(
        lines.contains(&"-two") && lines.contains(&"+2") && !lines.contains(&"-one"),
        "the diff of the change",
        "one that takes out `two` and puts in `2`",
        diff
    );
    ensure_eq!(moved.as_str(), work.join("b.txt").to_str(), "where the file is moved to");
    Ok(())
}

/// A server MUST report all patches of a turn to the client as one diff.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, turn/diff/updated",
    faults(TURN_DIFF_UNTOLD),
    shared
)]
async fn the_diff_of_the_turn_is_reported(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let gone = cx.home.work().join("gone.txt");
    std::fs::write(gone, "taken out\n").or_inconclusive("writing a file to patch")?;
    let patch = "*** Begin Patch\n*** Add File: new.txt\n+put in\n*** Delete File: gone.txt\n*** End Patch\n";
    cx.model.script([applies_patch(patch), says("done")]);
    let turn = cx.client().turn(&thread, "patch it").await?;
    let &Protocol { turn_diff: event, diff, .. } = cx.protocol();
    first(&turn.calls, "the diff of the turn", |call| event.is(call, &thread))?;
    // The latest has all.
    let last = turn.calls.iter().rfind(|call| event.is(call, &thread)).unwrap_or(&turn.calls[0]);
    let diff = event.content(last)[diff].as_str().unwrap_or_default();
    let lines: Vec<&str> = diff.lines().collect();
    for (line, file) in [("+put in", "/new.txt"), ("-taken out", "/gone.txt")] {
        ensure!(lines.contains(&line), "the diff of the turn", format!("the line `{line}`"), diff);
        ensure!(diff.contains(file), "the diff of the turn", format!("the name `{file}`"), diff);
    }
    Ok(())
}

/// A server MUST apply a patch in the directory to which its shell command changes by `cd`.
#[check(v1, v2, source = "every release does", faults(CD_BEFORE_A_PATCH_IGNORED), shared)]
async fn applies_in_the_folder_of_a_cd(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let folder = cx.home.work().join("sub");
    std::fs::create_dir(&folder).or_inconclusive("making a folder")?;
    let patch = "*** Begin Patch\n*** Add File: new.txt\n+content\n*** End Patch\n";
    cx.model.script([applies_patch(patch).workdir("sub"), says("done")]);
    cx.client().turn(&thread, "patch it").await?;
    ensure_eq!(content(folder.join("new.txt")), Some("content\n".to_owned()), "the new file");
    Ok(())
}
