//! The directories that a relative path of Buck2 may start from.

use std::path::{Path, PathBuf};

use crate::Lookup;
use crate::attempt::Reason;

/// One possible base of a relative path, with its name in an error.
pub(crate) type Base = (&'static str, Result<PathBuf, Reason>);

/// Directories that Buck2's relative values start from, the surest first.
pub(crate) fn bases(lookup: &Lookup) -> Vec<Base> {
    let mut bases = vec![("under BUCK_PROJECT_ROOT", declared(lookup))];
    for (label, start) in [
        ("beside the buck-out above the current directory", lookup.dir()),
        ("beside the buck-out above the current executable", lookup.exe()),
    ] {
        let found: Vec<Base> =
            start.into_iter().flat_map(above_buck_out).map(|root| (label, Ok(root))).collect();
        if found.is_empty() {
            bases.push((label, Err(Reason::NoBase("such a directory"))));
        }
        bases.extend(found);
    }
    bases
}

/// Whether Buck2 runs this process: only then nothing may be built outside of it.
pub(crate) fn is_buck2(lookup: &Lookup) -> bool {
    lookup.var("BUCK_PROJECT_ROOT").is_some()
        || lookup.exe().is_some_and(|exe| above_buck_out(exe).next().is_some())
}

fn declared(lookup: &Lookup) -> Result<PathBuf, Reason> {
    let root = Path::new(lookup.var("BUCK_PROJECT_ROOT").ok_or(Reason::NotSet)?);
    if root.is_absolute() {
        return Ok(root.to_path_buf());
    }
    let dir = lookup.dir().ok_or(Reason::NoBase("the current directory"))?;
    Ok(dir.join(root))
}

/// The parents of every `buck-out` on the way up from `path`, the nearest first.
fn above_buck_out(path: &Path) -> impl Iterator<Item = PathBuf> {
    path.ancestors()
        .filter(|ancestor| ancestor.file_name().is_some_and(|name| name == "buck-out"))
        .filter_map(|buck_out| buck_out.parent().map(Path::to_path_buf))
}
