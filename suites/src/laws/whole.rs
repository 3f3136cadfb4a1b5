//! Whole: a file of the home is valid after every request, and only what was asked for has changed
//! in it.

use std::collections::BTreeMap;

use harness::{Course, Result, law};
use serde_json::Value;

use super::story;
use super::story::{Request, Story};

/// The methods that write the configuration.
const WRITES: [&str; 3] = ["config/value/write", "config/batchWrite", "setDefaultModel"];

/// The values of a configuration, by their paths.
type Values = BTreeMap<Vec<String>, toml::Value>;

/// The values in a file that is TOML; an absent file has none.
fn values(file: Option<&[u8]>) -> Option<Values> {
    let text = std::str::from_utf8(file.unwrap_or_default()).ok()?;
    let mut found = Values::new();
    collect(&mut Vec::new(), &toml::Value::Table(text.parse().ok()?), &mut found);
    Some(found)
}

fn collect(path: &mut Vec<String>, value: &toml::Value, found: &mut Values) {
    let Some(table) = value.as_table() else {
        found.insert(path.clone(), value.clone());
        return;
    };
    for (name, value) in table {
        path.push(name.clone());
        collect(path, value, found);
        path.pop();
    }
}

/// The write requests that were the only ones while they were served, each with the place of its
/// answer.
fn writes(story: &Story) -> impl Iterator<Item = (&Request, usize)> {
    let is_write = |request: &&Request| WRITES.contains(&&*request.method);
    let alone = move |request: &Request, answer: usize| {
        !story.requests.iter().filter(is_write).any(|other| {
            let over = other.answer.unwrap_or(usize::MAX);
            other.event != request.event && other.event < answer && over > request.event
        })
    };
    let writes = story.requests.iter().filter(is_write);
    let answered = writes.filter_map(|request| Some((request, request.answer?)));
    answered.filter(move |(request, answer)| alone(request, *answer))
}

/// A server MUST leave a `config.toml` that is valid TOML after every write that it accepts.
#[law(
    v1,
    v2,
    source = "app-server README, config/value/write; TOML 1.0",
    faults(CONFIG_LEFT_BROKEN)
)]
fn the_configuration_stays_readable(course: &Course<'_>) -> Result {
    let story = story(course);
    for (request, answer) in writes(&story).filter(|(request, _)| request.accepted) {
        let (asked, done) = (&course.events()[request.event], &course.events()[answer]);
        let was_fine = values(course.config_at(asked)).is_some();
        if !was_fine || values(course.config_at(done)).is_some() {
            continue;
        }
        let file = String::from_utf8_lossy(course.config_at(done).unwrap_or_default()).into_owned();
        let why = file.parse::<toml::Table>().err().map(|error| error.to_string());
        return Err(course.contradiction(
            "`config.toml` after a write that was accepted",
            (asked, "valid TOML, as it was before"),
            (done, format!("{}\n{file}", why.unwrap_or_default().trim_end())),
        ));
    }
    Ok(())
}

/// The paths of the keys that a request asks to write.
fn asked_for(request: &Request, params: &Value) -> Option<Vec<Vec<String>>> {
    match request.method.as_str() {
        "config/value/write" => Some(vec![key_path(params["keyPath"].as_str()?)?]),
        "config/batchWrite" => {
            let edits = params["edits"].as_array()?.iter();
            edits.map(|edit| key_path(edit["keyPath"].as_str()?)).collect()
        }
        _ => {
            let keys = ["model", "model_reasoning_effort"];
            Some(keys.iter().map(|key| vec![(*key).to_owned()]).collect())
        }
    }
}

/// A dotted path, with quotes around names that hold a dot; read as a TOML key.
fn key_path(text: &str) -> Option<Vec<String>> {
    let mut value = toml::Value::Table(format!("{text} = 0").parse().ok()?);
    let mut path = Vec::new();
    while let toml::Value::Table(table) = value {
        let (name, inner) = table.into_iter().next()?;
        path.push(name);
        value = inner;
    }
    Some(path)
}

/// A server MUST change no value in `config.toml` other than those that a write names.
#[law(
    v1,
    v2(fixed_in("0.147", "a quoted name is split at its dots")),
    source = "app-server README, config/value/write: writes one key",
    faults(CONFIG_LOSES_ANOTHER_KEY)
)]
fn a_write_changes_only_what_it_names(course: &Course<'_>) -> Result {
    let story = story(course);
    for (request, answer) in writes(&story).filter(|(request, _)| request.accepted) {
        let (asked, done) = (&course.events()[request.event], &course.events()[answer]);
        let params = asked.entry.params();
        let files = (values(course.config_at(asked)), values(course.config_at(done)));
        let ((Some(before), Some(after)), Some(named)) = (files, asked_for(request, params)) else {
            continue;
        };
        let is_named = |path: &[String]| {
            let in_profile = request.method == "setDefaultModel" && path[0] == "profiles";
            let within = |named: &Vec<String>| path.starts_with(named) || named.starts_with(path);
            in_profile || named.iter().any(within)
        };
        let paths = before.keys().chain(after.keys());
        let mut others = paths.filter(|path| !is_named(path));
        let Some(path) = others.find(|path| before.get(*path) != after.get(*path)) else {
            continue;
        };
        let show = |values: &Values| {
            values.get(path).map_or("no value".to_owned(), toml::Value::to_string)
        };
        return Err(course.contradiction(
            format!("`{}` in `config.toml` after a write of other keys", path.join(".")),
            (asked, format!("{}, as before", show(&before))),
            (done, show(&after)),
        ));
    }
    Ok(())
}

/// A server MUST leave `config.toml` unchanged if it rejects a write.
#[law(
    v1,
    v2,
    source = "app-server README, config/value/write; JSON-RPC 2.0 §5: an error means that it was not done",
    faults(BATCH_NOT_ATOMIC)
)]
fn a_rejected_write_changes_nothing(course: &Course<'_>) -> Result {
    let story = story(course);
    for (request, answer) in writes(&story).filter(|(request, _)| !request.accepted) {
        let (asked, done) = (&course.events()[request.event], &course.events()[answer]);
        let (before, after) = (course.config_at(asked), course.config_at(done));
        if before != after {
            let show = |file: Option<&[u8]>| match file {
                Some(file) => String::from_utf8_lossy(file).into_owned(),
                None => "no file".to_owned(),
            };
            return Err(course.contradiction(
                "`config.toml` after a write that was rejected",
                (asked, show(before)),
                (done, show(after)),
            ));
        }
    }
    Ok(())
}

/// A server MUST write only whole lines of JSON to the rollout of a thread that it has started.
///
/// A line without an end is none yet: the process may have been killed while it wrote.
#[law(
    v1,
    v2,
    source = "app-server README, Threads: a rollout is a file of JSON lines",
    faults(ROLLOUT_HAS_A_BROKEN_LINE)
)]
fn rollouts_stay_readable(course: &Course<'_>) -> Result {
    let story = story(course);
    for opened in &story.opened {
        let request = &story.requests[opened.request];
        let Some(answer) = request.answer.filter(|_| story.is_new(&opened.thread)) else {
            continue;
        };
        let result = course.events()[answer].entry.value.as_ref();
        let path = result.and_then(|value| {
            value.pointer("/result/thread/path").or_else(|| value.pointer("/result/rolloutPath"))
        });
        let Some(path) = path.and_then(Value::as_str).map(std::path::Path::new) else { continue };
        // Nothing outside the home is opened, whatever the server says.
        if !path.starts_with(course.home.path()) {
            continue;
        }
        let Ok(file) = std::fs::read(path) else { continue };
        let lines = file.split_inclusive(|byte| *byte == b'\n').enumerate();
        let mut whole = lines.filter(|(_, line)| line.ends_with(b"\n"));
        let is_record = |line: &[u8]| {
            serde_json::from_slice::<Value>(line).is_ok_and(|value| value.is_object())
        };
        if let Some((number, line)) = whole.find(|(_, line)| !is_record(line)) {
            return Err(course.fault_at(
                format!("line {} of the rollout of a thread that it has started", number + 1),
                "a JSON object",
                (&course.events()[answer], shown::printable(line, 300)),
            ));
        }
    }
    Ok(())
}
