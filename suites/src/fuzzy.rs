//! Search for files by parts of their names, at once and in sessions.

mod sessions;

use std::collections::BTreeSet;
use std::fs;

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq, show};
use serde_json::{Value, json};

use crate::client::ContextExt;
use crate::rows::Rows;

/// The files of a [`place`]: those that a search for `abe` finds, and the others.
const FOUND: [&str; 4] = ["abexy", "a_b_e", "xxabexy", "sub/abe.txt"];
const OTHERS: [&str; 2] = ["zzz.txt", "sub/eba"];

/// Fills the check's working directory with files.
fn place(cx: &Context) -> Result {
    let work = cx.home.work();
    fs::create_dir_all(work.join("sub")).or_inconclusive("making a directory")?;
    for name in FOUND.iter().chain(&OTHERS) {
        fs::write(work.join(name), "x").or_inconclusive("writing a file")?;
    }
    Ok(())
}

/// The paths in a list of files.
fn paths(files: &Value) -> BTreeSet<&str> {
    files.as_array().into_iter().flatten().filter_map(|file| file["path"].as_str()).collect()
}

/// Fails unless the files are all those that a search for `abe` finds.
fn ensure_found(files: &Value) -> Result {
    ensure_eq!(paths(files), BTreeSet::from(FOUND), "the files that were found");
    Ok(())
}

/// Searches for files.
async fn search(cx: &mut Context, query: &str, roots: Value) -> Result<Value> {
    let params = json!({ "query": query, "roots": roots });
    Ok(cx.peer.call("fuzzyFileSearch", params).await?["files"].take())
}

/// A server MUST find every file below the roots whose path has the letters of the query in their
/// order, and no other.
#[check(
    v2(since = "0.98"),
    source = "app-server README, fuzzyFileSearch; every release does",
    faults(FUZZY_MISSES_DIRECTORIES, FUZZY_FINDS_ALL, FUZZY_WANTS_PIECES),
    shared
)]
async fn every_match_is_found(cx: &mut Context) -> Result {
    place(cx)?;
    cx.client().initialize().await?;
    let roots = json!([cx.home.work()]);
    ensure_found(&search(cx, "abe", roots).await?)
}

/// A server MUST sort the files that it finds by their score, the best first.
#[check(
    v2(since = "0.98"),
    source = "app-server README, fuzzyFileSearch: score; every release does",
    faults(FUZZY_UNSORTED),
    shared
)]
async fn the_best_comes_first(cx: &mut Context) -> Result {
    place(cx)?;
    cx.client().initialize().await?;
    let roots = json!([cx.home.work()]);
    let files = search(cx, "abe", roots).await?;
    let scores: Vec<_> =
        files.as_array().into_iter().flatten().map(|file| file["score"].as_i64()).collect();
    ensure!(
        scores.iter().all(Option::is_some) && scores.is_sorted_by(|one, next| one >= next),
        "the scores of the files, in their order",
        "whole numbers, the largest first",
        show(&scores)
    );
    Ok(())
}

/// A server MUST find no files when the query is blank, without roots, and below a root that does not
/// exist.
#[check(
    v2(since = "0.98"),
    source = "every release does",
    faults(FUZZY_BLANK_FINDS_ALL, FUZZY_SEARCHES_ITS_OWN_DIRECTORY, FUZZY_MISSING_ROOT_REFUSED)
)]
async fn nothing_is_found_for_nothing(cx: &mut Context) -> Result {
    place(cx)?;
    cx.client().initialize().await?;
    let (work, missing) = (cx.home.work().to_owned(), cx.home.work().join("missing"));
    let mut rows = Rows::default();
    for (row, query, roots) in [
        ("a blank query", "", json!([work])),
        ("no roots", "abe", json!([])),
        ("a missing root", "abe", json!([missing])),
        ("letters that no path has", "qqq", json!([work])),
    ] {
        let files = search(cx, query, roots).await;
        let judged = files.and_then(|files| {
            ensure_eq!(files, json!([]), "the files that were found");
            Ok(())
        });
        rows.judge(row, judged)?;
    }
    rows.end()
}

/// A server MUST answer each of two searches with the same cancellation token.
#[check(
    v2(since = "0.98"),
    source = "app-server README, fuzzyFileSearch: cancellationToken; every release does",
    faults(FUZZY_CANCELLED_UNANSWERED),
    shared
)]
async fn a_cancelled_search_is_answered(cx: &mut Context) -> Result {
    place(cx)?;
    cx.client().initialize().await?;
    let params = |query: &str| json!({ "query": query, "roots": [cx.home.work()], "cancellationToken": "same" });
    let (first, second) = (params("a"), params("ab"));
    let first = cx.peer.send("fuzzyFileSearch", first).await?;
    let second = cx.peer.send("fuzzyFileSearch", second).await?;
    for ticket in [first, second] {
        let result = cx.peer.answer(&ticket).await?.into_result()?;
        ensure!(result["files"].is_array(), "the answer to the search", "files", show(&result));
    }
    Ok(())
}
