//! The program that a process runs, where its command line does not name it: a process may call
//! itself whatever it likes.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use shown::printable;

use super::procfs;
use super::threads;

/// Where programs are, for a process that does not say where it looked.
const USUAL: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// The program of a process, unless the first word of its command line names it.
pub(crate) fn unnamed(pid: u32) -> Option<String> {
    let words = threads::of_any(pid, "cmdline").ok()?;
    let first = words.split(|byte| *byte == 0).next().unwrap_or_default();
    let link = threads::of_living(pid, "exe");
    match fs::read_link(&link) {
        Ok(program) if !names(first, pid, &link) => {
            Some(printable(program.as_os_str().as_bytes(), usize::MAX))
        }
        // Something that looks like a thread of the kernel, and is none: those have no program.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && is_odd(first) => {
            Some(format!("unknown: {error}"))
        }
        _ => None,
    }
}

/// What tells the file at a path from every other one.
pub(crate) fn file(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

fn is_odd(first: &[u8]) -> bool {
    first.is_empty() || first.starts_with(b"[")
}

/// Whether a word leads to the file behind the link, as the process sees files.
fn names(first: &[u8], pid: u32, link: &Path) -> bool {
    let first = OsStr::from_bytes(first.strip_prefix(b"-").unwrap_or(first));
    let Some(program) = file(link) else { return false };
    let is_it = |path: PathBuf| file(&path) == Some(program);
    let root = threads::of_living(pid, "root");
    let below = |path: &Path| root.join(path.strip_prefix("/").unwrap_or(path));
    let word = Path::new(first);
    if word.is_absolute() {
        return is_it(below(word));
    }
    if word.components().count() > 1 {
        return is_it(threads::of_living(pid, "cwd").join(word));
    }
    if first.is_empty() {
        return false;
    }
    let own = procfs::variable(pid, "PATH").ok().flatten().unwrap_or_default();
    let ours = std::env::var_os("PATH").unwrap_or_default();
    let folders = [OsStr::new(&own), &ours, OsStr::new(USUAL)];
    folders
        .into_iter()
        .flat_map(std::env::split_paths)
        .any(|folder| folder.is_absolute() && is_it(below(&folder).join(word)))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    use super::unnamed;

    #[test]
    fn program_is_told_where_the_command_line_is_of_no_use() {
        for (called, told) in
            [("cat", false), ("[kworker/u9:1]", true), ("", true), ("-cat", false)]
        {
            let mut command = Command::new("cat");
            command.arg0(called).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().unwrap();
            // It has its command line when it answers.
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(b"!").unwrap();
            child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
            let program = unnamed(child.id());
            drop(stdin);
            child.wait().unwrap();
            assert_eq!(program.is_some_and(|path| path.starts_with('/')), told, "{called}");
        }
    }
}
