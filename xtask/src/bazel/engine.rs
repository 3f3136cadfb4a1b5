//! Where tests run: Bazel's own sandbox, or a remote engine that is started here.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use reaper::guard::Guarded;
use reaper::process::Ladder;

use crate::failure::Result;
use crate::workspace::{command, fresh, root, target};

/// How long an engine may take to listen, and to end: a database is part of one, and the machine may be busy.
const LONG: Duration = Duration::from_secs(180);

/// An engine that the recipes know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    /// Bazel's own sandbox, here
    Local,
    /// Remote execution by buildbox-casd: in a root of its own with nothing but the inputs
    Casd,
    /// Remote execution by two workers, of which one dies in the middle of its work
    Workers,
}

impl Engine {
    /// As on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Casd => "casd",
            Self::Workers => "workers",
        }
    }
}

/// An engine that runs.
pub(crate) struct Running {
    flags: Vec<String>,
    servers: Vec<Guarded>,
    /// Where it writes what it does.
    log: PathBuf,
}

impl Running {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(engine: Engine) -> Result<Self> {
        match engine {
            Engine::Local => {
                Ok(Self { flags: Vec::new(), servers: Vec::new(), log: PathBuf::new() })
            }
            Engine::Casd => casd(),
            Engine::Workers => workers(),
        }
    }

    /// What Bazel must be told of it.
    pub(crate) fn flags(&self) -> &[String] {
        &self.flags
    }

    /// What it has written of what it did.
    pub(crate) fn said(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }

    /// Ends it; it must leave nothing behind.
    pub(crate) fn end(self) -> Result<()> {
        for server in self.servers {
            let _ended = server.end()?;
        }
        Ok(())
    }
}

fn casd() -> Result<Running> {
    let boxes = root().join("target/tools/buildbox/buildstream/subprojects/buildbox");
    let folder = target()?.join("bazel/casd");
    fresh(&folder)?;
    let port = free_port()?;
    let mut casd = Command::new(boxes.join("buildbox-casd"));
    casd.args(["--log-level=info", "--jobs=2", "--quota-high=4G"]);
    casd.arg(format!("--bind=127.0.0.1:{port}"));
    casd.arg(format!("--buildbox-run={}", boxes.join("buildbox-run").display()));
    // The root of a test is what Bazel names as its inputs, and these: a shell and the libraries.
    for place in ["/bin", "/etc", "/lib", "/lib64", "/usr"] {
        casd.arg(format!("--runner-arg=--bind-mount={place}:{place}"));
    }
    casd.arg(folder.join("cache"));
    let log = folder.join("log");
    // It does not look at its stdin.
    let ladder = Ladder { eof: Duration::ZERO, term: LONG, ..Ladder::default() };
    let server = listening(&mut casd, ladder, "Server listening on", &log)?;
    Ok(Running {
        log,
        flags: vec![format!("--remote_executor=grpc://127.0.0.1:{port}")],
        servers: vec![server],
    })
}

fn workers() -> Result<Running> {
    let folder = target()?.join("bazel/workers");
    fresh(&folder)?;
    let port = free_port()?;
    let mut serve = command("scripts/buildgrid/serve");
    serve.arg(port.to_string()).arg(root());
    let log = folder.join("log");
    // It ends a database and what that has started, after the end of its stdin.
    let ladder = Ladder { eof: LONG, ..Ladder::default() };
    let server = listening(&mut serve, ladder, "serve: listening", &log)?;
    Ok(Running {
        log,
        flags: vec![
            format!("--remote_executor=grpc://127.0.0.1:{port}"),
            "--remote_default_exec_properties=OSFamily=linux".to_owned(),
        ],
        servers: vec![server],
    })
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Starts a server, which says in its log when it listens.
fn listening(
    command: &mut Command,
    ladder: Ladder,
    sign: &'static str,
    log: &Path,
) -> Result<Guarded> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut server = Guarded::spawn(command).map_err(|error| format!("{program}: {error}"))?;
    server.set_ladder(ladder);
    let stderr = server.take_stderr().ok_or("a pipe that was asked for is there")?;
    let mut file = fs::File::create(log)?;
    let (listens, heard) = mpsc::channel();
    // To its end, so that the server never waits for a reader.
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(std::io::Result::ok) {
            // A log that cannot be written is missed by nobody but its reader.
            let _ = writeln!(file, "{line}");
            if line.contains(sign) {
                let _ = listens.send(());
            }
        }
    });
    match heard.recv_timeout(LONG) {
        Ok(()) => Ok(server),
        Err(_) => {
            drop(server);
            let said = fs::read_to_string(log).unwrap_or_default();
            Err(format!("{program} does not listen\n{said}").into())
        }
    }
}
