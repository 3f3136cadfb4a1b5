//! A folder of its own for each test, `proctor supervise` in it, and the leaky program.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use reaper::leak::Leak;
use reaper::supervise::Report;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use tempfile::TempDir;

/// Long enough for anything that happens at all.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) fn proctor() -> PathBuf {
    utils_cargo_bin::cargo_bin("proctor").unwrap()
}

pub(crate) fn leaky() -> PathBuf {
    utils_cargo_bin::cargo_bin("leaky").unwrap()
}

pub(crate) struct Stage {
    folder: TempDir,
}

/// What one run under supervision did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) output: Output,
    pub(crate) report: Report,
    /// What was left on purpose: the kind and the pid.
    pub(crate) pids: Vec<(String, u32)>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        // Another user writes here too.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `proctor supervise` with options and a command, with nothing of nextest in its environment.
    pub(crate) fn supervise(&self, options: &[&str], command: &[OsString]) -> Command {
        let mut supervise = Command::new(proctor());
        supervise.arg("supervise").args(options).arg("--").args(command);
        supervise.current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("NEXTEST") {
                supervise.env_remove(name);
            }
        }
        supervise
    }

    /// Runs the leaky program under supervision.
    pub(crate) fn leave(&self, options: &[&str], kinds: &[&str]) -> Ran {
        self.leave_with(options, kinds, |_| {})
    }

    pub(crate) fn leave_with(
        &self,
        options: &[&str],
        kinds: &[&str],
        more: impl FnOnce(&mut Command),
    ) -> Ran {
        let mut supervise = self.leaving(options, kinds);
        more(&mut supervise);
        let output = supervise.output().unwrap();
        self.ran(output)
    }

    /// Likewise, as another user or in another world.
    pub(crate) fn leave_as(&self, user: &User, options: &[&str], kinds: &[&str]) -> Ran {
        let output = user.run(&self.leaving(options, kinds)).output().unwrap();
        self.ran(output)
    }

    /// Likewise, and ends what was left when it has been seen, `after` that; how long after.
    ///
    /// It has been seen when the supervisor holds a descriptor of it, so no machine is too slow.
    pub(crate) fn leave_and_end(
        &self,
        options: &[&str],
        kind: &str,
        after: Duration,
    ) -> (Ran, Duration) {
        let mut supervise = self.leaving(options, &[kind]);
        let supervise = supervise.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let left = until(|| self.pids().first().map(|(_, pid)| *pid));
        until(|| holds_process(supervise.id(), left).then_some(()));
        let seen = Instant::now();
        while seen.elapsed() < after {
            std::thread::park_timeout(after);
        }
        let waited = seen.elapsed();
        let left = Pid::from_raw(i32::try_from(left).unwrap()).unwrap();
        kill_process(left, Signal::TERM).unwrap();
        (self.ran(supervise.wait_with_output().unwrap()), waited)
    }

    pub(crate) fn leaving(&self, options: &[&str], kinds: &[&str]) -> Command {
        let mut command: Vec<OsString> =
            vec![leaky().into(), "--pids".into(), self.path("pids").into()];
        command.extend(kinds.iter().map(OsString::from));
        self.supervise(&[&["--json", "json"], options].concat(), &command)
    }

    fn pids(&self) -> Vec<(String, u32)> {
        let pids = fs::read_to_string(self.path("pids")).unwrap_or_default();
        let pids = pids.lines().map(|line| {
            let (kind, pid) = line.rsplit_once(' ').unwrap();
            (kind.to_owned(), pid.parse().unwrap())
        });
        pids.collect()
    }

    pub(crate) fn ran(&self, output: Output) -> Ran {
        let text = fs::read_to_string(self.path("json"));
        let text = text.unwrap_or_else(|_| panic!("no record: {output:?}"));
        let report = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        Ran { output, report, pids: self.pids() }
    }
}

/// Who runs a command, or where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    pub(crate) name: &'static str,
    prefix: &'static [&'static str],
}

impl User {
    /// Ourselves; if we are root, an ordinary user too, and the first process of a container.
    pub(crate) fn all() -> Vec<Self> {
        let ordinary = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"].as_slice();
        let contained = ["unshare", "--pid", "--fork", "--mount-proc"].as_slice();
        let users = [("we", [].as_slice()), ("nobody", ordinary), ("contained", contained)];
        let users = users.map(|(name, prefix)| Self { name, prefix });
        let usable = users.into_iter().filter(|user| {
            let Some((program, args)) = user.prefix.split_first() else { return true };
            let tried = Command::new(program).args(args).arg("true").output();
            tried.is_ok_and(|output| output.status.success())
        });
        usable.collect()
    }

    /// The same command, run by this user.
    pub(crate) fn run(&self, command: &Command) -> Command {
        let words = self.prefix.iter().map(OsString::from);
        let words = words.chain([command.get_program().into()]);
        let words: Vec<OsString> = words.chain(command.get_args().map(Into::into)).collect();
        let mut run = Command::new(&words[0]);
        run.args(&words[1..]).stdin(Stdio::null());
        run.current_dir(command.get_current_dir().unwrap());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => run.env(name, value),
                None => run.env_remove(name),
            };
        }
        run
    }
}

impl Ran {
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// The one leak of a run that left exactly one process, which is the one that it meant to.
    #[track_caller]
    pub(crate) fn only_leak(&self) -> &Leak {
        assert_eq!(self.output.status.code(), Some(1), "{}", self.stderr());
        assert_eq!(self.report.doubts, Vec::<String>::new());
        let [leak] = self.report.leaks.as_slice() else { panic!("{:#?}", self.report.leaks) };
        let [(_, pid)] = self.pids.as_slice() else { panic!("{:?}", self.pids) };
        assert_eq!(leak.pid, *pid);
        leak
    }
}

/// The streams that a process held.
pub(crate) fn streams(leak: &Leak) -> Vec<String> {
    let held = leak.holds.iter().filter_map(|hold| Some((hold.fd, hold.stream?)));
    held.map(|(fd, stream)| format!("{fd} {stream}")).collect()
}

/// Whether a process holds a descriptor that stands for another one.
fn holds_process(holder: u32, held: u32) -> bool {
    let line = format!("Pid:\t{held}");
    let Ok(infos) = fs::read_dir(format!("/proc/{holder}/fdinfo")) else { return false };
    let mut texts = infos.filter_map(|info| fs::read_to_string(info.ok()?.path()).ok());
    texts.any(|text| text.lines().any(|found| found == line))
}

pub(crate) fn exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Waits until a process has ended, as a zombie or entirely; whether it did.
pub(crate) fn ends(pid: u32) -> bool {
    let number = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let Ok(pidfd) = pidfd_open(number, PidfdFlags::empty()) else { return true };
    let timeout = Timespec { tv_sec: LONG.as_secs().cast_signed(), tv_nsec: 0 };
    poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], Some(&timeout)).unwrap() == 1
}

/// Looks again and again until something is there.
pub(crate) fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LONG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "it did not happen");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
