//! Skills: found, listed, switched off and on, and shown to the model.

mod config;
mod lists;
mod model;

use std::fs;
use std::path::{Path, PathBuf};

use harness::{Context, OrInconclusive, Result, ensure};
use serde_json::{Value, json};

/// What the description of every skill here says.
const DESCRIPTION: &str = "Knows the way to the lighthouse";
/// What every skill here consists of.
const BODY: &str = "Walk along the shore until the lamp is in sight.";

/// Writes a skill into a directory of skills; the path of its file.
fn skill(skills: &Path, name: &str) -> Result<PathBuf> {
    let text = format!("---\nname: {name}\ndescription: {DESCRIPTION}\n---\n\n{BODY}\n");
    let path = skills.join(name).join("SKILL.md");
    fs::create_dir_all(skills.join(name)).or_inconclusive("making a directory")?;
    fs::write(&path, text).or_inconclusive("writing a skill")?;
    Ok(path)
}

/// Writes a skill into the home; the path of its file.
fn own(cx: &Context, name: &str) -> Result<PathBuf> {
    skill(&cx.home.join("skills"), name)
}

/// The skills for the check's working directory, and the errors among them.
async fn listed(cx: &mut Context, reload: bool) -> Result<(Vec<Value>, Vec<Value>)> {
    let params = json!({ "cwds": [cx.home.work()], "forceReload": reload });
    let result = cx.peer.call("skills/list", params).await?;
    let list = |member: &str| {
        let entries = result["data"][0][member].as_array();
        entries.cloned().unwrap_or_default()
    };
    Ok((list("skills"), list("errors")))
}

/// The skill of this name in a list; fails if it is not there.
fn find<'s>(skills: &'s [Value], name: &str, what: &str) -> Result<&'s Value> {
    let names: Vec<_> = skills.iter().filter_map(|skill| skill["name"].as_str()).collect();
    ensure!(
        names.contains(&name),
        format!("the skills {what}"),
        format!("`{name}` among them"),
        names.join(", ")
    );
    Ok(skills.iter().find(|skill| skill["name"] == name).unwrap_or(&Value::Null))
}

/// Whether a skill of this name is in a list.
fn is_among(skills: &[Value], name: &str) -> bool {
    skills.iter().any(|skill| skill["name"] == name)
}
