//! The profile of the subject: a file that its author may correct, and five printed lines.

use std::fmt::Display;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use harness::profile::{Profile, SCHEMA, Start};
use report::Transport;
use serde::{Deserialize, Serialize};
use shown::printable;

use crate::exit_code::Stop;

/// The number of bytes of a text from the subject that fit on one line.
const WIDTH: usize = 160;
/// The number of names on one line.
const NAMED: usize = 6;

/// The form of a profile in a file.
#[derive(Serialize, Deserialize)]
struct Written {
    schema: String,
    #[serde(flatten)]
    profile: Profile,
}

/// The profile in the file, if the file exists.
pub(super) fn read(path: &Path) -> Result<Option<Profile>, Stop> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Stop::usage(format!("cannot read {}: {error}", path.display())));
        }
    };
    let wrong = |reason: String| Stop::usage(format!("{}: {reason}", path.display()));
    let written: Written =
        serde_json::from_str(&text).map_err(|error| wrong(format!("not a profile: {error}")))?;
    if written.schema == SCHEMA {
        Ok(Some(written.profile))
    } else {
        Err(wrong(format!("its schema is {:?}, not {SCHEMA:?}", written.schema)))
    }
}

/// Writes the profile; a reader sees the whole file or none.
pub(super) fn write(path: &Path, profile: &Profile) -> Result<(), Stop> {
    let written = Written { schema: SCHEMA.to_owned(), profile: profile.clone() };
    let mut text = serde_json::to_string_pretty(&written).map_err(Stop::unable)?;
    text.push('\n');
    let unable =
        |error: &dyn Display| Stop::unable(format!("cannot write {}: {error}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let readable = Permissions::from_mode(0o644);
    let draft = tempfile::Builder::new()
        .permissions(readable)
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(|error| unable(&error))?;
    fs::write(draft.path(), text).map_err(|error| unable(&error))?;
    draft.persist(path).map(|_| ()).map_err(|error| unable(&error))
}

/// The profile for people, before the first check.
pub(super) fn lines(command: &[String], profile: &Profile, jobs: usize) -> String {
    let shown = |text: &str| printable(text.as_bytes(), WIDTH);
    let said = |text: &Option<String>, none: &str| text.as_deref().map_or(none.to_owned(), shown);
    if profile.is_mcp() {
        return lines_of_mcp(command, profile, jobs);
    }
    let tested_as = match profile.release {
        Some(release) => format!("tested as Codex {release}"),
        None => "tested as the newest release".to_owned(),
    };
    let version =
        if profile.jsonrpc { "only messages with `jsonrpc`" } else { "messages without `jsonrpc`" };
    let dialects: Vec<_> = profile.dialects.iter().map(|dialect| dialect.name()).collect();
    let tools = match profile.tools.as_slice() {
        [] => "no tools seen".to_owned(),
        tools => format!("tools: {}", named(tools.iter().map(String::as_str))),
    };
    let over = match profile.transport {
        Transport::Stdio => String::new(),
        transport => format!(" over {transport}"),
    };
    let Start { wall_ms, cpu_ms } = profile.start;
    format!(
        "subject   {}\ncalled    {}, version {}; {tested_as}\nspeaks    {}{over}; it answers {version}{}\nmodel     {}; {tools}\nstart     \
         {wall_ms} ms, {cpu_ms} ms of processor time; {jobs} checks at a time\n",
        command.iter().map(|part| shown(part)).collect::<Vec<_>>().join(" "),
        said(&profile.user_agent, "nothing"),
        said(&profile.version, "not reported"),
        dialects.join(" and "),
        lacks(profile),
        asks(profile),
    )
}

/// The profile of a server of the Model Context Protocol for people: its revisions, and what it
/// declares in each.
fn lines_of_mcp(command: &[String], profile: &Profile, jobs: usize) -> String {
    let shown = |text: &str| printable(text.as_bytes(), WIDTH);
    let said = |text: &Option<String>, none: &str| text.as_deref().map_or(none.to_owned(), shown);
    let mut out = format!(
        "subject   {}\ncalled    {}, version {}\n",
        command.iter().map(|part| shown(part)).collect::<Vec<_>>().join(" "),
        said(&profile.user_agent, "nothing"),
        said(&profile.version, "not reported"),
    );
    for (revision, declared) in &profile.revisions {
        let names = declared.capabilities.as_object().into_iter().flatten();
        let names = names.map(|(name, _)| name.as_str()).filter(|name| declared.has(name));
        out.push_str(&format!("speaks    mcp {revision}; it declares {}\n", named(names)));
    }
    let Start { wall_ms, cpu_ms } = profile.start;
    out.push_str(&format!(
        "start     {wall_ms} ms, {cpu_ms} ms of processor time; {jobs} checks at a time\n"
    ));
    out
}

/// The methods that it lacks.
fn lacks(profile: &Profile) -> String {
    let mut lacks = String::new();
    for (dialect, methods) in &profile.methods {
        let missing: Vec<_> = profile.unoffered(*dialect).collect();
        if !missing.is_empty() {
            let (count, of) = (missing.len(), methods.len());
            let names = named(missing.into_iter());
            lacks.push_str(&format!("; it lacks {count} of {of} methods of {dialect}: {names}"));
        }
    }
    lacks
}

/// Whether it uses our model service.
fn asks(profile: &Profile) -> &'static str {
    match profile.asks_model {
        Some(true) => "it uses the configured model service",
        Some(false) => "it does not use the configured model service",
        None => "unknown whether it uses the configured model service",
    }
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| printable(name.as_bytes(), WIDTH)).collect();
    match names.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{}, … and {more} more", names[..NAMED].join(", ")),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use harness::profile::{Handshake, Profile};
    use report::Dialect;

    use super::{lines, read, write};

    #[test]
    fn a_written_profile_is_read_back_and_may_be_corrected() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.json");
        assert!(read(&path).unwrap().is_none());
        let mut profile = Profile::plain(Handshake::AppServer, vec![Dialect::V2]);
        let methods = [("thread/fork".to_owned(), false)];
        profile.methods.insert(Dialect::V2, methods.into());
        write(&path, &profile).unwrap();
        assert_eq!(read(&path).unwrap().as_ref(), Some(&profile));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"thread/fork\": false", "\"thread/fork\": true"))
            .unwrap();
        let corrected = read(&path).unwrap().unwrap();
        assert_eq!(corrected.unoffered(Dialect::V2).count(), 0);
    }

    #[test]
    fn a_file_that_is_no_profile_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.json");
        for text in ["", "{}", "{\"schema\":\"other/1\"}", "[]"] {
            std::fs::write(&path, text).unwrap();
            assert!(read(&path).is_err(), "{text}");
        }
    }

    #[test]
    fn the_profile_is_five_lines() {
        let mut profile = Profile::plain(Handshake::AppServer, vec![Dialect::V2]);
        profile.user_agent = Some("two\nlines".to_owned());
        profile.tools = (0..9).map(|number| format!("tool-{number}")).collect();
        let text = lines(&["server".to_owned()], &profile, 4);
        assert_eq!(text.lines().count(), 5, "{text}");
        assert!(text.contains("tool-5, … and 3 more"), "{text}");
    }
}
