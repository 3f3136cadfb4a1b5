//! The patch format of the model: parsed, checked against the files, applied.

use std::path::{Path, PathBuf};
use std::{fs, io};

use similar::TextDiff;
use thiserror::Error;

use crate::fault::fault;
use crate::items::{Change, ChangeKind};

/// What a patch says about one file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hunk {
    Add { path: PathBuf, content: String },
    Delete { path: PathBuf },
    Update { path: PathBuf, move_to: Option<PathBuf>, chunks: Vec<Chunk> },
}

/// A place in a file and what stands there before and after.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chunk {
    before: Vec<String>,
    after: Vec<String>,
}

#[derive(Debug, Error)]
pub(crate) enum PatchError {
    #[error("invalid patch: {0}")]
    Malformed(String),
    #[error("failed to find the expected lines in {}", .0.display())]
    NoMatch(PathBuf),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Reads a patch; its paths are relative to `cwd`.
pub(crate) fn parse(text: &str, cwd: &Path) -> Result<Vec<Hunk>, PatchError> {
    let malformed = |what: &str| PatchError::Malformed(what.to_owned());
    let mut lines = text.trim().lines().peekable();
    if lines.next().map(str::trim) != Some("*** Begin Patch") {
        return Err(malformed("the first line must be '*** Begin Patch'"));
    }
    let mut hunks = Vec::new();
    loop {
        let line =
            lines.next().ok_or_else(|| malformed("the last line must be '*** End Patch'"))?;
        if line.trim() == "*** End Patch" {
            break;
        } else if let Some(path) = line.strip_prefix("*** Add File: ") {
            let mut content = String::new();
            while let Some(line) = lines.next_if(|line| line.starts_with('+')) {
                content.push_str(if fault!(PATCH_TRIMS_LINES) {
                    line[1..].trim_end()
                } else {
                    &line[1..]
                });
                content.push('\n');
            }
            hunks.push(Hunk::Add { path: cwd.join(path.trim()), content });
        } else if let Some(path) = line.strip_prefix("*** Delete File: ") {
            hunks.push(Hunk::Delete { path: cwd.join(path.trim()) });
        } else if let Some(path) = line.strip_prefix("*** Update File: ") {
            let moved = lines.next_if(|line| line.starts_with("*** Move to: "));
            let move_to = moved.map(|line| cwd.join(line["*** Move to: ".len()..].trim()));
            let mut chunks = vec![Chunk::default()];
            while let Some(line) = lines.next_if(|line| !is_header(line)) {
                chunk_line(&mut chunks, line)?;
            }
            chunks.retain(|chunk| *chunk != Chunk::default());
            hunks.push(Hunk::Update { path: cwd.join(path.trim()), move_to, chunks });
        } else {
            return Err(malformed(&format!("'{line}' is not a valid hunk header")));
        }
    }
    if hunks.is_empty() { Err(malformed("no files were modified")) } else { Ok(hunks) }
}

fn is_header(line: &str) -> bool {
    line.starts_with("*** ") && line != "*** End of File"
}

fn chunk_line(chunks: &mut Vec<Chunk>, line: &str) -> Result<(), PatchError> {
    if line.starts_with("@@") {
        chunks.push(Chunk::default());
        return Ok(());
    }
    let Some(chunk) = chunks.last_mut() else { return Ok(()) };
    match (line.chars().next(), line.get(1..)) {
        (Some(' '), Some(rest)) => {
            chunk.before.push(rest.to_owned());
            chunk.after.push(rest.to_owned());
        }
        (Some('-'), Some(rest)) => chunk.before.push(rest.to_owned()),
        (Some('+'), Some(rest)) => chunk.after.push(rest.to_owned()),
        (None, _) => {
            chunk.before.push(String::new());
            chunk.after.push(String::new());
        }
        _ if line == "*** End of File" => {}
        _ => return Err(PatchError::Malformed(format!("unexpected line '{line}' in a hunk"))),
    }
    Ok(())
}

/// What the hunks would do to the files as they are now. Nothing is written.
pub(crate) fn plan(hunks: &[Hunk]) -> Result<Vec<Change>, PatchError> {
    let read = |path: &PathBuf| {
        fs::read_to_string(path).map_err(|source| PatchError::Io { path: path.clone(), source })
    };
    let change = |hunk: &Hunk| match hunk {
        Hunk::Add { path, content } => {
            Ok(Change { path: path.clone(), kind: ChangeKind::Add { content: content.clone() } })
        }
        Hunk::Delete { path } => {
            Ok(Change { path: path.clone(), kind: ChangeKind::Delete { content: read(path)? } })
        }
        Hunk::Update { path, move_to, chunks } => {
            let old = read(path)?;
            let new = replace(&old, chunks).ok_or_else(|| PatchError::NoMatch(path.clone()))?;
            let diff = if fault!(UPDATE_TOLD_WHOLE) {
                new.clone()
            } else {
                TextDiff::from_lines(&old, &new).unified_diff().to_string()
            };
            let kind = ChangeKind::Update { diff, content: new, move_to: move_to.clone() };
            Ok(Change { path: path.clone(), kind })
        }
    };
    if fault!(PATCH_APPLIED_IN_PART) {
        return Ok(hunks.iter().filter_map(|hunk| change(hunk).ok()).collect());
    }
    hunks.iter().map(change).collect()
}

fn replace(old: &str, chunks: &[Chunk]) -> Option<String> {
    let mut lines: Vec<&str> = old.lines().collect();
    let mut from = 0;
    let some = if fault!(FIRST_PLACE_ONLY) { 1 } else { chunks.len() };
    for chunk in chunks.iter().take(some) {
        let before: Vec<&str> = chunk.before.iter().map(String::as_str).collect();
        let at = if before.is_empty() {
            lines.len()
        } else {
            from + lines[from..].windows(before.len()).position(|seen| seen == before)?
        };
        lines.splice(at..at + before.len(), chunk.after.iter().map(String::as_str));
        from = at + chunk.after.len();
    }
    let mut new = lines.join("\n");
    if !new.is_empty() {
        new.push('\n');
    }
    Some(new)
}

/// Writes the changes and says which files they were.
pub(crate) fn apply(changes: &[Change]) -> Result<String, PatchError> {
    let mut summary = "Success. Updated the following files:\n".to_owned();
    for Change { path, kind } in changes {
        let failed = |source| PatchError::Io { path: path.clone(), source };
        let mark = match kind {
            ChangeKind::Add { content } => {
                write(path, content).map_err(failed)?;
                'A'
            }
            ChangeKind::Delete { .. } => {
                fs::remove_file(path).map_err(failed)?;
                'D'
            }
            ChangeKind::Update { content, move_to: None, .. } => {
                write(path, content).map_err(failed)?;
                'M'
            }
            ChangeKind::Update { content, move_to: Some(to), .. } => {
                write(to, content).map_err(failed)?;
                if !fault!(MOVE_COPIES) {
                    fs::remove_file(path).map_err(failed)?;
                }
                'M'
            }
        };
        summary.push_str(&format!("{mark} {}\n", path.display()));
    }
    Ok(summary)
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}

/// A change as `git diff` would show it.
pub(crate) fn git_diff(change: &Change, cwd: &Path) -> String {
    let path = change.path.strip_prefix(cwd).unwrap_or(&change.path).display().to_string();
    let head = format!("diff --git a/{path} b/{path}\n");
    let lines = |old: &str, new: &str, from: &str, to: &str| {
        TextDiff::from_lines(old, new).unified_diff().header(from, to).to_string()
    };
    let (old, new) = (format!("a/{path}"), format!("b/{path}"));
    match &change.kind {
        ChangeKind::Add { content } => {
            format!("{head}new file mode 100644\n{}", lines("", content, "/dev/null", &new))
        }
        ChangeKind::Delete { content } => {
            format!("{head}deleted file mode 100644\n{}", lines(content, "", &old, "/dev/null"))
        }
        ChangeKind::Update { diff, .. } => format!("{head}--- {old}\n+++ {new}\n{diff}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Hunk, parse, replace};
    use std::path::{Path, PathBuf};

    #[test]
    fn all_kinds_of_hunks_are_read() {
        let text = "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** Update File: old.txt\n\
                    *** Move to: moved.txt\n@@\n-aaa\n+bbb\n*** Delete File: gone.txt\n\
                    *** End Patch\n";
        let hunks = parse(text, Path::new("/w")).unwrap();
        let path = PathBuf::from;
        let chunk = Chunk { before: vec!["aaa".into()], after: vec!["bbb".into()] };
        assert_eq!(
            hunks,
            [
                Hunk::Add { path: path("/w/new.txt"), content: "hello\n".into() },
                Hunk::Update {
                    path: path("/w/old.txt"),
                    move_to: Some(path("/w/moved.txt")),
                    chunks: vec![chunk],
                },
                Hunk::Delete { path: path("/w/gone.txt") },
            ]
        );
    }

    #[test]
    fn nonsense_is_no_patch() {
        for text in ["", "hello", "*** Begin Patch\n*** End Patch", "*** Begin Patch\nx"] {
            assert!(parse(text, Path::new("/")).is_err(), "{text:?}");
        }
    }

    #[test]
    fn chunks_apply_in_order_or_not_at_all() {
        let chunk = |before: &str, after: &str| Chunk {
            before: before.lines().map(str::to_owned).collect(),
            after: after.lines().map(str::to_owned).collect(),
        };
        let chunks = [chunk("a\nb", "a\nB"), chunk("a", "A")];
        assert_eq!(replace("a\nb\na\n", &chunks).as_deref(), Some("a\nB\nA\n"));
        assert_eq!(replace("a\n", &[chunk("x", "y")]), None);
    }
}
