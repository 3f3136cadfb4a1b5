//! Subjects that listen: the arguments that make them, the address that they announce, and the way
//! to it.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use reaper::process::{Launch, StderrView, Stdout};
use report::Transport;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::failure::{Failure, Result};
use crate::home::LONGEST_SOCKET;
use crate::looks::Looks;

/// What stands for the place in the command of a subject that has an option of its own for it.
pub(crate) const WANTED: &str = "{{listen}}";
/// The option of all others.
const OPTION: &str = "--listen";
/// A loopback port that the subject selects.
const ANY_PORT: &str = "ws://127.0.0.1:0";
/// How much is kept of what the subject prints to stdout, in bytes.
const PRINTED: usize = 16 << 10;

/// The number of unix sockets so far: each subject has one of its own.
static SOCKETS: AtomicUsize = AtomicUsize::new(0);

/// Where a subject is to listen.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    url: String,
    socket: Option<PathBuf>,
}

/// Where a check lets the subject listen.
#[derive(Clone, Copy, Debug)]
pub enum At<'a> {
    /// A loopback port that the subject selects, or whatever else this URL says.
    Url(&'a str),
    /// A unix socket with this path.
    Socket(&'a Path),
}

impl At<'static> {
    /// A loopback port that the subject selects.
    pub const ANY_PORT: Self = Self::Url(ANY_PORT);
}

/// Where a subject listens.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// A connection of any kind.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Place {
    /// A place for the subject that is started like this, in the directory that holds its working
    /// directory.
    ///
    /// # Errors
    ///
    /// Inconclusive if the path of a unix socket would be too long.
    pub(crate) fn of(transport: Transport, launch: &Launch) -> Result<Self> {
        if transport != Transport::Unix {
            return Ok(Self { url: ANY_PORT.to_owned(), socket: None });
        }
        let number = SOCKETS.fetch_add(1, Ordering::Relaxed);
        let directory = launch.cwd.parent().unwrap_or(&launch.cwd);
        let path = directory.join(format!("{number}.sock"));
        if path.as_os_str().len() > LONGEST_SOCKET {
            let why = format!("its path is longer than {LONGEST_SOCKET} bytes: {}", path.display());
            return Err(Failure::inconclusive("making a unix socket", why));
        }
        Ok(Self { url: format!("unix://{}", path.display()), socket: Some(path) })
    }

    /// The place that a check has chosen: the URL of a port, or the path of a unix socket.
    pub(crate) fn at(place: &At<'_>) -> Self {
        match place {
            At::Url(url) => Self { url: (*url).to_owned(), socket: None },
            At::Socket(path) => {
                Self { url: format!("unix://{}", path.display()), socket: Some(path.to_path_buf()) }
            }
        }
    }

    /// The path of the unix socket, if it is one.
    pub(crate) fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    /// Adds the place to the arguments of the subject.
    pub(crate) fn put_into(&self, launch: &mut Launch) {
        let mut named = false;
        for arg in &mut launch.args {
            let text = arg.to_string_lossy().into_owned();
            if text.contains(WANTED) {
                *arg = text.replace(WANTED, &self.url).into();
                named = true;
            }
        }
        if !named {
            launch.args.extend([OPTION.into(), self.url.clone().into()]);
        }
    }

    /// Waits until the subject says where it listens, or has made the socket.
    ///
    /// # Errors
    ///
    /// What it did instead.
    pub(crate) async fn address(
        &self,
        seen: &Seen,
        mut ended: impl FnMut() -> Option<String>,
        until: Instant,
    ) -> std::result::Result<Address, String> {
        let mut looks = Looks::until(until);
        loop {
            // Looked at first: what it printed before its end counts.
            let over = ended();
            let found = match &self.socket {
                Some(path) => path.exists().then(|| Address::Unix(path.clone())),
                None => announced(&seen.text()).map(Address::Tcp),
            };
            match (found, over) {
                (Some(address), None) => return Ok(address),
                (_, Some(over)) => return Err(over),
                (None, None) if looks.again().await => {}
                (None, None) if self.socket.is_some() => {
                    return Err("does not make the socket".to_owned());
                }
                (None, None) => return Err("announces no address".to_owned()),
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path of a socket differs from run to run.
        let url = if self.socket.is_some() { "unix://PATH" } else { &self.url };
        write!(f, "{OPTION} {url}")
    }
}

impl Address {
    /// The address as an argument names it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return Some(Self::Unix(Path::new(text).to_owned()));
        }
        text.parse().ok().map(Self::Tcp)
    }

    /// Connects, once.
    ///
    /// # Errors
    ///
    /// If nobody listens there.
    pub(crate) async fn reach(&self) -> std::io::Result<Box<dyn Stream>> {
        match self {
            Self::Tcp(address) => TcpStream::connect(address).await.map(boxed),
            Self::Unix(path) => UnixStream::connect(path).await.map(boxed),
        }
    }

    /// Connects and shakes hands; a subject that has only just made its socket may refuse at first.
    ///
    /// # Errors
    ///
    /// Those of the last attempt.
    pub(crate) async fn connect(
        &self,
        until: Instant,
    ) -> std::result::Result<WebSocketStream<Box<dyn Stream>>, Error> {
        let mut looks = Looks::until(until);
        let stream: Box<dyn Stream> = loop {
            match self.reach().await {
                Ok(stream) => break stream,
                Err(error) if !looks.again().await => return Err(Error::Io(error)),
                Err(_) => {}
            }
        };
        let url = match self {
            Self::Tcp(address) => format!("ws://{address}/"),
            Self::Unix(_) => "ws://localhost/".to_owned(),
        };
        // The subject decides how long its messages are; lines have a limit of their own.
        let (socket, _) = client_async_with_config(url, stream, Some(unbounded())).await?;
        Ok(socket)
    }
}

/// Messages of any length.
pub(crate) fn unbounded() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(None).max_frame_size(None)
}

fn boxed(stream: impl Stream + 'static) -> Box<dyn Stream> {
    Box::new(stream)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// What a subject that listens prints.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    stderr: StderrView,
    printed: Arc<Mutex<Vec<u8>>>,
    over: Arc<AtomicBool>,
}

impl Seen {
    /// Reads its stdout to the end, of which nothing else is expected. Needs a runtime.
    pub(crate) fn of(stderr: StderrView, stdout: Stdout) -> Self {
        let seen = Self { stderr, printed: Arc::default(), over: Arc::default() };
        tokio::spawn(seen.clone().read(stdout));
        seen
    }

    async fn read(self, mut stdout: Stdout) {
        let mut part = [0; 4 << 10];
        while let Ok(length @ 1..) = stdout.read(&mut part).await {
            let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
            let room = PRINTED.saturating_sub(printed.len());
            printed.extend_from_slice(&part[..length.min(room)]);
        }
        self.over.store(true, Ordering::Relaxed);
    }

    /// Whether it has closed its stdout, as a subject that has ended has.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    pub(crate) fn text(&self) -> String {
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}\n{}", self.stderr.tail().text(), String::from_utf8_lossy(&printed))
    }
}

/// The address after the first `ws://` with a port.
pub(crate) fn announced(text: &str) -> Option<SocketAddr> {
    text.split("ws://").skip(1).find_map(|rest| {
        let end =
            rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || ".:[]".contains(letter)));
        // What follows shows that the number of the port is complete.
        rest[..end?].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use reaper::process::Launch;
    use report::Transport;

    use super::{Place, announced};

    fn launch(args: &[&str], cwd: &str) -> Launch {
        Launch {
            program: "server".into(),
            args: args.iter().map(Into::into).collect(),
            env: Default::default(),
            cwd: cwd.into(),
            stderr_cap: 0,
            label: String::new(),
        }
    }

    #[test]
    fn the_address_is_the_first_complete_one() {
        let text = "colours \u{1b}[2m\n listening on: ws://127.0.0.1:4711\n readyz: http://x\n";
        assert_eq!(announced(text).map(|address| address.port()), Some(4711));
        assert_eq!(announced("at ws://127.0.0.1:47"), None);
        assert_eq!(announced("listening on nothing\n"), None);
    }

    #[test]
    fn the_place_is_an_option_unless_the_command_names_it() {
        let mut plain = launch(&["app-server"], "/tmp/x/work");
        Place::of(Transport::Ws, &plain).unwrap().put_into(&mut plain);
        assert_eq!(plain.args, ["app-server", "--listen", "ws://127.0.0.1:0"]);
        let mut own = launch(&["--at={{listen}}"], "/tmp/x/work");
        let place = Place::of(Transport::Unix, &own).unwrap();
        place.put_into(&mut own);
        assert_eq!(own.args.len(), 1);
        let path = PathBuf::from(own.args[0].to_string_lossy().replace("--at=unix://", ""));
        assert_eq!(path.parent(), Some("/tmp/x".as_ref()));
        assert_eq!(place.to_string(), "--listen unix://PATH");
    }

    #[test]
    fn a_path_that_no_socket_can_have_is_refused() {
        let deep = format!("/{}/work", "d".repeat(120));
        assert!(Place::of(Transport::Unix, &launch(&[], &deep)).is_err());
    }
}
