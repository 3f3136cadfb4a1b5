//! Binaries by variable, over environments that are given: cargo, nextest, Bazel and Buck2.

use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use tempfile::TempDir;
use utils_cargo_bin::{CargoBinError, Lookup, Reason};

/// A directory with an empty file at each of `files`.
fn tree(files: &[&str]) -> TempDir {
    let tree = tempfile::tempdir().expect("a temporary directory");
    for file in files {
        let path = tree.path().join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, "").expect("a file");
    }
    tree
}

fn found(lookup: &Lookup, name: &str) -> PathBuf {
    let path = lookup.cargo_bin(name).unwrap_or_else(|error| panic!("{error}"));
    assert!(path.is_absolute() && path.is_file(), "{}", path.display());
    path
}

fn not_found(lookup: &Lookup, name: &str) -> CargoBinError {
    match lookup.cargo_bin(name) {
        Ok(path) => panic!("{} was found", path.display()),
        Err(error) => error,
    }
}

#[test]
fn absolute_values_of_either_runner_and_spelling() {
    let tree = tree(&["my-tool"]);
    let path = tree.path().join("my-tool");
    for variable in [
        "CARGO_BIN_EXE_my-tool",
        "CARGO_BIN_EXE_my_tool",
        "NEXTEST_BIN_EXE_my-tool",
        "NEXTEST_BIN_EXE_my_tool",
    ] {
        for name in ["my-tool", "my_tool"] {
            let lookup = Lookup::new().with_var(variable, &path);
            assert_eq!(found(&lookup, name), path, "{name} by {variable}");
        }
    }
}

#[test]
fn cargo_wins_unless_its_value_is_stale() {
    let tree = tree(&["cargo/tool", "nextest/tool"]);
    let (cargo, nextest) = (tree.path().join("cargo/tool"), tree.path().join("nextest/tool"));
    let nextests = Lookup::new().with_var("NEXTEST_BIN_EXE_tool", &nextest);
    let both = nextests.clone().with_var("CARGO_BIN_EXE_tool", &cargo);
    assert_eq!(found(&both, "tool"), cargo);
    let stale = nextests.clone().with_var("CARGO_BIN_EXE_tool", tree.path().join("gone"));
    assert_eq!(found(&stale, "tool"), nextest);
    let directory = nextests.clone().with_var("CARGO_BIN_EXE_tool", tree.path());
    assert_eq!(found(&directory, "tool"), nextest);
    let empty = nextests.with_var("CARGO_BIN_EXE_tool", "");
    assert_eq!(found(&empty, "tool"), nextest);
}

#[test]
fn every_attempt_is_listed() {
    let tree = tree(&[]);
    let gone = tree.path().join("gone");
    let lookup = Lookup::new()
        .with_var("CARGO_BIN_EXE_my-tool", &gone)
        .with_var("NEXTEST_BIN_EXE_my-tool", tree.path())
        .with_var("NEXTEST_BIN_EXE_my_tool", "gone")
        .with_current_dir(tree.path());
    let (root, gone) = (tree.path().display(), gone.display());
    let expected = format!(
        "no binary `my-tool`; tried:
  CARGO_BIN_EXE_my-tool={gone}: {gone} does not exist
  CARGO_BIN_EXE_my_tool: not set
  NEXTEST_BIN_EXE_my-tool={root}: {root} is not a file
  NEXTEST_BIN_EXE_my_tool=gone, under BUCK_PROJECT_ROOT: not set
  NEXTEST_BIN_EXE_my_tool=gone, beside the buck-out above the current directory: such a directory is unknown
  NEXTEST_BIN_EXE_my_tool=gone, beside the buck-out above the current executable: such a directory is unknown
  NEXTEST_BIN_EXE_my_tool=gone, under the current directory: {gone} does not exist
  assert_cmd, beside the current executable: not tried: it asks the process, not this lookup
  cargo build: not tried: it needs the process, not this lookup"
    );
    assert_eq!(not_found(&lookup, "my-tool").to_string(), expected);
}

#[test]
fn names_that_no_binary_has() {
    let tree = tree(&["tool"]);
    let lookup = Lookup::new().with_current_exe(tree.path().join("it"));
    for name in ["", "../tool", "a/b", r"a\b", "-tool", "--help"] {
        let error = not_found(&lookup, name);
        assert!(matches!(error.attempts[0].reason, Reason::BadName), "{error}");
    }
}

#[test]
fn buck2_values_start_at_the_project_root() {
    let tree = tree(&["buck-out/v2/gen/tool", "elsewhere/note", "crate/buck-out/v2/gen/tool"]);
    let root = tree.path();
    let value = "buck-out/v2/gen/tool";
    let lookup = Lookup::new()
        .with_var("CARGO_BIN_EXE_tool", value)
        .with_current_dir(root.join("elsewhere"));

    let declared = lookup.clone().with_var("BUCK_PROJECT_ROOT", root);
    assert_eq!(found(&declared, "tool"), root.join(value));
    let inside = lookup.clone().with_current_dir(root.join("buck-out/v2/gen"));
    assert_eq!(found(&inside, "tool"), root.join(value));
    let running = lookup.clone().with_current_exe(root.join("buck-out/v2/test"));
    assert_eq!(found(&running, "tool"), root.join(value));
    let nested = lookup.clone().with_current_exe(root.join("crate/buck-out/v2/test"));
    assert_eq!(found(&nested, "tool"), root.join("crate").join(value), "the nearest is meant");
    let error = not_found(&lookup, "tool");
    assert!(error.to_string().contains("BUCK_PROJECT_ROOT: not set"), "{error}");
}

#[test]
fn without_a_project_root_values_start_at_the_current_directory() {
    let tree = tree(&["bin/tool"]);
    let lookup =
        Lookup::new().with_var("CARGO_BIN_EXE_tool", "bin/tool").with_current_dir(tree.path());
    assert_eq!(found(&lookup, "tool"), tree.path().join("bin/tool"));
}

#[test]
fn bazel_keys_in_the_runfiles_tree() {
    let tree = tree(&["t.runfiles/_main/bin/tool", "t.runfiles/other/tool", "work/note"]);
    let runfiles = tree.path().join("t.runfiles");
    let tool = runfiles.join("_main/bin/tool");
    let lookup = Lookup::new().with_current_dir(tree.path().join("work"));
    let with = |value: &str| lookup.clone().with_var("CARGO_BIN_EXE_tool", value);

    for value in ["_main/bin/tool", r"_main\bin\tool", "bin/tool", "./bin/tool", r"bin\tool"] {
        let told = with(value).with_var("RUNFILES_DIR", &runfiles);
        assert_eq!(found(&told, "tool"), tool, "{value}");
    }
    let source = with("_main/bin/tool").with_var("TEST_SRCDIR", &runfiles);
    assert_eq!(found(&source, "tool"), tool);
    let beside = with("_main/bin/tool").with_current_exe(tree.path().join("t"));
    assert_eq!(found(&beside, "tool"), tool);
    let within = with("_main/bin/tool").with_current_exe(runfiles.join("_main/bin/t"));
    assert_eq!(found(&within, "tool"), tool);
    let external = with("../other/tool").with_var("RUNFILES_DIR", &runfiles);
    assert_eq!(found(&external, "tool"), runfiles.join("other/tool"));
    let relative = with("_main/bin/tool")
        .with_var("RUNFILES_DIR", "t.runfiles")
        .with_current_exe(tree.path().join("out/t"));
    assert_eq!(found(&relative, "tool"), tool, "after a change of directory");
}

#[test]
fn bazel_keys_in_the_workspace_that_the_test_names() {
    let tree = tree(&["t.runfiles/ws/bin/tool"]);
    let runfiles = tree.path().join("t.runfiles");
    let lookup = Lookup::new()
        .with_var("RUNFILES_DIR", &runfiles)
        .with_var("TEST_WORKSPACE", "ws")
        .with_var("CARGO_BIN_EXE_tool", "bin/tool");
    assert_eq!(found(&lookup, "tool"), runfiles.join("ws/bin/tool"));
}

#[test]
fn bazel_keys_in_a_manifest_with_odd_paths() {
    let tree = tree(&["out/plain", "out/a b/spaced out", "out/dir/inner/tool", r"out/back\slash"]);
    let out = tree.path().join("out");
    let text = format!(
        "_main/plain {out}/plain\r\n_main/empty \r\n_main/spaced {out}/a b/spaced out\r\n \
         _main/key\\swith\\sspaces {out}/plain\r\n_main/dir {out}/dir\r\n \
         _main/back {out}/back\\bslash\r\n_main/relative out/plain\r\n_main/raw {out}/back\\slash\r\n",
        out = out.display()
    );
    let manifest = tree.path().join("MANIFEST");
    fs::write(&manifest, text).unwrap();
    let lookup = Lookup::new()
        .with_var("RUNFILES_MANIFEST_FILE", &manifest)
        .with_var("RUNFILES_MANIFEST_ONLY", "1")
        .with_current_dir(tree.path());
    let with = |value: &str| lookup.clone().with_var("CARGO_BIN_EXE_tool", value);

    for (value, file) in [
        ("_main/plain", "plain"),
        (r"_main\plain", "plain"),
        ("plain", "plain"),
        ("/elsewhere/t.runfiles/_main/plain", "plain"),
        ("_main/spaced", "a b/spaced out"),
        ("_main/key with spaces", "plain"),
        ("_main/dir/inner/tool", "dir/inner/tool"),
        ("_main/back", r"back\slash"),
        ("_main/relative", "plain"),
        ("_main/raw", r"back\slash"),
    ] {
        assert_eq!(found(&with(value), "tool"), out.join(file), "{value}");
    }
    let error = not_found(&with("_main/empty"), "tool").to_string();
    assert!(error.contains("_main/empty is an empty file without a place in"), "{error}");
    let error = not_found(&with("_main/pla"), "tool").to_string();
    assert!(error.contains("_main/pla is not in"), "{error}");
}

#[test]
fn a_manifest_that_is_the_only_source_hides_the_tree() {
    let tree = tree(&["t.runfiles/_main/tool", "out/tool"]);
    let manifest = tree.path().join("MANIFEST");
    fs::write(&manifest, format!("_main/tool {}\n", tree.path().join("out/tool").display()))
        .unwrap();
    let lookup = Lookup::new()
        .with_var("RUNFILES_DIR", tree.path().join("t.runfiles"))
        .with_var("RUNFILES_MANIFEST_FILE", &manifest)
        .with_var("CARGO_BIN_EXE_tool", "_main/tool");
    assert_eq!(found(&lookup, "tool"), tree.path().join("t.runfiles/_main/tool"));
    let only = lookup.with_var("RUNFILES_MANIFEST_ONLY", "1");
    assert_eq!(found(&only, "tool"), tree.path().join("out/tool"));
}

#[test]
fn a_tree_is_used_where_there_is_no_manifest_to_be_the_only_source() {
    let tree = tree(&["t.runfiles/ws/tool", "t.runfiles/ws/bin/t"]);
    let runfiles = tree.path().join("t.runfiles");
    let lookup = Lookup::new()
        .with_var("RUNFILES_MANIFEST_ONLY", "1")
        .with_var("TEST_WORKSPACE", "ws")
        .with_var("CARGO_BIN_EXE_tool", "ws/tool");
    let told = lookup.clone().with_var("RUNFILES_DIR", &runfiles);
    assert_eq!(found(&told, "tool"), runfiles.join("ws/tool"));
    let within = lookup.with_current_exe(runfiles.join("ws/bin/t"));
    assert_eq!(found(&within, "tool"), runfiles.join("ws/tool"), "by our own place");
    let gone = within.with_var("RUNFILES_MANIFEST_FILE", tree.path().join("gone"));
    assert_eq!(found(&gone, "tool"), runfiles.join("ws/tool"), "of another machine");
}

#[test]
fn paths_of_actions_are_found_in_the_tree_and_by_the_manifest() {
    let tree = tree(&["t.runfiles/ws/made/tool", "t.runfiles/other/tool", "out/tool"]);
    let runfiles = tree.path().join("t.runfiles");
    let made = "bazel-out/k8-fastbuild/bin/made/tool";
    let lookup = Lookup::new().with_var("TEST_WORKSPACE", "ws").with_current_dir("/");
    let laid_out = lookup.clone().with_var("RUNFILES_DIR", &runfiles);
    for (value, key) in [
        (made, "ws/made/tool"),
        ("external/other/tool", "other/tool"),
        ("bazel-out/k8-fastbuild/bin/external/other/tool", "other/tool"),
    ] {
        let named = laid_out.clone().with_var("CARGO_BIN_EXE_tool", value);
        assert_eq!(found(&named, "tool"), runfiles.join(key), "{value}");
    }
    let manifest = tree.path().join("MANIFEST");
    let file = tree.path().join("out/tool");
    fs::write(&manifest, format!("ws/made/tool {}\n", file.display())).unwrap();
    let listed = lookup
        .with_var("RUNFILES_MANIFEST_FILE", &manifest)
        .with_var("RUNFILES_MANIFEST_ONLY", "1")
        .with_var("CARGO_BIN_EXE_tool", made);
    assert_eq!(found(&listed, "tool"), file);
}

#[test]
fn any_file_or_directory_is_found_by_its_key() {
    let tree = tree(&["t.runfiles/ws/data/note.txt"]);
    let runfiles = tree.path().join("t.runfiles");
    let lookup = Lookup::new()
        .with_var("TEST_SRCDIR", &runfiles)
        .with_var("TEST_WORKSPACE", "ws")
        .with_current_dir("/");
    for value in ["ws/data/note.txt", "data/note.txt", "bazel-out/k8-opt/bin/data/note.txt"] {
        let found = lookup.runfile(Path::new(value)).unwrap();
        assert_eq!(found, runfiles.join("ws/data/note.txt"), "{value}");
    }
    assert_eq!(lookup.runfile(Path::new("ws/data")).unwrap(), runfiles.join("ws/data"));
    let attempts = lookup.runfile(Path::new("ws/gone")).unwrap_err();
    assert!(matches!(attempts[0].reason, Reason::Missing(_)), "{attempts:?}");
    assert!(Lookup::new().runfile(Path::new("ws/data")).unwrap_err().is_empty());
}

#[test]
fn a_manifest_that_cannot_be_read_is_named() {
    let tree = tree(&["note"]);
    let lookup = Lookup::new()
        .with_var("RUNFILES_MANIFEST_FILE", tree.path().join("gone"))
        .with_var("CARGO_BIN_EXE_tool", "_main/tool");
    let error = not_found(&lookup, "tool");
    let unreadable = |reason: &Reason| matches!(reason, Reason::Unreadable { path, .. } if path.ends_with("gone"));
    assert!(error.attempts.iter().any(|attempt| unreadable(&attempt.reason)), "{error}");
}

#[test]
#[cfg(unix)]
fn a_farm_of_symbolic_links_stays_one() {
    let tree = tree(&["real/tool", "t.runfiles/_main/note"]);
    let link = tree.path().join("t.runfiles/_main/tool");
    std::os::unix::fs::symlink(tree.path().join("real/tool"), &link).unwrap();
    let lookup = Lookup::new()
        .with_var("RUNFILES_DIR", tree.path().join("t.runfiles"))
        .with_var("CARGO_BIN_EXE_tool", "_main/tool");
    assert_eq!(found(&lookup, "tool"), link);
    fs::remove_file(tree.path().join("real/tool")).unwrap();
    let missing =
        |reason: &Reason| matches!(reason, Reason::Missing(path) if path == Path::new(&link));
    let error = not_found(&lookup, "tool");
    assert!(error.attempts.iter().any(|attempt| missing(&attempt.reason)), "{error}");
}
