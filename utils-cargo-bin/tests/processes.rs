//! Real processes: the ways that read the process itself, and a changed current directory.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pretty_assertions::assert_eq;
use tempfile::TempDir;
use utils_cargo_bin::cargo_bin;

/// Where cargo builds: two folders above this test, or what an archive of it was unpacked into.
fn target() -> PathBuf {
    let own = env::current_exe().expect("this test has a path");
    own.ancestors().nth(3).expect("this test is where cargo builds tests").to_owned()
}

/// The binary of this package, which cargo puts into the folder above the one of this test.
fn locate_binary() -> PathBuf {
    let own = env::current_exe().expect("this test has a path");
    let profile = own.ancestors().nth(2).expect("this test is where cargo builds tests");
    let path = profile.join(format!("locate-binary{}", env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is missing: cargo builds it with this test", path.display());
    path
}

/// `exe` with nothing of this test's environment but what `cargo` needs to run.
fn locate(exe: &Path) -> Command {
    let mut command = Command::new(exe);
    command.env_clear();
    for name in ["PATH", "HOME", "CARGO", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

fn answer(output: &Output) -> &Path {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Path::new(str::from_utf8(&output.stdout).expect("a path in UTF-8").trim_end())
}

/// A package without dependencies whose binary prints `built`, and a copy of `locate-binary` where
/// cargo would put a test of that package.
struct Scratch {
    dir: TempDir,
    /// The copy.
    exe: PathBuf,
}

impl Scratch {
    fn new(profile_dir: &str) -> Self {
        // Beside the executables, so that a hard link reaches: a copy that is still open for
        // writing in another thread's fork cannot be run.
        let beside = target().join("tmp");
        fs::create_dir_all(&beside).expect("a directory");
        let dir = tempfile::tempdir_in(beside).expect("a directory");
        let manifest = "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [[bin]]\nname = \"scratch-tool\"\npath = \"tool.rs\"\n\n\
                        [workspace]\nmembers = [\"member\"]\n";
        let member = "[package]\nname = \"member\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
        for (file, text) in [
            ("Cargo.toml", manifest),
            ("tool.rs", "fn main() {\n    println!(\"built\");\n}\n"),
            ("member/Cargo.toml", member),
            ("member/src/lib.rs", ""),
            ("target/.rustc_info.json", "{}"),
        ] {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, text).expect("a file");
        }
        let deps = dir.path().join("target").join(profile_dir).join("deps");
        fs::create_dir_all(&deps).expect("a directory");
        let exe = deps.join(format!("it-0a1b{}", env::consts::EXE_SUFFIX));
        fs::hard_link(locate_binary(), &exe).expect("a hard link");
        Self { dir, exe }
    }

    fn tool(&self, profile_dir: &str) -> PathBuf {
        let name = format!("scratch-tool{}", env::consts::EXE_SUFFIX);
        self.dir.path().join("target").join(profile_dir).join(name)
    }
}

#[test]
fn this_runner_says_where_its_binaries_are() {
    assert_eq!(cargo_bin("locate-binary").unwrap(), locate_binary());
    assert_eq!(cargo_bin("locate_binary").unwrap(), locate_binary());
}

#[test]
fn a_relative_value_survives_a_change_of_directory() {
    let root = tempfile::tempdir().unwrap();
    let tool = root.path().join("buck-out/v2/tool");
    fs::create_dir_all(tool.parent().unwrap()).unwrap();
    fs::create_dir(root.path().join("elsewhere")).unwrap();
    fs::write(&tool, "").unwrap();
    let output = locate(&locate_binary())
        .current_dir(root.path())
        .env("BUCK_PROJECT_ROOT", root.path())
        .env("CARGO_BIN_EXE_tool", "buck-out/v2/tool")
        .args(["--from", "elsewhere", "tool"])
        .output()
        .unwrap();
    assert_eq!(answer(&output), tool);
}

#[test]
fn a_runfiles_key_survives_a_change_of_directory() {
    let root = tempfile::tempdir().unwrap();
    let tool = root.path().join("t.runfiles/_main/bin/tool");
    fs::create_dir_all(tool.parent().unwrap()).unwrap();
    fs::create_dir(root.path().join("elsewhere")).unwrap();
    fs::write(&tool, "").unwrap();
    let output = locate(&locate_binary())
        .current_dir(root.path())
        .env("RUNFILES_DIR", root.path().join("t.runfiles"))
        .env("NEXTEST_BIN_EXE_tool", "_main/bin/tool")
        .args(["--from", "elsewhere", "tool"])
        .output()
        .unwrap();
    assert_eq!(answer(&output), tool);
}

#[test]
fn without_variables_it_is_beside_the_executable_as_for_assert_cmd() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = locate(&locate_binary())
        .current_dir(elsewhere.path())
        .arg("locate-binary")
        .output()
        .unwrap();
    assert_eq!(answer(&output), locate_binary());
    assert_eq!(answer(&output), assert_cmd::cargo::cargo_bin("locate-binary"));
}

#[test]
fn a_stale_variable_does_not_hide_the_binary_beside_the_executable() {
    let output = locate(&locate_binary())
        .env("CARGO_BIN_EXE_locate-binary", "/gone/locate-binary")
        .arg("locate-binary")
        .output()
        .unwrap();
    assert_eq!(answer(&output), locate_binary());
}

#[test]
fn cargo_builds_a_binary_that_is_found_nowhere_else() {
    let scratch = Scratch::new("debug");
    // From a member's directory plain `cargo build` would not see the binary of the root.
    let member = scratch.dir.path().join("member");
    let output = locate(&scratch.exe)
        .current_dir(member.join("src"))
        .env("CARGO_MANIFEST_DIR", &member)
        .arg("scratch-tool")
        .output()
        .unwrap();
    assert_eq!(answer(&output), scratch.tool("debug"));
    let built = Command::new(answer(&output)).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&built.stdout), "built\n");
}

#[test]
fn cargo_builds_in_the_running_profile_from_anywhere() {
    let scratch = Scratch::new("release");
    let elsewhere = tempfile::tempdir().unwrap();
    let output = locate(&scratch.exe)
        .args([Path::new("--from"), elsewhere.path(), Path::new("scratch-tool")])
        .output()
        .unwrap();
    assert_eq!(answer(&output), scratch.tool("release"));
}

#[test]
fn cargo_builds_the_workspace_around_the_current_directory_for_an_alien_executable() {
    let scratch = Scratch::new("debug");
    let bin = scratch.dir.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let alien = bin.join("alien");
    fs::rename(&scratch.exe, &alien).unwrap();
    let output = locate(&alien)
        .current_dir(scratch.dir.path().join("member/src"))
        .arg("scratch-tool")
        .output()
        .unwrap();
    assert_eq!(answer(&output), scratch.tool("debug"));
}

#[test]
fn a_failed_build_is_an_error_with_cargos_message() {
    let scratch = Scratch::new("debug");
    let output = locate(&scratch.exe).arg("no-such-tool").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("no binary `no-such-tool`; tried:\n"), "{stderr}");
    assert!(stderr.contains("no bin target named `no-such-tool`"), "{stderr}");

    fs::write(scratch.dir.path().join("tool.rs"), "fn main() { undefined() }\n").unwrap();
    let output = locate(&scratch.exe).arg("scratch-tool").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("cannot find function `undefined`"), "{stderr}");
}

#[test]
fn nothing_is_built_behind_the_back_of_bazel_and_buck2() {
    let scratch = Scratch::new("debug");
    for variable in ["RUNFILES_DIR", "RUNFILES_MANIFEST_FILE", "BUCK_PROJECT_ROOT"] {
        let output = locate(&scratch.exe)
            .env(variable, scratch.dir.path())
            .arg("scratch-tool")
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("cargo build: not tried: "), "{variable}: {stderr}");
        assert!(!scratch.tool("debug").exists(), "{variable}");
    }
}
