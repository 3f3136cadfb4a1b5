//! Working directories in every spelling: commands run in the folder that is named, and nowhere else.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use harness::{Context, Dialect, Failure, OrInconclusive, Result, check, ensure, show};
use mock_model::{runs_command, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Query, Settings, Start, Thread};
use crate::rows::Rows;

/// Writes a name of a folder below the working directory, and makes what has to be there: the name,
/// and the folder itself.
type Name = fn(&Path) -> io::Result<(PathBuf, Option<PathBuf>)>;

/// The names of folders that are there; those that a turn is given come first.
const FOLDERS: [(&str, Name); 7] = [
    ("dots and slashes in the path", |work| {
        folder(work, "plain", |path| format!("{0}/.//../plain/", path.display()).into())
    }),
    ("a relative path", |work| folder(work, "plain", |_| "plain/../plain".into())),
    ("a path with `%20`", |work| {
        fs::create_dir_all(work.join("a b"))?;
        folder(work, "a%20b", |path| path)
    }),
    ("a symbolic link", |work| {
        let (path, real) = folder(work, "plain", |path| path.with_file_name("link"))?;
        symlink(work.join("plain"), &path).map(|()| (path, real))
    }),
    ("a path with a line break", |work| folder(work, "two\nlines", |path| path)),
    ("a path with blanks, quotes and other alphabets", |work| {
        folder(work, "two words 'q' \"$HOME\" ñ 日本 שלום", |path| path)
    }),
    ("a path with a tilde", |work| folder(work, "~", |path| path)),
];

/// The names of no folder.
const NO_FOLDERS: [(&str, Name); 5] = [
    ("a path of nothing", |work| Ok((work.join("none"), None))),
    ("a path with a NUL", |work| Ok((format!("{}/plain\0", work.display()).into(), None))),
    ("the path of a file", |work| {
        let path = work.join("file");
        fs::write(&path, "").map(|()| (path, None))
    }),
    ("a name of 5,000 letters", |work| Ok((work.join("a".repeat(5_000)), None))),
    ("a `file://` URL", |work| Ok((format!("file://{}/plain", work.display()).into(), None))),
];

fn folder(
    work: &Path,
    name: &str,
    write: fn(PathBuf) -> PathBuf,
) -> io::Result<(PathBuf, Option<PathBuf>)> {
    let path = work.join(name);
    fs::create_dir_all(&path)?;
    let real = path.canonicalize()?;
    Ok((write(path), Some(real)))
}

/// A folder as a request names it.
struct Named {
    what: &'static str,
    cwd: PathBuf,
    real: Option<PathBuf>,
}

fn named(
    cx: &Context,
    names: impl IntoIterator<Item = (&'static str, Name)>,
) -> Result<Vec<Named>> {
    let mut all = Vec::new();
    for (what, name) in names {
        let (cwd, real) = name(cx.home.work()).or_inconclusive("making a folder")?;
        all.push(Named { what, cwd, real });
    }
    Ok(all)
}

/// Runs a command in a turn with these settings: the folder that it writes down, if it runs.
async fn ran(cx: &mut Context, thread: &Thread, settings: Settings) -> Result<Option<PathBuf>> {
    let note = cx.home.join(format!("ran-{}", cx.model.requests().len()));
    cx.model.script([runs_command(format!("pwd -P > '{}'", note.display())), says("done")]);
    match settings.cwd {
        None => cx.client().turn(thread, "where?").await?,
        Some(_) => cx.client().turn_with(thread, "where?", settings).await?,
    };
    let text = fs::read_to_string(&note).unwrap_or_default();
    Ok(text.strip_suffix('\n').map(PathBuf::from))
}

/// Fails if a command has run elsewhere, or not at all where it can run.
fn ensure_ran(named: &Named, ran: Option<&PathBuf>) -> Result {
    if ran == named.real.as_ref() {
        return Ok(());
    }
    let shown = |path: Option<&PathBuf>| match path {
        Some(path) => format!("it runs in {}", show(path)),
        None => "it does not run".to_owned(),
    };
    Err(Failure::mismatch("a command of the model", shown(named.real.as_ref()), shown(ran)))
}

/// Fails unless the folder that is shown, if any, is this one.
fn ensure_shown(cx: &Context, shown: &Value, named: &Named, place: &str) -> Result {
    let (Some(real), Some(text)) = (&named.real, shown.as_str()) else { return Ok(()) };
    let same = cx.home.work().join(text).canonicalize().ok().as_ref() == Some(real);
    ensure!(same, format!("`cwd` {place}"), format!("a path of {}", show(real)), show(text));
    Ok(())
}

/// A server MUST run the commands of a thread in the folder that the request for the thread names,
/// however it is written, and nowhere else.
#[check(
    v1,
    v2,
    source = "app-server README, newConversation, thread/start: cwd; every release does",
    faults(DIRECTORY_ESCAPES_DECODED, MISSING_DIRECTORY_REPLACED)
)]
async fn a_thread_runs_in_its_folder(cx: &mut Context) -> Result {
    let all = named(cx, FOLDERS.into_iter().chain(NO_FOLDERS.into_iter().take(1)))?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    let mut threads = Vec::new();
    for named in &all {
        let start = Start { cwd: Some(named.cwd.clone()), ..Start::default() };
        let thread = match cx.client().start_with(start).await {
            Ok(thread) => thread,
            // What is no folder may be rejected.
            Err(failure) => {
                let outcome = if named.real.is_none() { Ok(()) } else { Err(failure) };
                rows.judge(format!("a start with {}", named.what), outcome)?;
                continue;
            }
        };
        let shown = ensure_shown(cx, &thread.result["cwd"], named, "in the answer");
        rows.judge(format!("the answer to a start with {}", named.what), shown)?;
        let ran = ran(cx, &thread, Settings::default()).await?;
        let outcome = ensure_ran(named, ran.as_ref());
        rows.judge(format!("a command after a start with {}", named.what), outcome)?;
        threads.push((named, thread.id));
    }
    listed(cx, &threads, &mut rows).await?;
    rows.end()
}

/// Judges the folders in the list, and of the threads that are read.
async fn listed(cx: &mut Context, threads: &[(&Named, String)], rows: &mut Rows) -> Result {
    let query = Query { limit: Some(100), ..Query::default() };
    let page = cx.client().page(&query).await?;
    for (named, id) in threads {
        if let Some(item) = page.items.iter().find(|item| item.id == *id) {
            let shown = ensure_shown(cx, &item.value["cwd"], named, "in the list");
            rows.judge(format!("the list after a start with {}", named.what), shown)?;
        }
        if cx.dialect() != Dialect::V1 {
            let read = cx.peer.request("thread/read", json!({ "threadId": id })).await?;
            // The first releases do not have it.
            let Ok(read) = read.result() else { continue };
            let cwd = &read["thread"]["cwd"];
            let shown = ensure_shown(cx, cwd, named, "of the thread that is read");
            rows.judge(format!("a read after a start with {}", named.what), shown)?;
        }
    }
    Ok(())
}

/// A server MUST run the commands of a turn in the folder that the request for the turn names,
/// however it is written, and nowhere else.
#[check(
    v1,
    v2,
    source = "app-server README, sendUserTurn, turn/start: cwd; every release does",
    faults(DIRECTORY_ESCAPES_DECODED, MISSING_DIRECTORY_REPLACED)
)]
async fn a_turn_runs_in_its_folder(cx: &mut Context) -> Result {
    let all = named(cx, FOLDERS.into_iter().take(3).chain(NO_FOLDERS.into_iter().take(1)))?;
    let thread = cx.client().start().await?;
    let mut rows = Rows::default();
    for named in &all {
        let settings = Settings { cwd: Some(named.cwd.clone()), ..Settings::default() };
        let outcome = match ran(cx, &thread, settings).await {
            Ok(ran) => ensure_ran(named, ran.as_ref()),
            Err(_) if named.real.is_none() => cx.client().barrier(&thread).await,
            Err(failure) => Err(failure),
        };
        rows.judge(format!("a command of a turn with {}", named.what), outcome)?;
    }
    rows.end()
}

/// A server MUST run a single command in the folder that its request names, however it is written,
/// and nowhere else.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, execOneOffCommand, command/exec: cwd; every release does",
    faults(DIRECTORY_ESCAPES_DECODED)
)]
async fn a_single_command_runs_in_its_folder(cx: &mut Context) -> Result {
    let all = named(cx, FOLDERS.into_iter().chain(NO_FOLDERS))?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for named in &all {
        let more = json!({ "cwd": named.cwd });
        let reply = cx.client().exec(&["pwd", "-P"], more).await?;
        let printed = reply.result().ok().filter(|result| result["exitCode"] == 0);
        let printed = printed.and_then(|result| result["stdout"].as_str());
        let ran = printed.and_then(|text| text.strip_suffix('\n')).map(PathBuf::from);
        let outcome = ensure_ran(named, ran.as_ref());
        rows.judge(format!("a single command with {}", named.what), outcome)?;
    }
    rows.end()
}
