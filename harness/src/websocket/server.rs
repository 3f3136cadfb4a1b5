//! A process of the subject that a check lets listen with arguments of its own, and to which it speaks
//! HTTP.

use std::fmt;
use std::time::{Duration, Instant};

use reaper::process::{Exit, Launch, Process};
use rustix::process::Signal;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::failure::{Failure, Kind, OrInconclusive, Result};
use crate::listening::{Address, At, Place, Seen, announced};
use crate::looks::Looks;
use crate::peer::Ended;
use crate::settings::Settings;
use crate::transcript::Transcript;
use crate::websocket::request::{Answer, Held, Request, upgraded};
use crate::websocket::{Frames, without_input};

/// A process of the subject that is to listen. Its conversations are in no transcript.
pub struct Server {
    process: Process,
    seen: Seen,
    place: Place,
    flags: String,
    address: Option<Address>,
    /// How long one wait may last, and the end of the process.
    limits: (Duration, Duration),
    ladder: reaper::process::Ladder,
}

impl Server {
    pub(crate) fn start(
        mut launch: Launch,
        at: At<'_>,
        flags: &[String],
        settings: &Settings,
    ) -> Result<Self> {
        let place = Place::at(&at);
        place.put_into(&mut launch);
        launch.args.extend(flags.iter().map(Into::into));
        let (mut process, stdin, stdout) =
            Process::spawn(&launch).or_inconclusive("starting the subject")?;
        let ladder = without_input(settings.ladder);
        process.set_ladder(ladder);
        // Without input a subject that does not understand the arguments ends.
        drop(stdin);
        Ok(Self {
            seen: Seen::of(process.stderr_view(), stdout),
            process,
            place,
            flags: flags.join(" "),
            address: None,
            limits: (settings.wait, settings.exit),
            ladder,
        })
    }

    /// Waits until it takes connections or has ended; whether it takes them.
    ///
    /// # Errors
    ///
    /// If it does neither in time.
    pub async fn is_up(&mut self) -> Result<bool> {
        let mut looks = Looks::until(Instant::now() + self.limits.0);
        loop {
            if self.process.exit().is_some() {
                return Ok(false);
            }
            let address = match self.place.socket() {
                Some(path) => Some(Address::Unix(path.to_owned())),
                None => announced(&self.seen.text()).map(Address::Tcp),
            };
            if let Some(address) = address
                && address.reach().await.is_ok()
            {
                self.address = Some(address);
                return Ok(true);
            }
            if !looks.again().await {
                return Err(self.late("it to listen or to exit", self.limits.0));
            }
        }
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    ///
    /// If it does not in time.
    pub async fn exit(&mut self) -> Result<Exit> {
        let within = self.limits.1;
        match self.process.wait(within).await {
            Some(exit) => Ok(exit),
            None => Err(self.late("it to exit by itself", within)),
        }
    }

    /// Sends a signal to the process alone.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// The URL of the port at which it takes connections.
    pub fn url(&self) -> Option<String> {
        match self.address.as_ref()? {
            Address::Tcp(address) => Some(format!("ws://{address}")),
            Address::Unix(_) => None,
        }
    }

    /// The end of what it has written to stderr and stdout.
    pub fn said(&self) -> String {
        self.seen.text()
    }

    /// Sends a request on a connection of its own; what the subject does with it.
    ///
    /// # Errors
    ///
    /// If no connection can be opened, or nothing comes on it in time.
    pub async fn ask(&self, request: &Request) -> Result<Answer> {
        let mut stream = self.connect().await?;
        let within = self.limits.0;
        let Ok(status) = timeout(within, request.send(&mut stream)).await else {
            return Err(self.late("an answer to an HTTP request", within));
        };
        match status {
            Ok(Some(101)) => {
                let frames = Frames::new(upgraded(stream).await, within);
                Ok(Answer::Open(Box::new(frames)))
            }
            Ok(Some(status)) => Ok(Answer::Status(status)),
            Ok(None) => Ok(Answer::Closed),
            Err(error) => {
                let what = "the answer to an HTTP request";
                Err(Failure::mismatch(what, "a status line", error.to_string()))
            }
        }
    }

    /// Sends the beginning of a request, and keeps the connection open.
    ///
    /// # Errors
    ///
    /// If no connection can be opened.
    pub async fn begin(&self, request: &Request) -> Result<Held> {
        let mut stream = self.connect().await?;
        let sent = stream.write_all(request.begin()).await;
        sent.or_inconclusive("sending the beginning of a request")?;
        Ok(Held::of(stream))
    }

    async fn connect(&self) -> Result<Box<dyn crate::listening::Stream>> {
        let what = "connecting to the subject";
        let none = || Failure::inconclusive(what, "it does not listen");
        let address = self.address.as_ref().ok_or_else(none)?;
        let refused = |error| Failure::mismatch(what, "a connection", format!("{error}"));
        address.reach().await.map_err(refused)
    }

    /// Ends it.
    pub(crate) async fn end(mut self, began: Instant) -> Ended {
        let report = self.process.shutdown(None, &self.ladder).await;
        let (transcript, closing) = (Transcript::new(0), Instant::now());
        Ended { transcript, report, began, closing, unanswered: Vec::new() }
    }

    fn late(&self, awaited: &str, within: Duration) -> Failure {
        let (what, expected) = (format!("waiting for {awaited}"), format!("it within {within:?}"));
        let observed = format!("nothing came; the subject was started with `{self}`");
        Failure::new(Kind::Timeout, what, expected, observed)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, flags, .. } = self;
        write!(f, "{place}{}{flags}", if flags.is_empty() { "" } else { " " })
    }
}
