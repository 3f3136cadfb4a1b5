//! Bazel's runfiles manifest: one line per file, with escapes.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use crate::attempt::Reason;

/// The path that the manifest gives for `key`, or for the directory that `key` lies in.
pub(super) fn find(manifest: &Path, key: &str) -> Result<PathBuf, Reason> {
    let bytes = fs::read(manifest)
        .map_err(|source| Reason::Unreadable { path: manifest.to_path_buf(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    let mut nearest: Option<(usize, PathBuf)> = None;
    for (link, target) in text.lines().filter_map(entry) {
        if link == key {
            if target.is_empty() {
                let manifest = manifest.to_path_buf();
                return Err(Reason::EmptyInManifest { key: key.to_owned(), manifest });
            }
            return Ok(PathBuf::from(target.as_ref()));
        }
        let inside = key.strip_prefix(link.as_ref()).and_then(|rest| rest.strip_prefix('/'));
        if let Some(inside) = inside
            && !target.is_empty()
            && nearest.as_ref().is_none_or(|(length, _)| *length < link.len())
        {
            nearest = Some((link.len(), Path::new(target.as_ref()).join(inside)));
        }
    }
    let absent = || Reason::NotInManifest { key: key.to_owned(), manifest: manifest.to_path_buf() };
    nearest.map(|(_, path)| path).ok_or_else(absent)
}

/// One line: a key, a space, a path. A line that begins with a space is escaped: `\s`, `\n` and
/// `\b` (a backslash) in the key; `\n` and `\b` in the path, whose spaces stay.
fn entry(line: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let (escaped, line) = match line.strip_prefix(' ') {
        Some(line) => (true, line),
        None => (false, line),
    };
    let (link, target) = line.split_once(' ').unwrap_or((line, ""));
    if link.is_empty() {
        return None;
    }
    if escaped {
        return Some((unescaped(link, true).into(), unescaped(target, false).into()));
    }
    Some((link.into(), target.into()))
}

/// In one pass: `\bn` is a backslash and an `n`, not a line break.
fn unescaped(text: &str, with_spaces: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        let escape = if char == '\\' { rest.clone().next() } else { None };
        let meant = match escape {
            Some('b') => '\\',
            Some('n') => '\n',
            Some('s') if with_spaces => ' ',
            _ => {
                plain.push(char);
                continue;
            }
        };
        plain.push(meant);
        rest.next();
    }
    plain
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn parsed(line: &str) -> Option<(String, String)> {
        entry(line).map(|(link, target)| (link.into_owned(), target.into_owned()))
    }

    fn pair(link: &str, target: &str) -> Option<(String, String)> {
        Some((link.to_owned(), target.to_owned()))
    }

    #[test]
    fn manifest_lines() {
        assert_eq!(parsed("_main/bin/x /out/bin/x"), pair("_main/bin/x", "/out/bin/x"));
        // Only the first space separates: the path may hold more.
        assert_eq!(parsed("ws/x /home/a b/x y"), pair("ws/x", "/home/a b/x y"));
        // Nothing is escaped in a line that does not begin with a space.
        assert_eq!(parsed(r"ws/x C:\new\bin\x.exe"), pair("ws/x", r"C:\new\bin\x.exe"));
        assert_eq!(parsed("ws/__init__.py "), pair("ws/__init__.py", ""));
        assert_eq!(parsed("ws/__init__.py"), pair("ws/__init__.py", ""));
        assert_eq!(parsed(""), None);
    }

    #[test]
    fn escaped_manifest_lines() {
        assert_eq!(parsed(r" ws/a\sb /out/a b"), pair("ws/a b", "/out/a b"));
        assert_eq!(parsed(r" ws/a\nb /out/a\nb"), pair("ws/a\nb", "/out/a\nb"));
        assert_eq!(parsed(r" ws/a\bb C:\bout\bx y"), pair(r"ws/a\b", r"C:\out\x y"));
        // Decoded in one pass: a backslash that came out of `\b` escapes nothing.
        assert_eq!(parsed(r" ws/\bs\bn /out/\bn"), pair(r"ws/\s\n", r"/out/\n"));
        // A path's spaces are not escaped, so `\s` in it is not one.
        assert_eq!(parsed(r" ws/\s /out/\s"), pair("ws/ ", r"/out/\s"));
    }
}
