//! The egress trap: a proxy on loopback that rejects and records every attempt to reach another
//! machine.

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// The number of attempts that are kept.
const KEPT: usize = 1_000;
/// The longest head of a request that is read, in bytes.
const HEAD: usize = 16 << 10;
/// The longest target that is kept, in bytes.
const TARGET: usize = 256;
/// The number of connections that are served at once; others wait.
const AT_ONCE: usize = 64;
/// The time limit of one connection.
const PATIENCE: Duration = Duration::from_secs(2);

const REFUSAL: &[u8] =
    b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// One attempt to reach another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Method and host: `CONNECT example.com:443`, `GET example.com`. A text that is not a request
    /// is quoted.
    pub target: String,
    /// The time since the start of the trap.
    pub at: Duration,
}

/// A proxy that rejects all requests while it lives.
#[derive(Debug)]
pub struct Trap {
    address: SocketAddr,
    noted: Arc<Noted>,
    listener: JoinHandle<()>,
}

#[derive(Debug)]
struct Noted {
    since: Instant,
    attempts: Mutex<(Vec<Attempt>, u64)>,
}

impl Trap {
    /// Opens a trap on a free port of the loopback interface. Must be called in a tokio runtime
    /// with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// If there is no free port.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let noted = Arc::new(Noted { since: Instant::now(), attempts: Mutex::default() });
        let listener = tokio::spawn(listen(listener, Arc::clone(&noted)));
        Ok(Self { address, noted, listener })
    }

    /// The address of the proxy, as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The attempts so far, in order; at most 1000.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.noted.lock().0.clone()
    }

    /// The number of attempts, including those that are not kept.
    pub fn total(&self) -> u64 {
        self.noted.lock().1
    }

    /// The variables that direct a program's requests here, except those to this machine.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, self.url()));
        let direct = ("NO_PROXY", "127.0.0.1,localhost,::1".to_owned());
        // Programs do not agree on the case of the names.
        let both = |(name, value): (&str, String)| {
            [(name.to_lowercase(), value.clone()), (name.to_owned(), value)]
        };
        let variables = proxies.into_iter().chain([direct]).flat_map(both);
        variables.map(|(name, value)| (name.into(), value.into())).collect()
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Noted {
    fn lock(&self) -> MutexGuard<'_, (Vec<Attempt>, u64)> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, target: String) {
        let at = self.since.elapsed();
        let mut noted = self.lock();
        noted.1 += 1;
        if noted.0.len() < KEPT {
            noted.0.push(Attempt { target, at });
        }
    }
}

async fn listen(listener: TcpListener, noted: Arc<Noted>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        // A connection that is gone before it is accepted is no reason to stop; neither is a lack
        // of descriptors.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let noted = Arc::clone(&noted);
        tokio::spawn(async move {
            serve(stream, &noted).await;
            drop(place);
        });
    }
}

async fn serve(mut stream: TcpStream, noted: &Noted) {
    let mut head = Vec::new();
    // A client that is too slow, or disconnects, has made an attempt too.
    let _ = tokio::time::timeout(PATIENCE, read_head(&mut stream, &mut head)).await;
    noted.note(target(&head));
    let _ = tokio::time::timeout(PATIENCE, refuse(&mut stream)).await;
}

async fn read_head(stream: &mut TcpStream, head: &mut Vec<u8>) -> io::Result<()> {
    let mut chunk = [0; 1024];
    loop {
        let length = stream.read(&mut chunk).await?;
        head.extend_from_slice(&chunk[..length]);
        if length == 0 || head.len() >= HEAD || ends_head(head) || !looks_like_request(head) {
            return Ok(());
        }
    }
}

async fn refuse(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(REFUSAL).await?;
    stream.shutdown().await?;
    // To close with unread input would discard the rejection before it is read.
    let mut chunk = [0; 1024];
    let mut left = HEAD;
    while left > 0 {
        match stream.read(&mut chunk).await? {
            0 => break,
            length => left = left.saturating_sub(length),
        }
    }
    Ok(())
}

fn ends_head(head: &[u8]) -> bool {
    head.windows(4).any(|end| end == b"\r\n\r\n") || head.windows(2).any(|end| end == b"\n\n")
}

/// Whether more bytes may turn this into a request: a method comes first.
fn looks_like_request(head: &[u8]) -> bool {
    head.iter().take_while(|byte| **byte != b' ').take(32).all(u8::is_ascii_alphabetic)
}

/// The method of a request and the authority of its target. Never the path, which may hold secrets.
fn target(head: &[u8]) -> String {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = String::from_utf8_lossy(line);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let known = match words.as_slice() {
        [method, target, version] if version.starts_with("HTTP/") => {
            authority(head, target).map(|authority| format!("{method} {authority}"))
        }
        _ => None,
    };
    let readable = known.unwrap_or_else(|| format!("no request: \"{}\"", line.escape_ascii()));
    readable.chars().filter(|letter| !letter.is_control()).take(TARGET).collect()
}

fn authority(head: &[u8], target: &str) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let authority = match target.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next()?,
        // A request sent to the proxy as if to the server itself: the `Host` field names the
        // server.
        None if target.starts_with('/') => text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host").then(|| value.trim())
        })?,
        None => target,
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn requests_are_told_by_method_and_host() {
        for (head, shown) in [
            (
                "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
                "CONNECT example.com:443",
            ),
            ("GET http://me:pw@example.com/a?key=b HTTP/1.1\r\n\r\n", "GET example.com"),
            ("POST /v1/responses HTTP/1.1\r\nhost: example.com\r\n\r\n", "POST example.com"),
            ("CONNECT [::1]:443 HTTP/1.1\r\n\r\n", "CONNECT [::1]:443"),
        ] {
            assert_eq!(target(head.as_bytes()), shown);
        }
    }

    #[test]
    fn rubbish_is_quoted_without_control_characters() {
        assert_eq!(target(b"\x16\x03\x01 \x1b[2J"), r#"no request: "\x16\x03\x01 \x1b[2J""#);
        assert_eq!(target(b""), r#"no request: """#);
        assert_eq!(target(&[b'x'; 5000]).len(), super::TARGET);
    }
}
