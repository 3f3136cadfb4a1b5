//! Conditions that give a program less than the machine has: memory, room on the disk, a fast disk,
//! a fine clock. A shell sets the limits in its own process, and becomes the program.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::conditions::Conditions;

/// The script that sets the limits.
const UNDER: &str = include_str!("limits/under.sh");

/// The source of the library for clocks and slow disks: compiled where the hunt is, because it must
/// fit the C library there.
const PRELOAD: &str = include_str!("limits/preload.c");

/// The step of a coarse clock, as on systems whose clock ticks 64 times a second.
const STEP_MS: u32 = 16;

/// How much longer each change of a file takes on a slow disk.
const SLOW_MS: u32 = 20;

/// How this machine can limit a program, without any right that its user lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// Memory, by `RLIMIT_DATA`.
    pub memory: bool,
    /// Room on the disk.
    pub disk: Option<Disk>,
    /// Timers that are late, by their slack.
    pub timers: bool,
    /// The library that is loaded before the C library: coarse clocks and slow disks.
    pub library: Option<PathBuf>,
}

/// How room on the disk is limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disk {
    /// `TMPDIR` is a small disk in a mount namespace of the program, made by these words.
    Mounted {
        /// The program that makes the namespace, with its arguments.
        namespace: Vec<String>,
        /// The program that gives up the rights of the namespace.
        without_rights: Vec<String>,
        /// Where it is mounted.
        room: PathBuf,
    },
    /// No file may be large, by `RLIMIT_FSIZE`.
    FileSize,
}

impl Means {
    /// Finds out what works here, by trying it. What is needed for it is put into `scratch`, which
    /// must stay there.
    pub fn probe(scratch: &Path) -> Self {
        if !cfg!(target_os = "linux") {
            return Self::default();
        }
        let plain = Conditions::default;
        let mut means = Self { memory: true, ..Self::default() };
        means.memory = means.works(&Conditions { memory: 64, ..plain() });
        means.timers = true;
        means.timers = means.works(&Conditions { coarse_clock: true, ..plain() });
        means.library = compiled(scratch);
        means.disk = disks(scratch).into_iter().find(|disk| {
            let means = Self { disk: Some(disk.clone()), ..Self::default() };
            means.works(&Conditions { disk: 1, ..plain() })
        });
        means
    }

    fn works(&self, conditions: &Conditions) -> bool {
        let words = self.wrap(conditions, vec!["true".into()]);
        let Some((program, args)) = words.split_first() else { return false };
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Whether these conditions can be made here.
    pub(crate) fn allow(&self, conditions: &Conditions) -> bool {
        (conditions.memory == 0 || self.memory)
            && (conditions.disk == 0 || self.disk.is_some())
            && (!conditions.slow_disk || self.library.is_some())
            && (!conditions.coarse_clock || self.timers || self.library.is_some())
    }

    /// The words of a command that runs another under these conditions, as far as they limit it.
    pub(crate) fn wrap(&self, conditions: &Conditions, command: Vec<OsString>) -> Vec<OsString> {
        let Conditions { memory, disk, slow_disk, coarse_clock, .. } = conditions;
        if *memory == 0 && *disk == 0 && !slow_disk && !coarse_clock {
            return command;
        }
        let (mut words, mut room, mut last) = (Vec::new(), OsString::new(), &[][..]);
        if let Some(Disk::Mounted { namespace, without_rights, room: at }) =
            self.disk.as_ref().filter(|_| *disk > 0)
        {
            words.extend(namespace.iter().map(OsString::from));
            room = at.into();
            last = without_rights;
        }
        let slack = if self.timers && *coarse_clock { STEP_MS * 1_000_000 } else { 0 };
        let step = if *coarse_clock { STEP_MS } else { 0 };
        let slow = if *slow_disk { SLOW_MS } else { 0 };
        words.extend(["sh", "-c", UNDER, "sh"].map(OsString::from));
        words.extend([memory, disk].map(|limit| limit.to_string().into()));
        words.extend([room, slack.to_string().into()]);
        words.push(self.library.as_ref().map_or_else(OsString::new, OsString::from));
        words.extend([step, slow].map(|number| number.to_string().into()));
        words.extend(last.iter().map(OsString::from));
        words.extend(command);
        words
    }

    /// What these conditions mean here, a line each.
    pub(crate) fn explain(&self, conditions: &Conditions) -> Vec<String> {
        let mut lines = Vec::new();
        if conditions.memory > 0 {
            lines.push(format!(
                "each process may write {} MiB of memory of its own (RLIMIT_DATA)",
                conditions.memory
            ));
        }
        if conditions.disk > 0 {
            let room = match self.disk {
                Some(Disk::Mounted { .. }) => "TMPDIR is a disk of this size (tmpfs), and no",
                _ => "no",
            };
            lines.push(format!(
                "{room} file may be larger than {} MiB (RLIMIT_FSIZE, SIGXFSZ ignored)",
                conditions.disk
            ));
        }
        if conditions.slow_disk {
            lines.push(format!(
                "each change of a file takes {SLOW_MS} ms longer (a preloaded library, for programs that call the C library)"
            ));
        }
        if conditions.coarse_clock {
            let late =
                self.timers.then(|| format!("timers are up to {STEP_MS} ms late (timer slack)"));
            let steps = self.library.as_ref().map(|_| {
                format!(
                    "clocks go in steps of {STEP_MS} ms and times of files in seconds (a preloaded library, for programs that call the C library)"
                )
            });
            lines.push(steps.into_iter().chain(late).collect::<Vec<_>>().join("; "));
        }
        lines
    }

    /// The conditions that cannot be made here, with the reason.
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.memory {
            lines.push("little memory: `ulimit -d` does not work here".to_owned());
        }
        if self.disk.is_none() {
            lines.push("a full disk: neither a namespace nor `ulimit -f` works here".to_owned());
        }
        if self.library.is_none() {
            lines.push("a slow disk: no C compiler (`cc`) works here".to_owned());
            if !self.timers {
                lines.push("a coarse clock: no C compiler and no timer slack here".to_owned());
            }
        }
        lines
    }
}

/// The library, if a C compiler is here: whoever builds Rust programs has one.
fn compiled(scratch: &Path) -> Option<PathBuf> {
    let (source, library) = (scratch.join("preload.c"), scratch.join("preload.so"));
    fs::write(&source, PRELOAD).ok()?;
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut cc = Command::new(compiler);
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source);
    cc.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let is_built = cc.status().is_ok_and(|status| status.success());
    let means = Means { library: Some(library.clone()), ..Means::default() };
    let loads = || means.works(&Conditions { coarse_clock: true, ..Conditions::default() });
    (is_built && loads()).then_some(library)
}

/// The ways to limit room on the disk, the best first.
fn disks(scratch: &Path) -> Vec<Disk> {
    let room = scratch.join("room");
    if fs::create_dir_all(&room).is_err() {
        return vec![Disk::FileSize];
    }
    let words = |words: &str| words.split(' ').map(str::to_owned).collect();
    let mounted = |namespace: &str, without_rights: Vec<String>| Disk::Mounted {
        namespace: words(namespace),
        without_rights,
        room: room.clone(),
    };
    vec![
        mounted("unshare --mount", Vec::new()),
        // The rights that mounting takes would open files that their owner may not open.
        mounted(
            "unshare --map-current-user --keep-caps --mount",
            words("setpriv --inh-caps=-all --ambient-caps=-all"),
        ),
        Disk::FileSize,
    ]
}
