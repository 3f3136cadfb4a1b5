//! Skills: directories with a SKILL.md that says what the model may learn there.

mod settings;

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::fs::Absolute;
use super::inventory;
use crate::fault::fault;
use crate::outbox::Reply;
use crate::server::Server;

use settings::Settings;
pub(crate) use settings::Write;
pub(super) use settings::write;

/// Parameters of `skills/list`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    cwds: Option<Vec<String>>,
    #[serde(default)]
    force_reload: bool,
}

/// Parameters of `skills/extraRoots/set`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtraRoots {
    extra_roots: Vec<Absolute>,
}

/// What is known of skills: read once, and again when somebody says so.
#[derive(Debug, Default)]
pub(crate) struct Skills {
    read: RefCell<Option<Found>>,
    extra: RefCell<Vec<PathBuf>>,
}

#[derive(Debug, Default, Clone)]
struct Found {
    skills: Vec<Skill>,
    errors: Vec<Value>,
}

#[derive(Debug, Clone)]
struct Skill {
    name: String,
    description: String,
    path: PathBuf,
}

impl Skill {
    fn shown(&self, enabled: bool) -> Value {
        let untold = fault!(SKILL_WITHOUT_ITS_DESCRIPTION);
        json!({
            "name": self.name,
            "description": if untold { "" } else { &self.description },
            "path": self.path,
            "scope": "user",
            "enabled": enabled,
        })
    }
}

/// `skills/list`: the same for every directory, existing or not; for the server's own without any.
pub(super) fn list(server: &Server, params: &List) -> Value {
    if params.force_reload && !fault!(SKILLS_NEVER_RELOADED) {
        server.skills.read.take();
    }
    let mut cwds = inventory::directories(server, params.cwds.as_ref());
    if fault!(SKILLS_OF_ONE_DIRECTORY) {
        cwds.truncate(1);
    }
    cwds.retain(|cwd| !fault!(SKILLS_OF_MISSING_DIRECTORIES_LEFT_OUT) || Path::new(cwd).is_dir());
    let found = found(server);
    let settings = Settings::of(server);
    let skills: Vec<Value> =
        found.skills.iter().map(|skill| skill.shown(settings.enables(skill))).collect();
    let entry = |cwd: &String| json!({ "cwd": cwd, "skills": skills, "errors": found.errors });
    json!({ "data": cwds.iter().map(entry).collect::<Vec<_>>() })
}

/// `skills/extraRoots/set`: tells that there are other skills now.
pub(super) fn extra_roots(server: &Server, reply: Reply, params: ExtraRoots) {
    let roots = params.extra_roots.into_iter().map(|root| root.0);
    let mut extra = server.skills.extra.borrow_mut();
    if !fault!(EXTRA_ROOTS_STAY) {
        extra.clear();
    }
    extra.extend(roots.filter(|_| !fault!(EXTRA_ROOTS_IGNORED)));
    server.skills.read.take();
    if !fault!(EXTRA_ROOTS_UNTOLD) {
        server.out.notify_v2("skills/changed", &json!({}));
    }
    reply.ok(json!({}));
}

/// What the model is told of the skills that are enabled; nothing if there are none.
pub(crate) fn instructions(server: &Server) -> Option<String> {
    let found = found(server);
    if found.skills.is_empty() {
        return None;
    }
    let settings = Settings::of(server);
    let lines: Vec<String> = found
        .skills
        .iter()
        .filter(|skill| settings.enables(skill))
        .map(|skill| {
            format!("- {}: {} (file: {})", skill.name, skill.description, skill.path.display())
        })
        .collect();
    let told = !lines.is_empty() && !fault!(SKILLS_HIDDEN_FROM_THE_MODEL);
    told.then(|| format!("<skills_instructions>\n{}\n</skills_instructions>", lines.join("\n")))
}

/// All skills, read when they are first asked for.
fn found(server: &Server) -> Found {
    let mut read = server.skills.read.borrow_mut();
    let found = read.get_or_insert_with(|| {
        let mut found = Found::default();
        if !fault!(SKILLS_OF_THE_HOME_UNLISTED) {
            search(&server.home.join("skills"), &mut found);
        }
        server.skills.extra.borrow().iter().for_each(|root| search(root, &mut found));
        if !found.errors.is_empty() && fault!(BROKEN_SKILL_HIDES_OTHERS) {
            found.skills.clear();
        }
        found
    });
    found.clone()
}

fn search(root: &Path, found: &mut Found) {
    let places = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    // What is hidden belongs to the server itself.
    let is_hidden = |place: &PathBuf| {
        place.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    let mut places: Vec<PathBuf> = places.filter(|place| !is_hidden(place)).collect();
    places.sort();
    for place in places {
        let path = place.join("SKILL.md");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        match parse(&text) {
            Ok((name, description)) => found.skills.push(Skill { name, description, path }),
            Err(_) if fault!(BROKEN_SKILL_UNREPORTED) => {}
            Err(message) => found.errors.push(json!({ "path": path, "message": message })),
        }
    }
}

/// The name and the description in the head of a skill.
fn parse(text: &str) -> Result<(String, String), &'static str> {
    let head = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---"));
    let (head, _) = head.ok_or("missing YAML frontmatter delimited by ---")?;
    let member = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(key, _)| key.trim() == name);
        found.next().map(|(_, value)| value.trim().to_owned())
    };
    Ok((
        member("name").ok_or("missing field `name`")?,
        member("description").ok_or("missing field `description`")?,
    ))
}

/// What the model gets of a skill that the user sends.
pub(crate) fn content(name: &str, path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok().filter(|_| !fault!(SKILL_INPUT_DROPPED))?;
    let text =
        format!("<skill>\n<name>{name}</name>\n<path>{}</path>\n{text}\n</skill>", path.display());
    Some(json!({ "type": "input_text", "text": text }))
}
