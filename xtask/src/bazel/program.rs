//! Bazel itself: its commands, what they print and what they leave in the folder of the logs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Result;
use crate::workspace::{code, fresh, target};

/// A Bazel for one workspace; its server ends with it.
pub(crate) struct Bazel {
    workspace: PathBuf,
    out: PathBuf,
    log: PathBuf,
    flags: Vec<String>,
}

/// What a command came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    /// Both its streams.
    pub(crate) log: String,
}

impl Bazel {
    /// With these flags for every test.
    pub(crate) fn new(workspace: &Path, flags: &[String]) -> Result<Self> {
        let folder = target()?.join("bazel");
        fresh(&folder.join("logs"))?;
        Ok(Self {
            workspace: workspace.to_owned(),
            out: folder.join("out"),
            log: folder.join("logs/bazel.log"),
            flags: flags.to_owned(),
        })
    }

    /// Runs tests, none of which counts because of an earlier run.
    pub(crate) fn test(&self, args: &[&str]) -> Result<Ran> {
        let mut bazel = self.command("test");
        // Debian's settings have each sandbox print what it mounts.
        bazel.args(["--nosandbox_debug", "--nocache_test_results", "--color=no", "--curses=no"]);
        bazel.args(["--show_progress_rate_limit=60"]).args(&self.flags).args(args);
        let log = fs::File::create(&self.log)?;
        bazel.stdout(log.try_clone()?).stderr(log);
        let code = code(&mut bazel)?;
        Ok(Ran { code, log: fs::read_to_string(&self.log)? })
    }

    /// Where the last run of a target left its log, its XML and more: a folder for each shard.
    pub(crate) fn logs(&self, target: &str) -> Result<Vec<PathBuf>> {
        let place = target.trim_start_matches('/').trim_start_matches(':').replace(':', "/");
        let folder = self.workspace.join("bazel-testlogs").join(place);
        let mut found = Vec::new();
        for entry in
            fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?
        {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("shard_") {
                found.push(path.clone());
            }
        }
        found.sort();
        Ok(if found.is_empty() { vec![folder] } else { found })
    }

    fn command(&self, verb: &str) -> Command {
        let mut bazel = Command::new("bazel");
        bazel.current_dir(&self.workspace).stdin(Stdio::null());
        bazel.arg(format!("--output_user_root={}", self.out.display()));
        bazel.args(["--max_idle_secs=60", verb]);
        bazel
    }
}

impl Drop for Bazel {
    fn drop(&mut self) {
        // If this fails the server ends by itself, in a minute.
        let _ = self.command("shutdown").stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}
