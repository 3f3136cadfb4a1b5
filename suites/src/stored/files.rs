//! The files of stored conversations: which there are, and what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use harness::{Context, Failure, Looks, OrInconclusive, Result};
use jiff::Timestamp;
use shown::printable;

use crate::client::{ContextExt, Thread};

/// How much is shown of what a file has too much or too little, in bytes.
const EXCERPT: usize = 160;

/// Every rollout below a home, by its path relative to it, with its bytes.
pub type Rollouts = BTreeMap<PathBuf, Vec<u8>>;

/// The rollouts of the check's home, live and archived.
pub fn rollouts(cx: &Context) -> Result<Rollouts> {
    let home = cx.home.path();
    let mut found = Rollouts::new();
    let mut folders = vec![home.join("sessions"), home.join("archived_sessions")];
    while let Some(folder) = folders.pop() {
        // A home without conversations has no such folder.
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let entry = entry.or_inconclusive("looking into the home")?;
            let (path, kind) =
                (entry.path(), entry.file_type().or_inconclusive("looking into the home")?);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && path.extension().is_some_and(|extension| extension == "jsonl")
            {
                let name = path.strip_prefix(home).unwrap_or(&path).to_owned();
                found.insert(name, read(&path)?);
            }
        }
    }
    Ok(found)
}

/// Every file below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).or_inconclusive("looking into the home")?.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// The files in the check's home that hold this text, relative to it and in order.
pub fn holders(cx: &Context, text: &str) -> Result<Vec<String>> {
    let home = cx.home.path();
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let shown = |path: PathBuf| path.strip_prefix(home).unwrap_or(&path).display().to_string();
    let mut found: Vec<String> = files(home)?.into_iter().filter(holds).map(shown).collect();
    found.sort();
    Ok(found)
}

/// The bytes of a file that has to be there.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| {
        Failure::mismatch(format!("the file {}", path.display()), "to be there", error.to_string())
    })
}

/// When a file was changed last.
pub fn changed(path: &Path) -> Result<Timestamp> {
    let at = fs::metadata(path).and_then(|data| data.modified());
    let at = at.or_inconclusive("reading the time of a file")?;
    Timestamp::try_from(at).or_inconclusive("reading the time of a file")
}

/// Makes a file look as if it was changed last at this time.
pub fn set_changed(path: &Path, at: Timestamp) -> Result {
    let times = fs::FileTimes::new().set_modified(SystemTime::from(at));
    let file = fs::File::options().append(true).open(path).or_inconclusive("opening a file")?;
    file.set_times(times).or_inconclusive("setting the time of a file")
}

/// Fails unless the file is there and has exactly these bytes.
pub fn ensure_bytes(path: &Path, expected: &[u8], what: &str) -> Result {
    let observed = read(path).map_err(|failure| failure.within(what))?;
    match difference(expected, &observed) {
        None => Ok(()),
        Some(difference) => {
            Err(Failure::mismatch(what, format!("the same {} bytes", expected.len()), difference))
        }
    }
}

/// Fails unless the file is there and begins with these bytes.
pub fn ensure_begins(path: &Path, expected: &[u8], what: &str) -> Result {
    let observed = read(path).map_err(|failure| failure.within(what))?;
    let head = &observed[..expected.len().min(observed.len())];
    match difference(expected, head) {
        None => Ok(()),
        Some(difference) => Err(Failure::mismatch(
            what,
            format!("to begin with the {} bytes of before", expected.len()),
            difference,
        )),
    }
}

/// Fails unless the path leads nowhere.
pub fn ensure_absent(path: &Path, what: &str) -> Result {
    match fs::symlink_metadata(path) {
        Err(_) => Ok(()),
        Ok(found) => {
            let length = found.len();
            let observed = if found.is_symlink() {
                "a symbolic link".to_owned()
            } else {
                format!("a file of {length} bytes")
            };
            Err(Failure::mismatch(what, format!("nothing at {}", path.display()), observed))
        }
    }
}

/// Fails unless both hold the same files with the same bytes.
pub fn ensure_unchanged(before: &Rollouts, after: &Rollouts, what: &str) -> Result {
    let mut changes = Vec::new();
    for (name, bytes) in before {
        match after.get(name) {
            None => changes.push(format!("{} is gone", name.display())),
            Some(now) => {
                changes.extend(
                    difference(bytes, now).map(|how| format!("{} has {how}", name.display())),
                );
            }
        }
    }
    let fresh = after.keys().filter(|name| !before.contains_key(*name));
    changes.extend(fresh.map(|name| format!("{} is new", name.display())));
    if changes.is_empty() {
        return Ok(());
    }
    Err(Failure::mismatch(what, format!("the same {} as before", before.len()), changes.join("; ")))
}

/// Where two contents begin to differ.
fn difference(expected: &[u8], observed: &[u8]) -> Option<String> {
    if expected == observed {
        return None;
    }
    let same = expected.iter().zip(observed).take_while(|(a, b)| a == b).count();
    let rest = |bytes: &[u8]| printable(&bytes[same..], EXCERPT);
    let how = match (same == expected.len(), same == observed.len()) {
        (true, _) => format!("the same and then more: {}", rest(observed)),
        (_, true) => format!("where this is missing at the end: {}", rest(expected)),
        _ => format!("from byte {same} on {} instead of {}", rest(observed), rest(expected)),
    };
    Some(format!("{} bytes, {how}", observed.len()))
}

/// Waits until the rollout of a conversation holds `text` and grows no more; its bytes.
///
/// Releases write behind their answers, and write one message in several lines.
pub async fn written(cx: &mut Context, thread: &Thread, text: &str) -> Result<Vec<u8>> {
    /// How many answers the rollout has to outlast without a change.
    const SETTLED: u32 = 20;
    /// How many suffice when the machine is so busy that the time is up before.
    const SETTLED_LATE: u32 = 3;
    /// How many answers are asked for in all: a server that writes for long is looked at without a
    /// request.
    const ASKED: u32 = 3 * SETTLED;
    /// How long the rollout has to stay as it is where nothing is answered.
    const QUIET: Duration = Duration::from_millis(100);
    if thread.path.as_os_str().is_empty() {
        // It may keep its conversations elsewhere than in files, or not at all.
        return Err(Failure::lacks("`path` of a thread, `thread.path`"));
    }
    let mut looks = Looks::until(cx.peer.deadline());
    let (mut bytes, mut same, mut asked, mut answers) = (Vec::new(), 0, 0, true);
    loop {
        let now = fs::read(&thread.path).unwrap_or_default();
        let grows = now != bytes;
        bytes = now;
        let holds = bytes.windows(text.len()).any(|window| window == text.as_bytes());
        if grows || !holds {
            same = 0;
        }
        if grows && holds {
            looks.afresh();
        }
        if holds && (same >= SETTLED || (same >= SETTLED_LATE && looks.paused() >= QUIET)) {
            return Ok(bytes);
        }
        // An answer is quicker than a pause, and what was to be written before it is.
        let asks = holds && answers && asked < ASKED;
        if asks {
            asked += 1;
            answers = cx.client().try_barrier(thread).await?;
        }
        let goes_on = (asks && answers && !looks.is_over()) || looks.again().await;
        if !goes_on {
            if holds && same >= SETTLED_LATE {
                return Ok(bytes);
            }
            let what = format!("the rollout of the conversation, {}", thread.path.display());
            let length = bytes.len();
            let (expected, observed) = if holds {
                ("an end of the writing".to_owned(), format!("it still grows, at {length} bytes"))
            } else if thread.path.exists() {
                (format!("to hold {text:?}"), format!("{length} bytes without it"))
            } else {
                (format!("to hold {text:?}"), "no such file".to_owned())
            };
            return Err(Failure::mismatch(what, expected, observed));
        }
        same += 1;
    }
}
