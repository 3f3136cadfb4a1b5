//! Asking the model again when it cannot be reached or its stream breaks.

use std::time::Duration;

use serde_json::{Value, json};

use super::Running;
use crate::events::Event;
use crate::fault::fault;
use crate::items::{Category, Item, TurnError};
use crate::model_client;

/// The pause before the first retry; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// The longest pause, as a number of doublings.
const DOUBLINGS: u32 = 5;

/// How often a request, and a stream, is repeated unless the provider says otherwise.
const REQUESTS: u64 = 4;
const STREAMS: u64 = 5;

/// Which of the two is repeated.
pub(crate) enum Repeated {
    Request,
    Stream,
}

/// How often the provider wants it repeated.
pub(crate) fn most(wish: Option<u64>, what: &Repeated) -> u64 {
    let usual = match what {
        Repeated::Request => REQUESTS,
        Repeated::Stream => STREAMS,
    };
    let most = wish.unwrap_or(usual);
    // A configuration without retries is another matter.
    if most > 0 && fault!(ONE_RETRY_MORE) { most + 1 } else { most }
}

/// Whether the model may well answer next time.
pub(crate) fn is_passing(error: &TurnError, what: &Repeated) -> bool {
    match error.category {
        Category::InternalServerError | Category::HttpConnectionFailed { status: None } => true,
        Category::Other => matches!(what, Repeated::Stream),
        _ => false,
    }
}

/// Waits before this retry, counted from 1.
pub(crate) async fn pause(retry: u64) {
    let doublings = u32::try_from(retry.saturating_sub(1)).unwrap_or(DOUBLINGS).min(DOUBLINGS);
    wait(PAUSE * 2_u32.pow(doublings)).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "a service that fails is to be left alone for a while"
)]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

impl Running {
    /// Asks the model, and again if it cannot be reached or its stream breaks; returns the calls it
    /// makes.
    pub(super) async fn sample(&self) -> Result<Vec<Value>, TurnError> {
        let wish = self.thread.state().settings.provider.stream_max_retries;
        let most = most(wish, &Repeated::Stream);
        let mut retries = 0;
        loop {
            let mut calls = Vec::new();
            let error = match self.attempt(&mut calls).await {
                Err(error) if retries < most && is_passing(&error, &Repeated::Stream) => error,
                outcome => return outcome.map(|()| calls),
            };
            retries += 1;
            if !self.spoken().is_empty() && fault!(BROKEN_STREAM_NOT_REPEATED) {
                return Err(error);
            }
            self.tell(&Event::AskedAgain(&error));
            self.keep_what_was_said();
            if fault!(BROKEN_CALL_RUNS_TWICE) {
                calls.extend(calls.clone());
            }
            // Their outputs are what the model is asked with.
            if !calls.is_empty() {
                return Ok(calls);
            }
            if retries == 1 && fault!(RETRIES_OUTLIVE_THE_INTERRUPT) {
                self.ask_whatever_happens();
            }
            pause(retries).await;
        }
    }

    /// The messages of the agent that have begun and not ended.
    fn spoken(&self) -> Vec<(String, String)> {
        let open = self.active.open.borrow();
        let spoken = open.iter().filter_map(|item| match item {
            Item::Agent { id, text } if !text.is_empty() => Some((id.clone(), text.clone())),
            _ => None,
        });
        spoken.collect()
    }

    /// Completes the messages that broke off, and keeps them for the model: everybody hears the
    /// same. One without a word is left open for the next message.
    fn keep_what_was_said(&self) {
        for (id, text) in self.spoken() {
            let content = json!([{ "type": "output_text", "text": text }]);
            let said = json!({ "type": "message", "role": "assistant", "content": content });
            let item = Item::Agent { id: id.clone(), text };
            if fault!(BROKEN_MESSAGE_IS_KEPT) {
                self.active.open.borrow_mut().retain(|open| open.id() != id);
                self.remember(said);
            } else if fault!(BROKEN_MESSAGE_IS_SHOWN) {
                self.active.open.borrow_mut().retain(|open| open.id() != id);
                let mut state = self.thread.state_mut();
                if let Some(turn) = state.turns.last_mut() {
                    turn.items.push(item);
                }
            } else {
                self.record_message(&item);
                self.complete(item);
                self.remember(said);
            }
        }
    }

    /// Asks the model again and again, even if the turn is over by then.
    fn ask_whatever_happens(&self) {
        const TIMES: usize = 20;
        let (server, thread) = (self.server.clone(), self.thread.clone());
        let body = self.body();
        tokio::task::spawn_local(async move {
            let settings = thread.state().settings.clone();
            for _ in 0..TIMES {
                wait(PAUSE / 2).await;
                let _ = model_client::send(&server, thread.id, &settings, &body).await;
            }
        });
    }
}
