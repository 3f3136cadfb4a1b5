//! Where clients arrive: a port, or a unix socket that is this server's alone.

use std::fs::{self, Permissions};
use std::future::pending;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

use super::StartError;
use super::guard::{Guard, Refused};
use crate::args::Address;
use crate::fault::fault;

/// A connection of either kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Where clients arrive.
pub(super) enum Listener {
    Port(TcpListener),
    Socket(UnixListener, PathBuf),
}

impl Listener {
    /// Listens; nobody but the owner may connect to a socket, and nobody without a token from
    /// elsewhere to a port.
    pub(super) async fn bind(address: &Address, guard: &Guard) -> Result<Self, StartError> {
        match address {
            Address::Port(address) => {
                let exposed = guard.is_open() && !address.ip().is_loopback();
                if exposed && !fault!(EVERY_ADDRESS_WITHOUT_A_TOKEN) {
                    return Err(Refused::Unprotected(*address).into());
                }
                let bound = match TcpListener::bind(address).await {
                    Err(_) if fault!(USED_PORT_REPLACED) => {
                        TcpListener::bind((address.ip(), 0)).await
                    }
                    bound => bound,
                };
                Ok(Self::Port(bound?))
            }
            Address::Socket(path) => {
                make_room(path)?;
                let listener = UnixListener::bind(path)?;
                let mode = if fault!(SOCKET_FOR_ALL) { 0o666 } else { 0o600 };
                fs::set_permissions(path, Permissions::from_mode(mode))?;
                Ok(Self::Socket(listener, path.clone()))
            }
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Port(listener) => {
                let (stream, _) = listener.accept().await?;
                if fault!(HALF_A_REQUEST_BLOCKS) {
                    let mut begun = [0; 64 << 10];
                    let length = stream.peek(&mut begun).await?;
                    if !begun[..length].ends_with(b"\r\n\r\n") {
                        pending::<()>().await;
                    }
                }
                Ok(Box::new(stream))
            }
            Self::Socket(listener, _) => Ok(Box::new(listener.accept().await?.0)),
        }
    }

    pub(super) fn is_port(&self) -> bool {
        matches!(self, Self::Port(_))
    }

    pub(super) fn url(&self) -> io::Result<String> {
        match self {
            Self::Port(listener) => Ok(format!("ws://{}", listener.local_addr()?)),
            Self::Socket(_, path) => Ok(format!("unix://{}", path.display())),
        }
    }

    /// Leaves nothing behind.
    pub(super) fn close(self) -> io::Result<()> {
        match self {
            Self::Socket(_, path) if !fault!(SOCKET_STAYS) => fs::remove_file(path),
            _ => Ok(()),
        }
    }
}

/// Removes the socket of a server that has ended; what is anything else stays.
fn make_room(path: &Path) -> Result<(), StartError> {
    let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
    let kind = metadata.file_type();
    if !kind.is_socket() {
        if (kind.is_file() && fault!(FILE_REPLACED_BY_THE_SOCKET))
            || (kind.is_symlink() && fault!(LINK_REPLACED_BY_THE_SOCKET))
        {
            return Ok(fs::remove_file(path)?);
        }
        if kind.is_dir() && fault!(DIRECTORY_REPLACED_BY_THE_SOCKET) {
            return Ok(fs::remove_dir(path)?);
        }
        return Err(Refused::NoSocket(path.to_owned()).into());
    }
    let is_alive = UnixStream::connect(path).is_ok();
    if is_alive && fault!(SECOND_SERVER_REMOVES_THE_SOCKET) {
        fs::remove_file(path)?;
    }
    if is_alive && !fault!(SECOND_SERVER_TAKES_THE_SOCKET)
        || !is_alive && fault!(STALE_SOCKET_REFUSED)
    {
        return Err(Refused::InUse(path.to_owned()).into());
    }
    Ok(fs::remove_file(path)?)
}
