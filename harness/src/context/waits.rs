//! Waits for the model service, with the time limit of the connection.

use std::future::Future;
use std::time::Duration;

use mock_model::{Delivery, Request, WaitError};

use crate::context::Context;
use crate::failure::{Failure, Kind, OrInconclusive, Result};
use crate::profile::MODEL;

impl Context {
    /// Waits until the model's answer has reached the gate of this name.
    ///
    /// # Errors
    ///
    /// If the subject does not request that answer in time.
    pub async fn reached(&self, gate: &str) -> Result {
        let awaited = format!("the subject to ask the model, and read its answer up to {gate:?}");
        self.model_within(&awaited, self.model.reached(gate)).await
    }

    /// Waits until the subject has sent this many requests for an answer to the model, and returns
    /// the last one.
    ///
    /// # Errors
    ///
    /// If the requests do not come in time.
    pub async fn asked(&self, number: usize) -> Result<Request> {
        let awaited = format!("request {number} to the model");
        self.model_within(&awaited, self.model.request(number)).await
    }

    /// Waits until the model's answer to this request has been delivered or cut, or the subject has
    /// given it up.
    ///
    /// # Errors
    ///
    /// If that does not happen in time.
    pub async fn delivered(&self, number: usize) -> Result<Delivery> {
        let awaited = format!("the end of the model's answer to request {number}");
        self.model_within(&awaited, self.model.delivered(number)).await
    }

    async fn model_within<T>(
        &self,
        awaited: &str,
        wait: impl Future<Output = std::result::Result<T, WaitError>>,
    ) -> Result<T> {
        self.needs(MODEL)?;
        let within = self.peer.settings().wait;
        match tokio::time::timeout(within, wait).await {
            Ok(came) => came.or_inconclusive(awaited),
            Err(_) => Err(self.unasked(awaited, within)),
        }
    }

    /// The failure of a wait for the model, with further evidence about the subject.
    fn unasked(&self, awaited: &str, within: Duration) -> Failure {
        let observed = match self.model.requests().len() {
            0 => "the subject never asked the model".to_owned(),
            1 => "not in that time; the subject asked the model once".to_owned(),
            asked => format!("not in that time; the subject asked the model {asked} times"),
        };
        let (what, expected) = (format!("waiting for {awaited}"), format!("it within {within:?}"));
        let failure = Failure::new(Kind::Timeout, what, expected, observed);
        self.peer.evidence(failure, self.peer.mark())
    }
}
