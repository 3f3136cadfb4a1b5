//! What goes wrong when a rollout is archived or brought back.

use std::fs;
use std::io;
use std::path::Path;

use crate::fault::fault;

/// Whether a defect finds `path`, in its canonical form `from`, in the sessions directory; `None` if it does not look.
pub(crate) fn is_contained(
    path: &Path,
    from: &Path,
    sessions: &Path,
    canonical: &Path,
) -> Option<bool> {
    if fault!(ARCHIVE_BY_PREFIX) {
        return Some(path.starts_with(sessions));
    }
    if fault!(ARCHIVE_BY_STRING_PREFIX) {
        let sessions = canonical.to_string_lossy().into_owned();
        return Some(from.to_string_lossy().starts_with(&sessions));
    }
    if fault!(ARCHIVE_ANYWHERE) {
        return Some(true);
    }
    fault!(ARCHIVE_HALF_CANONICAL).then(|| from.starts_with(sessions))
}

/// Removes a file before it is written where it should be.
pub(crate) fn remove_first(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = fs::read(from)?;
    fs::remove_file(from)?;
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::write(to, bytes)
}

/// What goes wrong with a file that was archived, or with its neighbours.
pub(crate) fn archived(from: &Path, to: &Path) -> io::Result<()> {
    if fault!(ARCHIVE_MARKS_THE_ROLLOUT) {
        let mut text = fs::read_to_string(to)?;
        text.push_str("{\"type\":\"archived\",\"payload\":{}}\n");
        fs::write(to, text)?;
    }
    if fault!(ARCHIVE_LOSES_THE_END) {
        let text = fs::read_to_string(to)?;
        let kept = text.trim_end().rfind('\n').map_or(0, |at| at + 1);
        fs::write(to, &text[..kept])?;
    }
    if fault!(ARCHIVE_LEAVES_A_STUB) {
        fs::write(from, "")?;
    }
    if fault!(ARCHIVE_TAKES_THE_FOLDER) {
        for entry in fs::read_dir(from.parent().unwrap_or(from))?.flatten() {
            fs::rename(entry.path(), to.with_file_name(entry.file_name()))?;
        }
    }
    Ok(())
}

/// What goes wrong with a file that was brought back.
pub(crate) fn unarchived(to: &Path) -> io::Result<()> {
    if fault!(UNARCHIVE_KEEPS_THE_FIRST_LINE) {
        let text = fs::read_to_string(to)?;
        let head: String = text.split_inclusive('\n').take(1).collect();
        fs::write(to, head)?;
    }
    Ok(())
}
