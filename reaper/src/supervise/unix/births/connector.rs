//! Linux' process connector: the kernel reports every fork, exec and exit (`linux/cn_proc.h`).
//!
//! Listening needs `CAP_NET_ADMIN`, or Linux 6.6, and is possible only outside of containers: in
//! the initial namespaces of users and processes.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recv, send, socket_with,
    sockopt,
};

use super::Nodes;

/// The group of the connector, and its first index (`CN_IDX_PROC`, `CN_VAL_PROC`).
const PROC: u32 = 1;
const LISTEN: u32 = 1;
const IGNORE: u32 = 2;
const ACK: u32 = 0;
const FORK: u32 = 1;
const EXEC: u32 = 2;
const EXIT: u32 = 0x8000_0000;
/// The lengths of `struct nlmsghdr` and `struct cn_msg`.
const HEADERS: usize = 16 + 20;
/// Where the data of an event begins in `struct proc_event`.
const DATA: usize = 16;
/// `NLMSG_DONE`, the type of the connector's messages.
const DONE: u16 = 3;
/// Room for some thousand events, in bytes, so that a burst of forks does not overflow it.
const ROOM: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Connector {
    socket: OwnedFd,
}

impl Connector {
    /// Starts to listen, if that is permitted and works.
    pub(super) fn open() -> Option<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let protocol = Some(netlink::CONNECTOR);
        let socket =
            socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, protocol).ok()?;
        bind(&socket, &SocketAddrNetlink::new(0, PROC)).ok()?;
        if sockopt::set_socket_recv_buffer_size_force(&socket, ROOM).is_err() {
            // The default is a few hundred events; a loss is reported.
            let _ = sockopt::set_socket_recv_buffer_size(&socket, ROOM);
        }
        let connector = Self { socket };
        if !connector.ask(&[LISTEN]) {
            return None;
        }
        // Since Linux 6.6 a listener can select events, which is not answered; older kernels ignore
        // it.
        connector.send(&[LISTEN, FORK | EXEC | EXIT]);
        Some(connector)
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Records all reported events; returns whether none was lost.
    pub(super) fn read(&self, nodes: &mut Nodes) -> bool {
        let mut buffer = [0; 256];
        let mut complete = true;
        loop {
            match recv(&self.socket, &mut buffer, RecvFlags::DONTWAIT) {
                Ok((length, _)) => {
                    if let Some(event) = buffer.get(HEADERS..length.min(buffer.len())) {
                        note(event, nodes);
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::NOBUFS) => complete = false,
                Err(_) => return complete,
            }
        }
    }

    /// Sends a request; returns whether it was granted.
    fn ask(&self, data: &[u32]) -> bool {
        if !self.send(data) {
            return false;
        }
        let mut buffer = [0; 256];
        // The answer is there once the request has been sent; events may come before it.
        while let Ok((length, _)) = recv(&self.socket, &mut buffer, RecvFlags::DONTWAIT) {
            let Some(message) = buffer.get(..length.min(buffer.len())) else { continue };
            // Answers go to all listeners; the answer to our request has its number plus one.
            let is_ours = number(message, 16 + 12) == Some(std::process::id().wrapping_add(1));
            let event = message.get(HEADERS..).unwrap_or_default();
            if is_ours && number(event, 0) == Some(ACK) {
                return number(event, DATA) == Some(0);
            }
        }
        false
    }

    fn send(&self, data: &[u32]) -> bool {
        let length = data.len() * 4;
        let Ok(total) = u32::try_from(HEADERS + length) else { return false };
        let Ok(inner) = u16::try_from(length) else { return false };
        let mut message = Vec::with_capacity(HEADERS + length);
        message.extend(total.to_ne_bytes());
        message.extend(DONE.to_ne_bytes());
        message.extend([0; 2 + 4 + 4]);
        for word in [PROC, PROC, 0, std::process::id()] {
            message.extend(word.to_ne_bytes());
        }
        message.extend(inner.to_ne_bytes());
        message.extend([0; 2]);
        message.extend(data.iter().flat_map(|word| word.to_ne_bytes()));
        send(&self.socket, &message, SendFlags::empty()).is_ok()
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        // Old kernels count listeners only by these messages.
        let _ = self.send(&[IGNORE]);
    }
}

fn note(event: &[u8], nodes: &mut Nodes) {
    let word = |index: usize| number(event, DATA + 4 * index);
    match number(event, 0) {
        Some(FORK) => {
            // Thread and process of the parent, thread and process of the child: a new thread is no
            // birth.
            if let (Some(parent), Some(thread), Some(child)) = (word(1), word(2), word(3))
                && thread == child
            {
                nodes.born(parent, child);
            }
        }
        Some(EXEC) => {
            if let Some(pid) = word(1).filter(|pid| nodes.knows(*pid)) {
                nodes.became(pid);
            }
        }
        Some(EXIT) => {
            if let (Some(thread), Some(pid)) = (word(0), word(1))
                && thread == pid
            {
                let at = event.get(8..16).and_then(|bytes| bytes.try_into().ok());
                nodes.ended(pid, at.map_or(0, u64::from_ne_bytes));
            }
        }
        _ => {}
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}
