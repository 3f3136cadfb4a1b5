//! The files of a run: checked before the run where possible, and written completely or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::exit_code::Stop;

/// A file that will be written.
#[derive(Debug)]
pub(crate) struct OutputFile {
    path: PathBuf,
    /// The directory for a draft, which is then renamed; `None` for a pipe or a device, which is
    /// written directly.
    directory: Option<PathBuf>,
}

impl OutputFile {
    /// Makes the directory if necessary, and checks that the file can be written.
    pub(crate) fn prepare(path: &Path) -> Result<Self, Stop> {
        let refused = |error: io::Error| cannot_write(path, &error);
        // A link is followed: its target is replaced.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&real) {
            Ok(there) if there.is_dir() => {
                Err(refused(io::Error::from(io::ErrorKind::IsADirectory)))
            }
            Ok(there) if !there.is_file() => {
                File::options().write(true).open(&real).map_err(refused)?;
                Ok(Self { path: real, directory: None })
            }
            _ => {
                let directory = parent(&real);
                fs::create_dir_all(&directory).map_err(refused)?;
                draft(&directory).map_err(refused)?;
                // The canonical name of the file, so that two reports with one file are noticed.
                let directory = fs::canonicalize(&directory).map_err(refused)?;
                let name = real.file_name().unwrap_or_default();
                Ok(Self { path: directory.join(name), directory: Some(directory) })
            }
        }
    }

    /// Whether both write to the same file, under any name; a device accepts several.
    pub(crate) fn is_that_of(&self, other: &Self) -> bool {
        self.directory.is_some() && self.path == other.path
    }

    /// Writes the file.
    pub(crate) fn write(&self, text: &str) -> Result<(), Stop> {
        self.try_write(text).map_err(|error| cannot_write(&self.path, &error))
    }

    fn try_write(&self, text: &str) -> io::Result<()> {
        let Some(directory) = &self.directory else {
            return File::options().write(true).open(&self.path)?.write_all(text.as_bytes());
        };
        let mut draft = draft(directory)?;
        draft.write_all(text.as_bytes())?;
        draft.persist(&self.path)?;
        Ok(())
    }
}

/// A directory for files.
#[derive(Debug)]
pub(crate) struct OutputDirectory(PathBuf);

impl OutputDirectory {
    /// Makes the directory if necessary, and checks that files can be written into it.
    pub(crate) fn prepare(path: &Path) -> Result<Self, Stop> {
        let refused = |error: io::Error| cannot_write(path, &error);
        fs::create_dir_all(path).map_err(refused)?;
        draft(path).map_err(refused)?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a file into the directory.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Stop> {
        let path = self.0.join(name);
        fs::write(&path, text).map_err(|error| cannot_write(&path, &error))
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Stop {
    Stop::unable(format!("cannot write {}: {error}", path.display()))
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn draft(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    // With the permissions of any new file, by the umask; a temporary file could be read only by
    // its owner.
    tempfile::Builder::new()
        .prefix(".proctor-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(directory)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::OutputFile;

    #[test]
    fn directories_come_to_be_and_nothing_is_left_beside_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b/report.json");
        let file = OutputFile::prepare(&path).unwrap();
        assert!(!path.exists());
        file.write("one").unwrap();
        file.write("two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("target"), directory.path().join("link"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        OutputFile::prepare(&link).unwrap().write("new").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert!(link.is_symlink());
    }

    #[test]
    fn a_device_is_written_and_not_replaced() {
        OutputFile::prepare("/dev/null".as_ref()).unwrap().write("text").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let full = OutputFile::prepare("/dev/full".as_ref()).unwrap().write("text").unwrap_err();
        assert!(full.to_string().starts_with("cannot write /dev/full: "), "{full}");
    }

    #[test]
    fn a_directory_or_a_file_in_the_way_is_reported_before_the_run() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(OutputFile::prepare(directory.path()).is_err());
        assert!(OutputFile::prepare(&file.join("report.json")).is_err());
    }
}
