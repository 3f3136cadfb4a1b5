//! Methods about the machine, and no thread: files, programs, searches.

use std::rc::Rc;

use super::{exec, fs, fuzzy, git_diff, process, upkeep};
use crate::call::Call;
use crate::outbox::Reply;
use crate::server::Server;

/// Answers these methods.
pub(super) fn handle(server: &Rc<Server>, reply: Reply, call: Call) {
    match call {
        Call::ProcessSpawn(params) => process::spawn(server, reply, params),
        Call::ProcessKill(params) => reply.send(process::kill(server, &params)),
        Call::ProcessWriteStdin(params) => reply.send(process::write(server, &params)),
        Call::ProcessResizePty(params) => reply.send(process::resize(server, &params)),
        Call::FuzzyFileSearch(params) => fuzzy::search(server, reply, &params),
        Call::FuzzySessionStart(params) => reply.send(fuzzy::start(server, params)),
        Call::FuzzySessionUpdate(params) => fuzzy::update(server, reply, &params),
        Call::FuzzySessionStop(params) => reply.send(fuzzy::stop(server, &params)),
        Call::GitDiffToRemote(params) => git_diff::answer(reply, params),
        Call::FsReadFile(params) => reply.send(fs::read(&params)),
        Call::FsWriteFile(params) => reply.send(fs::write(&params)),
        Call::FsCreateDirectory(params) => reply.send(fs::create_directory(&params)),
        Call::FsGetMetadata(params) => reply.send(fs::metadata(&params)),
        Call::FsReadDirectory(params) => reply.send(fs::read_directory(&params)),
        Call::FsRemove(params) => reply.send(fs::tree::remove(&params)),
        Call::FsCopy(params) => reply.send(fs::tree::copy(&params)),
        Call::FsWatch(params) => reply.send(fs::watch::watch(server, params)),
        Call::FsUnwatch(params) => reply.send(fs::watch::unwatch(server, &params)),
        Call::CommandExec(params) => exec::run(server, reply, params),
        Call::CommandExecWrite(params) => reply.send(exec::talk::write(server, params)),
        Call::CommandExecResize(params) => reply.send(exec::talk::resize(server, &params)),
        Call::CommandExecTerminate(params) => reply.send(exec::talk::terminate(server, &params)),
        other => upkeep::handle(server, reply, other),
    }
}
