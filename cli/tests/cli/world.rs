//! A working directory of its own for each test, and `proctor` in it.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// The longest that anything here may take; reached only if it hangs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A working directory.
pub(crate) struct World {
    directory: TempDir,
}

/// What one run of `proctor` did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails unless the exit code is this one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless stderr is one line with this text, and stdout is empty.
    #[track_caller]
    pub(crate) fn says_only(self, text: &str) {
        assert_eq!(self.stdout, "");
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        assert!(
            self.stderr.starts_with("error: ") && self.stderr.contains(text),
            "{}",
            self.stderr
        );
    }
}

/// The built binary.
pub(crate) fn binary() -> PathBuf {
    utils_cargo_bin::cargo_bin("proctor").unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// Runs `proctor` to its end.
    pub(crate) fn proctor(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        let mut command = assert_cmd::Command::new(binary());
        // Where Bazel runs these tests, it does not mean what they start.
        command.current_dir(self.directory.path()).env_remove("TEST_TARGET");
        let output = command.args(args).timeout(LONG).output().unwrap();
        Ran::of(output)
    }

    /// Options with which the reference subject is known already, so that the first process is that
    /// of the first check.
    pub(crate) fn known(&self) -> [&'static str; 2] {
        let known = ["--profile", "known.json"];
        self.proctor(
            ["run", "--check", "basics::answers_a_client_without_jsonrpc_member@v2"]
                .into_iter()
                .chain(known),
        )
        .exits(0);
        known
    }

    /// `proctor` as a command, to be started and spoken to while it runs.
    pub(crate) fn command(
        &self,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> std::process::Command {
        let mut command = std::process::Command::new(binary());
        command.current_dir(self.directory.path()).env_remove("TEST_TARGET").args(args);
        command
    }

    /// Runs the reference subject behind a shell script, in which `"$0" reference app-server` is
    /// the subject itself.
    pub(crate) fn behind(&self, script: &str, args: &[&str]) -> Ran {
        self.proctor(
            args.iter().map(OsStr::new).chain(subject(script, &binary()).iter().map(AsRef::as_ref)),
        )
    }
}

/// The arguments that make a shell script the subject; `$0` is the binary.
pub(crate) fn subject(script: &str, binary: &Path) -> [String; 5] {
    ["--".into(), "sh".into(), "-c".into(), script.into(), binary.to_str().unwrap().into()]
}

/// The reference subject, with a member too many in each message: `conversation::no_version_member`
/// does not hold.
pub(crate) const FAILING: &str = r#""$0" reference app-server | sed -u 's/^{/{"jsonrpc":"2.0",/'"#;

/// Runs something that waits for another process, no longer than [`LONG`].
pub(crate) fn bounded<T: Send + 'static>(
    what: &str,
    wait: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (done, finished) = channel();
    std::thread::spawn(move || done.send(wait()));
    finished.recv_timeout(LONG).unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// A pipe with a name: whoever opened it for writing keeps it from ending, so its end says that
/// they are gone.
pub(crate) struct Witness {
    pub(crate) path: PathBuf,
    reader: fs::File,
    own: Option<fs::File>,
}

impl Witness {
    pub(crate) fn new(world: &World) -> Self {
        use rustix::fs::{CWD, FileType, Mode, OFlags, fcntl_setfl, mknodat};

        let path = world.path("witness");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        // Without a writer a plain open would wait for one.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let reader = fs::File::from(rustix::fs::open(&path, flags, Mode::empty()).unwrap());
        let own = fs::File::options().write(true).open(&path).unwrap();
        fcntl_setfl(&reader, OFlags::empty()).unwrap();
        Self { path, reader, own: Some(own) }
    }

    /// Waits until `count` bytes have been written.
    pub(crate) fn reads(&self, count: usize) {
        let mut reader = self.reader.try_clone().unwrap();
        bounded("a subject to start", move || reader.read_exact(&mut vec![0; count]).unwrap());
    }

    /// Waits until nobody holds the pipe any more.
    pub(crate) fn ends(mut self) {
        drop(self.own.take());
        let mut reader = self.reader;
        bounded("every subject to end", move || reader.read_to_end(&mut Vec::new()).unwrap());
    }
}
