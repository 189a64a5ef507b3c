//! Sends a request until it succeeds, fails for good, or the deadline comes.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::Hetzner;
use crate::{
    CloudError,
    deadline::Deadline,
    reply::Reply,
    request::Request,
    retry::{self, Next, Repeat},
};

/// How an answer is read.
type Read<T> = fn(&Reply) -> Result<T, String>;

impl Hetzner {
    /// The deadline of a call that begins now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.patience)
    }

    /// Sends a request and reads its JSON.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        request: &Request,
        repeat: Repeat,
    ) -> Result<T, CloudError> {
        self.call_until(request, repeat, self.deadline()).await
    }

    /// Sends a request whose answer has nothing of interest, or no body at all.
    pub(super) async fn call_for_nothing(&self, request: &Request, repeat: Repeat) -> Result<(), CloudError> {
        self.repeat(request, repeat, self.deadline(), Reply::nothing).await
    }

    /// As [`Hetzner::call`], by a deadline that several requests share.
    pub(super) async fn call_until<T: DeserializeOwned>(
        &self,
        request: &Request,
        repeat: Repeat,
        deadline: Deadline,
    ) -> Result<T, CloudError> {
        self.repeat(request, repeat, deadline, Reply::json).await
    }

    async fn repeat<T>(
        &self,
        request: &Request,
        repeat: Repeat,
        deadline: Deadline,
        read: Read<T>,
    ) -> Result<T, CloudError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.once(request, deadline, read).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            match self.next(repeat, &error, tries, deadline) {
                Next::Retry { after } => pause(request, &error, tries, after).await,
                Next::GiveUp | Next::LookUp { .. } => {
                    let unsettled = repeat != Repeat::Harmless && error.leaves_doubt();
                    return Err(if unsettled { error.unsettled(&request.tried) } else { error });
                }
            }
        }
    }

    /// Sends a request a single time.
    pub(super) async fn once<T>(
        &self,
        request: &Request,
        deadline: Deadline,
        read: Read<T>,
    ) -> Result<T, CloudError> {
        let reply = self.http.send(request, deadline.left()).await?;
        read(&reply).map_err(|why| CloudError::Malformed { tried: request.tried.clone(), why })
    }

    /// What to do after a failed try.
    pub(super) fn next(&self, repeat: Repeat, error: &CloudError, tries: u32, deadline: Deadline) -> Next {
        retry::decide(repeat, error, tries, Timestamp::now(), deadline.left(), self.jitter.fraction())
    }
}

/// Waits before another try, and says so.
pub(super) async fn pause(request: &Request, error: &CloudError, tries: u32, after: Duration) {
    tracing::warn!(tried = %request.tried, %error, tries, ?after, "the cloud did not answer well, trying again");
    tokio::time::sleep(after).await;
}
