//! A client in front of a proxy.

use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::thread::JoinHandle;

use proxy::{End, ProxyError, Relay, find};

/// A conversation in progress.
pub(crate) struct World {
    /// The input of the proxy.
    pub(crate) input: PipeWriter,
    /// The output of the proxy.
    pub(crate) output: PipeReader,
    relay: JoinHandle<Result<End, ProxyError>>,
}

/// A relay with this fault.
pub(crate) fn with_fault(name: &str) -> Relay {
    Relay { fault: Some(find(name).unwrap()), ..Relay::default() }
}

impl World {
    /// Starts a shell script behind a proxy.
    pub(crate) fn start(relay: Relay, script: &str) -> Self {
        let ((theirs, input), (output, ours)) = (pipe().unwrap(), pipe().unwrap());
        let command = ["sh", "-c", script].map(Into::into).to_vec();
        let relay = std::thread::spawn(move || relay.run(command, theirs.into(), ours.into()));
        Self { input, output, relay }
    }

    /// The next line, with its end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\n") && self.output.read(&mut byte).unwrap() == 1 {
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// Ends the input; returns the rest of the output, and how the subject ended.
    pub(crate) fn end(self) -> (Vec<u8>, End) {
        let Self { input, mut output, relay } = self;
        drop(input);
        let mut rest = Vec::new();
        output.read_to_end(&mut rest).unwrap();
        (rest, relay.join().unwrap().unwrap())
    }

    /// Closes both streams; returns how the subject ended.
    pub(crate) fn leave(self) -> End {
        let Self { input, output, relay } = self;
        drop((input, output));
        relay.join().unwrap().unwrap()
    }
}

/// The output for this input to a script behind a proxy, and how the script ended.
pub(crate) fn said(relay: Relay, script: &str, input: &[u8]) -> (Vec<u8>, End) {
    let World { input: mut writer, mut output, relay } = World::start(relay, script);
    let input = input.to_vec();
    // Not every script reads its input.
    let written = std::thread::spawn(move || drop(writer.write_all(&input)));
    let mut all = Vec::new();
    output.read_to_end(&mut all).unwrap();
    written.join().unwrap();
    (all, relay.join().unwrap().unwrap())
}

/// The output of `cat`.
pub(crate) fn echoed(fault: &str, input: &str) -> String {
    let (output, _) = said(with_fault(fault), "cat", input.as_bytes());
    String::from_utf8_lossy(&output).into_owned()
}
