//! Patches that need no approval: what they do to files, and what is told of them.

use harness::failure::{OrInconclusive, Result};
use harness::{Context, Dialect, check, ensure, ensure_eq};
use mock_model::says;

use crate::turn::scene::{content, first, is_item, open, output};
use crate::v1;
use crate::words::{adds_file, patches, run_turn};

/// A server MUST write a file that a patch adds exactly as the patch has it.
#[check(v1, v2, source = "apply_patch format, Add File; every release does")]
async fn adds_a_file_exactly(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let patch =
        "*** Begin Patch\n*** Add File: sub/new.txt\n+first ñ 日本\n+\n+\tthird  \n*** End Patch\n";
    cx.model.script([patches(cx, patch), says("done")]);
    run_turn(cx, &thread, "patch it").await?;
    let written = content(cx.home.work().join("sub/new.txt"));
    ensure_eq!(
        written,
        Some("first ñ 日本\n\n\tthird  \n".to_owned()),
        "the file that the patch adds"
    );
    Ok(())
}

/// A server MUST change, delete and move files as a patch has it, and leave the rest as it was.
#[check(
    v1,
    v2,
    source = "apply_patch format, Update File, Delete File, Move to; every release does"
)]
async fn changes_only_what_it_names(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
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
    cx.model.script([patches(cx, patch), says("done")]);
    run_turn(cx, &thread, "patch them").await?;
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

/// A server MUST NOT change anything by a patch that does not fit, and tell the model so.
#[check(v1, v2, source = "every release does")]
async fn changes_nothing_if_it_does_not_fit(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let file = cx.home.work().join("a.txt");
    std::fs::write(&file, "one\n").or_inconclusive("writing a file to patch")?;
    let patch = "*** Begin Patch\n*** Add File: b.txt\n+new\n*** Update File: a.txt\n@@\n-two\n+2\n*** End Patch\n";
    cx.model.script([patches(cx, patch).id("the call"), says("done")]);
    let turn = run_turn(cx, &thread, "patch it").await?;
    output(cx, 2, "the call").await?;
    ensure_eq!(content(&file), Some("one\n".to_owned()), "the file that the patch does not fit");
    ensure_eq!(
        content(cx.home.work().join("b.txt")),
        None::<String>,
        "the file that the same patch adds"
    );
    turn.says(&["done"], "what the agent said")?;
    Ok(())
}

/// A server MUST tell the client what a patch changes and that it was applied.
#[check(
    v1,
    v2(since = "0.80"),
    source = "app-server README, Items: fileChange; app-server tests, turn_start"
)]
async fn is_told(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([adds_file(cx, "new.txt", "content").id("the_call"), says("done")]);
    let turn = run_turn(cx, &thread, "patch it").await?;
    let path = cx.home.work().join("new.txt").display().to_string();
    if cx.dialect() == Dialect::V1 {
        let begun = first(&turn.calls, "`patch_apply_begin`", |call| {
            v1::is_event(call, &thread, "patch_apply_begin")
        })?;
        ensure!(
            begun.params["msg"]["changes"].get(&path).is_some(),
            "`changes`",
            path,
            begun.params["msg"]["changes"].to_string()
        );
        let ended = first(&turn.calls, "`patch_apply_end`", |call| {
            v1::is_event(call, &thread, "patch_apply_end")
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
