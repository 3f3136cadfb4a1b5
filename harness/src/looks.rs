//! Polls for something that no event reports: with pauses that grow, and with a deadline.

use std::time::{Duration, Instant};

/// The first pause, short so that quick results are seen at once.
const FIRST: Duration = Duration::from_millis(1);
/// The longest pause: a wait of 15 s then takes some seventy looks.
const LONGEST: Duration = Duration::from_millis(250);

/// A polling wait: the caller looks, and this type pauses between two looks.
///
/// ```no_run
/// # async fn wait(cx: &harness::Context) -> bool {
/// let mut looks = harness::Looks::until(cx.peer.deadline());
/// loop {
///     if cx.home.join("made").exists() {
///         return true;
///     }
///     if !looks.again().await {
///         return false;
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Looks {
    deadline: Instant,
    pause: Duration,
    paused: Duration,
}

impl Looks {
    /// Polls until `deadline`, usually that of the connection:
    /// [`Peer::deadline`](crate::peer::Peer::deadline).
    pub fn until(deadline: Instant) -> Self {
        Self { deadline, pause: FIRST, paused: Duration::ZERO }
    }

    /// Pauses before the next look; returns `false`, without a pause, if the time is up.
    pub async fn again(&mut self) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        let pause = self.pause.min(left);
        rest(pause).await;
        self.paused += pause;
        self.pause = grown(self.pause);
        true
    }

    /// Whether the time is up.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// The total of all pauses so far.
    pub fn paused(&self) -> Duration {
        self.paused
    }

    /// Starts again with short pauses, after a first result; the deadline stays.
    pub fn afresh(&mut self) {
        self.pause = FIRST;
        self.paused = Duration::ZERO;
    }
}

fn grown(pause: Duration) -> Duration {
    (pause * 3 / 2).min(LONGEST)
}

#[expect(clippy::disallowed_methods, reason = "no event reports the result")]
async fn rest(pause: Duration) {
    tokio::time::sleep(pause).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_wait_is_less_than_a_hundred_looks() {
        let (mut pause, mut paused, mut count) = (FIRST, Duration::ZERO, 0);
        while paused < Duration::from_secs(15) {
            paused += pause;
            pause = grown(pause);
            count += 1;
        }
        assert!((50..100).contains(&count), "{count}");
    }

    #[tokio::test]
    async fn no_look_after_the_deadline() {
        let mut looks = Looks::until(Instant::now());
        assert!(!looks.again().await);
        assert_eq!(looks.paused(), Duration::ZERO);
    }
}
