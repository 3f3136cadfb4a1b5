//! The body of an answer: frame by frame, each flushed before the next.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame as BodyFrame;
use thiserror::Error;

use crate::flush::Flushes;
use crate::frame::Frame;
use crate::gates::Gates;
use crate::requests::{Delivery, Request};
use crate::state::State;
use crate::whole::Whole;

/// The body type of all answers.
pub(crate) type Body = UnsyncBoxBody<Bytes, Cut>;

/// The script breaks the connection here.
#[derive(Debug, Error)]
#[error("cut by the script")]
pub(crate) struct Cut;

/// A body in one piece, whose delivery is not tracked.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// Records how the delivery of an answer ended; if it is dropped early, the client did not wait for
/// the answer.
#[derive(Debug)]
pub(crate) struct Tracker {
    state: Arc<State>,
    request: Request,
}

impl Tracker {
    pub(crate) fn new(state: Arc<State>, request: Request) -> Self {
        Self { state, request }
    }

    pub(crate) fn gates(&self) -> &Gates {
        &self.state.gates
    }

    pub(crate) fn whole(&self) -> &Whole {
        &self.state.whole
    }

    pub(crate) fn ended(&self, delivery: Delivery) {
        self.request.set_delivery(delivery);
        self.state.pulse.beat();
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        if self.request.delivery() == Delivery::Pending {
            self.ended(Delivery::Abandoned);
        }
    }
}

/// A body in one piece with a length in its head: hyper does not poll for its end.
pub(crate) fn sized(bytes: Bytes, tracker: Tracker) -> Body {
    if bytes.is_empty() {
        tracker.ended(Delivery::Complete);
    }
    let handed_over = move |frame| {
        tracker.ended(Delivery::Complete);
        frame
    };
    full(bytes).map_frame(handed_over).boxed_unsync()
}

/// The frames as a body; `flushes` are those of its connection.
pub(crate) fn body(frames: Vec<Frame>, flushes: Flushes, tracker: Tracker) -> Body {
    StreamBody::new(chunks(frames, flushes, tracker)).boxed_unsync()
}

fn chunks(
    frames: Vec<Frame>,
    flushes: Flushes,
    tracker: Tracker,
) -> impl Stream<Item = Result<BodyFrame<Bytes>, Cut>> {
    // The head is already being sent: the first frame waits for it as each frame does for the one
    // before.
    let on_its_way = flushes.count();
    stream::unfold(
        (frames.into_iter(), on_its_way, flushes, tracker),
        |(mut frames, on_its_way, flushes, tracker)| async move {
            flushes.after(on_its_way).await;
            loop {
                match frames.next() {
                    Some(Frame::Send(bytes)) => {
                        let item = Ok(BodyFrame::data(bytes));
                        let on_its_way = flushes.count();
                        return Some((item, (frames, on_its_way, flushes, tracker)));
                    }
                    Some(Frame::Hold(gate)) => tracker.gates().pass(&gate).await,
                    Some(Frame::Cut) => {
                        tracker.ended(Delivery::Cut);
                        return Some((Err(Cut), (frames, on_its_way, flushes, tracker)));
                    }
                    None => {
                        tracker.ended(Delivery::Complete);
                        return None;
                    }
                }
            }
        },
    )
}
