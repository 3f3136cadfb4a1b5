//! The unix socket of a server: who may connect, whose it is, and what becomes of it.

use std::fs::{read_to_string, symlink_metadata};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use harness::{At, Context, Exit, OrInconclusive, Request, Result, check, ensure, ensure_eq};
use rustix::process::Signal;

use super::{failed, listens, offered, refuses, serves};
use crate::rows::Rows;

/// The path of a socket that is not there yet.
fn path(cx: &Context) -> PathBuf {
    cx.home.work().join("s")
}

/// Whether anything is there.
fn is_there(path: &Path) -> bool {
    symlink_metadata(path).is_ok()
}

/// A server MUST let its owner alone connect to its unix socket.
#[check(
    v2(since = "0.147"),
    source = "unix(7): connecting needs the permission to write; every release has mode 0600",
    faults(SOCKET_FOR_ALL)
)]
async fn a_socket_is_for_its_owner(cx: &mut Context) -> Result {
    let path = path(cx);
    let server = offered(cx, At::Socket(&path), &[]).await?;
    let metadata = std::fs::metadata(&path).or_inconclusive("looking at the socket")?;
    let mode = metadata.permissions().mode() & 0o777;
    let expected = "no right for its group or for others";
    ensure!(mode & 0o077 == 0, "the mode of the socket", expected, format!("{mode:o}"));
    serves(cx, server, &Request::open("/")).await
}

/// A server MUST exit with a code other than 0 when another one listens on its unix socket, which goes
/// on serving there.
#[check(
    v2(since = "0.147"),
    source = "every release does",
    faults(SECOND_SERVER_TAKES_THE_SOCKET, SECOND_SERVER_REMOVES_THE_SOCKET)
)]
async fn a_second_server_leaves_the_socket_alone(cx: &mut Context) -> Result {
    let path = path(cx);
    let first = offered(cx, At::Socket(&path), &[]).await?;
    let second = cx.start_server(At::Socket(&path), &[])?;
    failed(cx.server(second)?.exit().await?)?;
    ensure!(is_there(&path), "the socket after the second server", "it is there", "it is gone");
    serves(cx, first, &Request::open("/")).await
}

/// A server MUST remove its unix socket when it ends on SIGTERM or SIGINT.
#[check(
    v2(
        since = "0.147",
        fixed_in("0.169", "a SIGTERM is lost in 1 of 30 runs; a second one ends it")
    ),
    source = "every release does",
    faults(SOCKET_STAYS)
)]
async fn a_socket_is_removed_at_the_end(cx: &mut Context) -> Result {
    let path = path(cx);
    let mut rows = Rows::default();
    for (name, signal) in [("SIGTERM", Signal::TERM), ("SIGINT", Signal::INT)] {
        let server = offered(cx, At::Socket(&path), &[]).await?;
        // While it starts, a signal ends it at once.
        serves(cx, server, &Request::open("/")).await?;
        cx.server(server)?.signal(signal);
        cx.server(server)?.exit().await?;
        let outcome = (|| {
            ensure!(!is_there(&path), "the socket after the end", "it is gone", "it is there");
            Ok(())
        })();
        rows.judge(name, outcome)?;
        if is_there(&path) {
            std::fs::remove_file(&path).or_inconclusive("removing the socket")?;
        }
    }
    rows.end()
}

/// A server MUST listen on a unix socket that a server which was killed has left behind.
#[check(v2(since = "0.147"), source = "every release does", faults(STALE_SOCKET_REFUSED))]
async fn a_stale_socket_is_replaced(cx: &mut Context) -> Result {
    let path = path(cx);
    let killed = offered(cx, At::Socket(&path), &[]).await?;
    cx.server(killed)?.signal(Signal::KILL);
    let exit = cx.server(killed)?.exit().await?;
    let killed = exit == Exit::Signal(Signal::KILL.as_raw());
    ensure!(killed, "how the subject ended", "by SIGKILL", exit.to_string());
    let next = listens(cx, At::Socket(&path), &[]).await?;
    serves(cx, next, &Request::open("/")).await
}

/// What is at a path, so that it can be compared.
fn seen(path: &Path) -> String {
    let Ok(metadata) = symlink_metadata(path) else { return "nothing".to_owned() };
    if metadata.is_dir() {
        return "a directory".to_owned();
    }
    if metadata.is_symlink() {
        let target = std::fs::read_link(path).unwrap_or_default();
        return format!("a link to {}", target.display());
    }
    read_to_string(path).map_or_else(|_| "no file".to_owned(), |text| format!("a file: {text:?}"))
}

/// Makes what is no socket, each at a path of its own.
fn obstacles(cx: &Context) -> std::io::Result<Vec<(&'static str, PathBuf)>> {
    let below = |name: &str| cx.home.work().join(name);
    std::fs::write(below("f"), "precious")?;
    std::fs::write(below("e"), "")?;
    std::fs::create_dir(below("d"))?;
    symlink(below("nowhere"), below("n"))?;
    symlink(below("f"), below("l"))?;
    Ok(vec![
        ("a file", below("f")),
        ("an empty file", below("e")),
        ("an empty directory", below("d")),
        ("a link to nothing", below("n")),
        ("a link to a file", below("l")),
    ])
}

/// A server MUST exit with a code other than 0 when the path of its unix socket leads to something else,
/// which stays unchanged.
#[check(
    v2(since = "0.147"),
    source = "every release does",
    faults(
        FILE_REPLACED_BY_THE_SOCKET,
        DIRECTORY_REPLACED_BY_THE_SOCKET,
        LINK_REPLACED_BY_THE_SOCKET
    )
)]
async fn what_is_no_socket_stays(cx: &mut Context) -> Result {
    let path = path(cx);
    offered(cx, At::Socket(&path), &[]).await?;
    let mut rows = Rows::default();
    for (what, path) in obstacles(cx).or_inconclusive("making files")? {
        let before = seen(&path);
        rows.judge(what, refuses(cx, At::Socket(&path), &[]).await.map(|_| ()))?;
        let unchanged = (|| {
            ensure_eq!(seen(&path), before, "what is at the path");
            Ok(())
        })();
        rows.judge(format!("{what}, afterwards"), unchanged)?;
    }
    rows.end()
}
