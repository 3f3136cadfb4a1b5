//! Ways to write the path of a rollout, and paths that name none.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use fixtures::rollout::Turn;
use harness::{Context, OrInconclusive, Result};

use crate::stored::{conversation, id, seed};

/// A rollout in the home, and where else it may be put.
pub(super) struct Place<'a> {
    home: &'a Path,
    work: &'a Path,
    path: PathBuf,
    number: u32,
}

impl Place<'_> {
    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(self.home)
    }

    fn name(&self) -> &Path {
        self.path.file_name().map(Path::new).unwrap_or(&self.path)
    }

    /// A new folder beside the home.
    fn new_folder(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.work.join(format!("{}-{name}", self.number));
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// A rollout in a new folder: the same conversation, in which something else was said.
    fn copied(&self, folder: &str) -> io::Result<PathBuf> {
        let path = self.new_folder(folder)?.join(self.name());
        let said = Turn::new(&said(self.number, folder), "copied");
        fs::write(&path, conversation(self.number).turns([said]).bytes())?;
        Ok(path)
    }

    fn linked(&self, to: &Path, name: &str) -> io::Result<PathBuf> {
        let link = self.work.join(format!("{}-{name}", self.number));
        symlink(to, &link)?;
        Ok(link)
    }
}

/// What was said in the copy of a conversation in this folder.
fn said(number: u32, folder: &str) -> String {
    format!("conversation {number} in {folder}")
}

/// The path as it is written, and the folder of the copy that it names, if it names one.
pub(super) type Spell = fn(&Place<'_>) -> io::Result<(PathBuf, &'static str)>;

/// Paths that name a rollout, and whether every server has to see that.
pub(super) const NAMING: [(&str, bool, Spell); 12] = [
    ("an absolute path", true, |place| Ok((place.path.clone(), ""))),
    ("dots and slashes in the path", true, |place| {
        let day = place.folder().file_name().unwrap_or_default();
        let (folder, day) = (place.folder().display(), day.display());
        Ok((format!("{folder}/.//../{day}/{}", place.name().display()).into(), ""))
    }),
    ("a path relative to the home", false, |place| {
        Ok((place.path.strip_prefix(place.home).unwrap_or(&place.path).to_owned(), ""))
    }),
    ("a path relative to the working directory", false, |place| {
        let up = place.work.components().filter(|part| matches!(part, Component::Normal(_)));
        let up: PathBuf = up.map(|_| "..").collect();
        Ok((up.join(place.path.strip_prefix("/").unwrap_or(&place.path)), ""))
    }),
    ("a symbolic link to the file", false, |place| {
        Ok((place.linked(&place.path, "link.jsonl")?, ""))
    }),
    ("a symbolic link to the folder", false, |place| {
        Ok((place.linked(place.folder(), "link")?.join(place.name()), ""))
    }),
    ("a symbolic link to the home", false, |place| {
        let below = place.path.strip_prefix(place.home).unwrap_or(&place.path);
        Ok((place.linked(place.home, "home")?.join(below), ""))
    }),
    ("the path of a copy outside the home, with blanks and other alphabets", false, |place| {
        Ok((place.copied("two words ñ 日本")?, "two words ñ 日本"))
    }),
    ("the path of a copy in a folder with `%20` in its name", false, |place| {
        place.copied("a b")?;
        Ok((place.copied("a%20b")?, "a%20b"))
    }),
    ("a slash behind the path", false, |place| {
        Ok((format!("{}/", place.path.display()).into(), ""))
    }),
    ("a `file://` URL", false, |place| Ok((format!("file://{}", place.path.display()).into(), ""))),
    ("escapes in the path", false, |place| {
        Ok((place.path.display().to_string().replace('-', "%2D").into(), ""))
    }),
];

/// Paths that name no rollout.
pub(super) const NAMING_NONE: [(&str, Spell); 12] = [
    ("nothing there", |place| Ok((place.folder().join("none.jsonl"), ""))),
    ("a folder", |place| Ok((place.folder().to_owned(), ""))),
    ("an empty file", |place| {
        let path = place.folder().join("empty.jsonl");
        fs::write(&path, "").map(|()| (path, ""))
    }),
    ("a text", |place| {
        let path = place.work.join("text");
        fs::write(&path, "one line\nanother one\n").map(|()| (path, ""))
    }),
    ("a device", |_| Ok(("/dev/null".into(), ""))),
    ("a link to nothing", |place| Ok((place.linked(Path::new("nowhere"), "nowhere")?, ""))),
    ("a name of 5,000 letters", |place| Ok((place.folder().join("a".repeat(5_000)), ""))),
    ("a path of 20,000 characters", |place| {
        let dots = "./".repeat(10_000);
        let path = format!("{}/{dots}{}", place.folder().display(), place.name().display());
        Ok((path.into(), ""))
    }),
    ("a NUL behind the path", |place| Ok((format!("{}\0", place.path.display()).into(), ""))),
    ("a NUL in the path", |place| {
        let folder = place.folder().display();
        Ok((format!("{}\0/{folder}", place.path.display()).into(), ""))
    }),
    ("a blank behind the path", |place| Ok((format!("{} ", place.path.display()).into(), ""))),
    ("blanks", |_| Ok(("  ".into(), ""))),
];

/// One path, and what it names.
pub(super) struct Named {
    pub(super) what: &'static str,
    pub(super) required: bool,
    pub(super) id: String,
    pub(super) path: PathBuf,
    /// The file at that path, without links.
    pub(super) file: Option<PathBuf>,
    pub(super) said: String,
}

/// Stores a conversation for each path, and spells the path.
pub(super) fn spelled(
    cx: &Context,
    rows: impl IntoIterator<Item = (&'static str, bool, Spell)>,
) -> Result<Vec<Named>> {
    let mut all = Vec::new();
    for (number, (what, required, spell)) in (0..).zip(rows) {
        let path = seed(cx, &conversation(number))?;
        let place = Place { home: cx.home.path(), work: cx.home.work(), path, number };
        let (path, folder) = spell(&place).or_inconclusive("spelling a path")?;
        let file = if folder.is_empty() { &place.path } else { &path };
        let file = file.canonicalize().ok();
        let said =
            if folder.is_empty() { format!("conversation {number}") } else { said(number, folder) };
        all.push(Named { what, required, id: id(number).to_string(), path, file, said });
    }
    Ok(all)
}
