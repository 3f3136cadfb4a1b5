//! Named pipes between a check and its programs: one lets them go on, one shows whether they still
//! run.

use harness::{Context, Fifo, Kind, OrInconclusive, Result};

/// A pipe that a program reads when it is to go on.
pub(super) struct Gate(Fifo);

impl Gate {
    /// A gate of this name in the working directory of the check; it is shut.
    pub(super) fn new(cx: &Context, name: &str) -> Result<Self> {
        Fifo::new(cx.home.work().join(name)).map(Self)
    }

    /// The command that waits in front of it.
    pub(super) fn wait(&self) -> String {
        format!("read gate <'{}'", self.0.path().display())
    }

    /// Lets one program through.
    pub(super) fn open(&self) -> Result {
        std::fs::write(self.0.path(), "go\n").or_inconclusive("writing to a named pipe")
    }
}

/// A pipe that programs hold open, to show whether they still run.
pub(super) struct Life(Fifo);

impl Life {
    /// A life that no program has begun.
    pub(super) fn new(cx: &Context) -> Result<Self> {
        Fifo::new(cx.home.work().join("life")).map(Self)
    }

    /// The commands that begin it: whatever is started behind them holds the pipe open.
    pub(super) fn begin(&self) -> String {
        format!("exec 9> '{}'; echo up >&9", self.0.path().display())
    }

    /// Waits until it has begun.
    pub(super) async fn begun(&mut self, cx: &Context) -> Result {
        self.0.line(cx.peer.settings().wait).await.map(|_| ())
    }

    /// Waits until every program that held the pipe is gone; `when` says what should have ended
    /// them.
    pub(super) async fn over(self, cx: &Context, when: &str) -> Result {
        let within = cx.peer.settings().wait;
        self.0.hung_up(within).await.map_err(|failure| {
            let expected = "no process";
            match failure.kind() {
                Kind::Timeout => failure.since(
                    format!("the processes of a program {when}"),
                    expected,
                    "at least one still runs",
                ),
                _ => failure,
            }
        })
    }
}
