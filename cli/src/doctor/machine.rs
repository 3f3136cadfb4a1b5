//! Features of the system: processes, ports, files, terminals.

use std::fs::{self, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use reaper::guardian::Guardian;
use reaper::process::{Finding as Found, Mechanism, Waiting};
use reaper::supervise::Births;
use terminal::repl::{Flavour, Python};

use crate::doctor::{Finding, State};
use crate::reference;

/// The number of ports that a run uses at a time: a model service and a trap for each check.
const PORTS: usize = 16;

/// Looks at the system.
pub(super) fn findings() -> Vec<Finding> {
    let mechanism = Mechanism::in_force();
    vec![
        platform(),
        Finding::new(
            State::Ok,
            "mechanism",
            format!("{mechanism}: how subjects are awaited and descendants found"),
        ),
        pidfd(mechanism),
        subreaper(mechanism),
        births(),
        guardian(),
        cgroup(),
        ports(),
        temp(),
        pty(),
        repls(),
    ]
}

fn platform() -> Finding {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let platform = format!("{os} {} {arch}, {processors} processors", release.trim());
    match os {
        "linux" => Finding::new(State::Ok, "platform", platform),
        _ => Finding::new(
            State::Limited,
            "platform",
            format!("{platform}; daemons of a subject may not be found"),
        ),
    }
}

fn pidfd(mechanism: Mechanism) -> Finding {
    match mechanism.waiting {
        Waiting::Pidfd => Finding::new(State::Ok, "pidfd", "the end of a process is an event"),
        Waiting::Polling => {
            Finding::new(State::Limited, "pidfd", "none: the end of a process is polled every 2 ms")
        }
    }
}

fn subreaper(mechanism: Mechanism) -> Finding {
    let (state, meaning) = match mechanism.finding {
        Found::Subreaper => (State::Ok, "adopts the orphans of a subject, daemons included"),
        Found::Scan => {
            (State::Limited, "none: a daemon that cleared its environment early may not be found")
        }
        Found::Group => (State::Limited, "none: only the process group of a subject is known"),
    };
    Finding::new(state, "subreaper", meaning)
}

fn births() -> Finding {
    match reaper::supervise::births() {
        Births::Connector => Finding::new(
            State::Ok,
            "births",
            "the kernel reports every fork: `supervise` names even short-lived parents",
        ),
        Births::Sampling => Finding::new(
            State::Limited,
            "births",
            "the process connector is not permitted: `supervise` samples new processes every few \
             milliseconds and may miss a parent that ends at once",
        ),
        Births::Unknown => Finding::new(
            State::Limited,
            "births",
            "births are not reported: `supervise` cannot name the parents of a process",
        ),
    }
}

fn guardian() -> Finding {
    let started = reference::guardian()
        .map_err(|stop| stop.to_string())
        .and_then(|command| Guardian::start(command).map_err(|error| error.to_string()));
    match started {
        Ok(_) => {
            Finding::new(State::Ok, "guardian", "ends every subject if proctor itself is killed")
                .needed()
        }
        Err(error) => Finding::new(State::Missing, "guardian", error).needed(),
    }
}

/// Neither `run` nor `supervise` uses it: their subreaper finds the same processes; it could end a
/// whole tree at once.
fn cgroup() -> Finding {
    let missing = |why: &str| {
        Finding::new(
            State::Missing,
            "cgroup v2",
            format!("{why}; `run` and `supervise` do not need it"),
        )
    };
    let Some(own) = own_cgroup() else { return missing("no unified hierarchy is mounted") };
    let writable = rustix::fs::access(&own, rustix::fs::Access::WRITE_OK).is_ok()
        && rustix::fs::access(own.join("cgroup.procs"), rustix::fs::Access::WRITE_OK).is_ok();
    let shown = own.display();
    match (writable, own.join("cgroup.kill").exists()) {
        (true, _) => Finding::new(
            State::Ok,
            "cgroup v2",
            format!("delegated at {shown}; `run` and `supervise` do not need it"),
        ),
        (false, true) => missing(&format!("exists at {shown}, but is not delegated to us")),
        (false, false) => {
            missing(&format!("exists at {shown}, without cgroup.kill, but is not delegated to us"))
        }
    }
}

/// The directory of our own cgroup (cgroups(7), `/proc/[pid]/cgroup` and mountinfo).
fn own_cgroup() -> Option<PathBuf> {
    let cgroups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = cgroups.lines().find_map(|line| line.strip_prefix("0::"))?.to_owned();
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let mount =
        mounts.lines().find(|line| line.contains(" - cgroup2 "))?.split(' ').nth(4)?.to_owned();
    let own = Path::new(&mount).join(path.trim_start_matches('/'));
    own.is_dir().then_some(own)
}

fn ports() -> Finding {
    let open = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    match (0..PORTS).map(|_| open()).collect::<io::Result<Vec<_>>>() {
        Ok(_) => Finding::new(State::Ok, "loopback", "ports of 127.0.0.1 can be opened").needed(),
        Err(error) => {
            Finding::new(State::Missing, "loopback", format!("no port of 127.0.0.1: {error}"))
                .needed()
        }
    }
}

fn temp() -> Finding {
    let directory = std::env::temp_dir();
    let shown = directory.display();
    if let Err(error) = tempfile::tempdir() {
        return Finding::new(
            State::Missing,
            "temp directory",
            format!("cannot write {shown}: {error}"),
        )
        .needed();
    }
    let real = directory.canonicalize().unwrap_or_else(|_| directory.clone());
    let meaning = if real.starts_with("/tmp") {
        format!("{shown}, below /tmp: a subject's sandbox may treat homes there as scratch space")
    } else {
        format!("{shown}, not below /tmp")
    };
    Finding::new(State::Ok, "temp directory", meaning).needed()
}

/// The REPLs that have a profile in [`terminal::repl`] and are in `PATH`.
fn repls() -> Finding {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let there = |name: &&str| directories.iter().any(|directory| directory.join(name).is_file());
    let pythons = Python::among(directories.iter().cloned());
    let mut found: Vec<String> =
        ["sh", "bash", "node"].iter().filter(|name| there(name)).map(ToString::to_string).collect();
    found.extend(pythons.iter().map(|python| {
        let flavours = Flavour::ALL.into_iter().filter(|flavour| flavour.is_in(python.minor));
        let flavours: Vec<_> = flavours.map(Flavour::name).collect();
        format!("python3.{} ({})", python.minor, flavours.join(", "))
    }));
    let has_pyrepl = pythons.iter().any(|python| Flavour::Pyrepl.is_in(python.minor));
    let lacking = if has_pyrepl { "" } else { "; none with pyrepl (Python 3.13 or newer)" };
    let state = if has_pyrepl { State::Ok } else { State::Limited };
    Finding::new(state, "REPLs", format!("{}{lacking}", found.join(", ")))
}

fn pty() -> Finding {
    match OpenOptions::new().read(true).write(true).open("/dev/ptmx") {
        Ok(_) => Finding::new(State::Ok, "terminals", "a pseudo-terminal can be opened"),
        Err(error) => Finding::new(
            State::Missing,
            "terminals",
            format!("no pseudo-terminal (/dev/ptmx: {error}): subjects cannot run commands in one"),
        ),
    }
}
