//! Starts a program in its terminal: a fixed size, a clean environment, and a sure end.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Command;

use filedescriptor::FileDescriptor;
use portable_pty::{CommandBuilder, MasterPty, native_pty_system};
use tempfile::TempDir;

use reaper::leader::Birth;
use reaper::process::{SpawnError, resolve};

use super::modes::hide_input;
use super::pump::Pump;
use super::{Pty, PtyError, Terminal, size};

impl Pty {
    /// Starts a command in a terminal. The program, arguments, working directory and variables of
    /// the command are used; from our own environment only `PATH` is inherited. `TERM` is `xterm`,
    /// `LANG` is `C.UTF-8`, `TZ` is `UTC`, `SHELL` is `/bin/sh`, and `HOME` is a directory that
    /// lives as long as this value, unless the command sets others.
    ///
    /// # Errors
    ///
    /// If the program or the directory does not exist, or the system provides no terminal.
    pub fn spawn(command: &Command, terminal: Terminal) -> Result<Self, PtyError> {
        let (env, home) = environment(command).map_err(PtyError::NoTerminal)?;
        let program = resolve(Path::new(command.get_program()), &env)?;
        let cwd = directory(command)?;
        let refused = |error| PtyError::NoTerminal(io::Error::other(error));

        let pair = native_pty_system().openpty(size(terminal)).map_err(refused)?;
        let ours = duplicate(pair.master.as_ref()).map_err(PtyError::NoTerminal)?;
        if !terminal.echo {
            hide_input(ours.as_fd()).map_err(PtyError::NoTerminal)?;
        }
        // Started before the child: a later failure would leave the child unreaped.
        let pump = Pump::start(ours, terminal).map_err(PtyError::NoTerminal)?;
        let mut builder = CommandBuilder::new(&program);
        builder.args(command.get_args());
        builder.env_clear();
        env.iter().for_each(|(key, value)| builder.env(key, value));
        builder.cwd(&cwd);

        let birth = Birth::announce(command.get_program().to_string_lossy());
        let (variable, value) = birth.mark();
        builder.env(variable, value);
        let name = pair.master.tty_name().unwrap_or_default().to_string_lossy().into_owned();
        let start = || {
            let child = pair.slave.spawn_command(builder).map_err(|error| SpawnError::Refused {
                program: program.clone(),
                source: io::Error::other(error),
            })?;
            let pid = child.process_id().ok_or_else(|| io::Error::other("a child without a pid"));
            pid.map_err(PtyError::NoTerminal)
        };
        let (_, leader) = birth.start(start, |pid| (*pid, [name.clone(), name.clone(), name]))?;
        drop(pair.slave);
        Ok(Self {
            master: pair.master,
            pump,
            leader,
            matched: 0,
            terminal,
            over: false,
            _home: home,
        })
    }
}

fn environment(command: &Command) -> io::Result<(BTreeMap<OsString, OsString>, Option<TempDir>)> {
    let mut env: BTreeMap<OsString, OsString> = BTreeMap::new();
    let fixed = [("TERM", "xterm"), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("SHELL", "/bin/sh")];
    env.extend(fixed.map(|(key, value)| (key.into(), value.into())));
    env.extend(std::env::var_os("PATH").map(|path| ("PATH".into(), path)));
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => env.insert(key.to_owned(), value.to_owned()),
            None => env.remove(key),
        };
    }
    if env.contains_key(OsStr::new("HOME")) {
        return Ok((env, None));
    }
    let home = tempfile::Builder::new().prefix("proctor-pty-").tempdir()?;
    env.insert("HOME".into(), home.path().into());
    Ok((env, Some(home)))
}

/// portable-pty would silently use another directory if this one did not exist.
fn directory(command: &Command) -> Result<PathBuf, PtyError> {
    let path = match command.get_current_dir() {
        Some(path) => path.to_owned(),
        None => std::env::current_dir().map_err(PtyError::NoTerminal)?,
    };
    if path.is_dir() { Ok(path) } else { Err(SpawnError::NoDirectory { path }.into()) }
}

/// Our own descriptor for the terminal, because portable-pty's reader can only block.
fn duplicate(master: &(dyn MasterPty + Send)) -> io::Result<OwnedFd> {
    let raw =
        master.as_raw_fd().ok_or_else(|| io::Error::other("a terminal without a descriptor"))?;
    let ours = FileDescriptor::dup(&raw).map_err(io::Error::other)?;
    ours.as_fd().try_clone_to_owned()
}
