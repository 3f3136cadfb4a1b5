//! A home for subjects that are not configured like Codex: the files of a directory, copied over
//! the standard ones.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harness::{Home, Template};

use crate::exit_code::Stop;

/// Copies a directory into each home.
pub(super) struct HomeTemplate {
    directory: PathBuf,
    standard: Arc<dyn Template>,
}

impl HomeTemplate {
    /// Copies `directory` over the files that `standard` writes.
    pub(super) fn new(directory: &Path, standard: Arc<dyn Template>) -> Result<Self, Stop> {
        match fs::read_dir(directory) {
            Ok(_) => Ok(Self { directory: directory.to_owned(), standard }),
            Err(error) => Err(Stop::usage(format!(
                "cannot read the home template {}: {error}",
                directory.display()
            ))),
        }
    }
}

impl Template for HomeTemplate {
    fn write(&self, home: &Home, model_url: &str) -> io::Result<()> {
        self.standard.write(home, model_url)?;
        let home_path = home.path().to_string_lossy();
        let replace =
            |text: &str| text.replace("{{model_url}}", model_url).replace("{{home}}", &home_path);
        copy(&self.directory, home.path(), &replace)
    }
}

/// Copies everything below `from`. Links are copied as links, so that a link to a parent directory
/// does not cause an endless copy.
fn copy(from: &Path, to: &Path, replace: &dyn Fn(&str) -> String) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&source, &target, replace)?;
        } else if kind.is_symlink() {
            remove(&target)?;
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_file() {
            remove(&target)?;
            let content = fs::read(&source)?;
            match std::str::from_utf8(&content) {
                Ok(text) => fs::write(&target, replace(text))?,
                Err(_) => fs::write(&target, &content)?,
            }
            fs::set_permissions(&target, entry.metadata()?.permissions())?;
        }
    }
    Ok(())
}

/// Removes the file of the standard template, if there is one.
fn remove(target: &Path) -> io::Result<()> {
    match fs::remove_file(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Arc;

    use harness::{Home, Template};

    use super::HomeTemplate;

    #[test]
    fn files_of_the_directory_win_and_texts_are_filled_in() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str| directory.path().join(name);
        fs::create_dir_all(file("bin")).unwrap();
        fs::write(file("config.toml"), "url = \"{{model_url}}\"\nhome = \"{{home}}\"\n").unwrap();
        fs::write(file("bin/tool"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(file("bin/tool"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(file("data"), b"\xff{{home}}").unwrap();
        std::os::unix::fs::symlink("..", file("bin/up")).unwrap();

        let home = Home::new().unwrap();
        let standard = suites::template();
        HomeTemplate::new(directory.path(), Arc::clone(&standard))
            .unwrap()
            .write(&home, "http://model")
            .unwrap();

        let config = fs::read_to_string(home.join("config.toml")).unwrap();
        assert_eq!(
            config,
            format!("url = \"http://model\"\nhome = \"{}\"\n", home.path().display())
        );
        let mode = fs::metadata(home.join("bin/tool")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        assert_eq!(fs::read(home.join("data")).unwrap(), b"\xff{{home}}");
        assert!(home.join("bin/up").is_symlink());
    }
}
