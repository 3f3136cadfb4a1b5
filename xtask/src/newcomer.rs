//! The first check of a newcomer, written as CONTRIBUTING.md says: from nothing to proved.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::failure::Result;
use crate::workspace::{cargo, code, copy, fresh, root, target};

/// The suite to which the check is added, and the check.
const SUITE: &str = "suites/src/auth/logout.rs";
const CHECK: &str = r#"
/// A server MUST answer a logout with an object.
#[check(v1, v2, source = "app-server protocol, LogoutAccountResponse", faults(EMPTY_RESULT_AS_LIST))]
async fn is_answered_with_an_object(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let result = cx.client().log_out().await?;
    ensure!(result.is_object(), "result of the logout", "an object", result.to_string());
    Ok(())
}
"#;
/// Its id.
const ID: &str = "auth::logout::is_answered_with_an_object";

/// The table to which the fault is added, the line before it, and its row.
const TABLE: &str = "proxy/src/faults/envelopes.rs";
const ABOVE: &str = "faults! {\n";
const ROW: &str = r#"    fault!(
        EMPTY_RESULT_AS_LIST,
        "A result without members is sent as an empty list.",
        || edit_answers(|answer| if answer.get("result") == Some(&json!({})) {
            answer["result"] = json!([]);
        }),
    ),
"#;

/// Add a check and its fault to a copy of the sources, and prove the check.
///
/// Touches two files, as CONTRIBUTING.md promises for a fault of the conversation. Tries too that a check without the fault
/// does not compile. All happens below target/newcomer.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Writes the check, and proves it.
pub(crate) fn run(_args: &Args) -> Result<ExitCode> {
    let tree = root().join("target/newcomer");
    // A copy at one place, so that the compiler finds what it did the last time.
    fresh(&tree)?;
    copy(&root(), &tree)?;

    append(&tree.join(SUITE), CHECK)?;
    let without = code(
        in_copy(&tree, &["check", "--quiet", "--package", "suites"])?
            .stderr(std::process::Stdio::null()),
    )?;
    if without == 0 {
        return Err("a check compiles although its fault does not exist".into());
    }
    insert(&tree.join(TABLE), ABOVE, ROW)?;
    let proved = code(&mut in_copy(&tree, &["run", "--quiet", "--", "prove", "--check", ID])?)?;
    let touched = differing(&root(), &tree)?;
    if touched.len() != 2 {
        return Err(format!("more than two files were touched: {touched:?}").into());
    }
    Ok(ExitCode::from(u8::try_from(proved).unwrap_or(1)))
}

/// Cargo in the copy, with a build directory of its own: cargo takes the crates of two copies for the same, and would not build
/// the workspace anew after the copy.
fn in_copy(tree: &Path, args: &[&str]) -> Result<Command> {
    let mut cargo = cargo(args);
    cargo.current_dir(tree).env("CARGO_TARGET_DIR", target()?.join("newcomer-build"));
    Ok(cargo)
}

fn append(file: &Path, text: &str) -> Result<()> {
    let before = fs::read_to_string(file)?;
    Ok(fs::write(file, before + text)?)
}

fn insert(file: &Path, above: &str, text: &str) -> Result<()> {
    let before = fs::read_to_string(file)?;
    let at = before.find(above).ok_or("the table of faults has another form")? + above.len();
    Ok(fs::write(file, format!("{}{text}{}", &before[..at], &before[at..]))?)
}

/// The sources that are not the same in the copy.
fn differing(original: &Path, copy: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(copy)? {
        let entry = entry?;
        let (there, here) = (entry.path(), original.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            found.extend(differing(&here, &there)?);
        } else if fs::read(&there)? != fs::read(&here).unwrap_or_default() {
            found.push(there);
        }
    }
    Ok(found)
}
