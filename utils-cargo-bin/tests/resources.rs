//! Resources of the calling crate, here and over environments that are given.

use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use utils_cargo_bin::{Lookup, Reason, Resource, find_resource};

fn note() -> Resource<'static> {
    let path = Path::new("data/note.txt");
    Resource { path, manifest_dir: None, package: None, bazel_package: None }
}

/// Where this package is now, as the runner of its tests says: cargo, or cargo-nextest.
fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo or cargo-nextest must run this").into()
}

#[test]
fn the_macro_finds_files_of_this_crate_only() {
    let path = find_resource!("tests/resources.rs").unwrap();
    assert_eq!(path, package().join("tests/resources.rs"));
    assert!(find_resource!(Path::new("tests")).unwrap().is_dir());
    let error = find_resource!("tests/gone").unwrap_err();
    assert_eq!(error.path, Path::new("tests/gone"));
    assert!(error.to_string().starts_with("no resource tests/gone; tried:\n  "), "{error}");
    assert!(matches!(error.attempts[1].reason, Reason::Missing(_)), "{error}");
}

#[test]
fn tests_of_an_archive_find_their_package_where_it_is_now() {
    let here = tempfile::tempdir().unwrap();
    fs::create_dir(here.path().join("data")).unwrap();
    fs::write(here.path().join(note().path), "").unwrap();
    let declared = Resource {
        manifest_dir: Some(Path::new("/compiled/elsewhere")),
        package: Some("own"),
        ..note()
    };
    let lookup = Lookup::new().with_var("CARGO_MANIFEST_DIR", here.path());
    let own = lookup.clone().with_var("CARGO_PKG_NAME", "own");
    assert_eq!(own.resource(&declared).unwrap(), here.path().join(note().path));
    let other = lookup.with_var("CARGO_PKG_NAME", "other");
    assert!(other.resource(&declared).is_err(), "another package's directory does not count");
}

#[test]
fn bazel_resources_are_runfiles_of_the_package() {
    let tree = tempfile::tempdir().unwrap();
    let runfiles = tree.path().join("t.runfiles");
    for dir in ["_main/pkg/data", "_main/shared", "ws/data"] {
        fs::create_dir_all(runfiles.join(dir)).unwrap();
        fs::write(runfiles.join(dir).join("note.txt"), "").unwrap();
    }
    // The sources are in reach too, and do not count.
    let sources = package();
    let declared = Resource { bazel_package: Some("pkg"), manifest_dir: Some(&sources), ..note() };
    let lookup = Lookup::new().with_var("RUNFILES_DIR", &runfiles);
    let find =
        |path: &'static str| lookup.resource(&Resource { path: Path::new(path), ..declared });

    assert_eq!(find("data/note.txt").unwrap(), runfiles.join("_main/pkg/data/note.txt"));
    assert_eq!(find(r"data\note.txt").unwrap(), runfiles.join("_main/pkg/data/note.txt"));
    assert_eq!(find("../shared/note.txt").unwrap(), runfiles.join("_main/shared/note.txt"));
    let outside = find("../../../note.txt").unwrap_err();
    assert!(matches!(outside.attempts[0].reason, Reason::OutsideRunfiles(_)), "{outside}");
    let undeclared = find("Cargo.toml").unwrap_err();
    assert!(matches!(undeclared.attempts[0].reason, Reason::Missing(_)), "{undeclared}");

    let at_root = Resource { bazel_package: Some(""), ..declared };
    let named = lookup.with_var("TEST_WORKSPACE", "ws");
    assert_eq!(named.resource(&at_root).unwrap(), runfiles.join("ws/data/note.txt"));
}

#[test]
fn buck2_resources_are_under_the_project_root() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("data")).unwrap();
    fs::create_dir_all(root.path().join("crate/data")).unwrap();
    fs::write(root.path().join(note().path), "").unwrap();
    fs::write(root.path().join("crate").join(note().path), "").unwrap();
    let lookup = Lookup::new().with_var("BUCK_PROJECT_ROOT", root.path());
    assert_eq!(lookup.resource(&note()).unwrap(), root.path().join(note().path));
    let relative = Resource { manifest_dir: Some(Path::new("crate")), ..note() };
    assert_eq!(lookup.resource(&relative).unwrap(), root.path().join("crate").join(note().path));
}
