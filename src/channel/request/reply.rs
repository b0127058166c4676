use std::fmt;

use tokio::sync::oneshot;

use super::server::Answer;

/// Where the response to a request goes. Dropped, it tells the caller that there is
/// none.
#[must_use = "dropping a reply tells the caller that there is no response"]
pub struct Reply<Req, Resp> {
    caller: oneshot::Sender<Answer<Req, Resp>>,
}

impl<Req, Resp> Reply<Req, Resp> {
    pub(super) fn new(caller: oneshot::Sender<Answer<Req, Resp>>) -> Self {
        Self { caller }
    }

    /// Sends the response.
    ///
    /// # Errors
    ///
    /// The response, if the caller is gone.
    pub fn send(self, response: Resp) -> Result<(), Resp> {
        match self.caller.send(Answer::Response(response)) {
            Ok(()) => Ok(()),
            Err(Answer::Response(response)) => Err(response),
            Err(Answer::Unseen(_)) => unreachable!("a response was sent"),
        }
    }

    /// Whether the caller is gone: cancelled, or out of time.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    /// Ends when the caller is gone, so that the work can be given up.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::{future::pending, time::Duration};
    /// use surefoot::channel::request;
    /// use surefoot::spawn::spawn;
    ///
    /// let (client, mut server) = request::channel::<(), ()>(1);
    /// let serving = spawn(async move {
    ///     let ((), mut reply) = server.next().await.unwrap();
    ///     tokio::select! {
    ///         biased;
    ///         () = reply.abandoned() => "nobody waits for it",
    ///         () = pending() => "done",
    ///     }
    /// });
    /// assert!(client.call_within(Duration::from_secs(1), ()).await.is_err());
    /// assert_eq!(serving.await, Ok("nobody waits for it"));
    /// # }
    /// ```
    pub async fn abandoned(&mut self) {
        self.caller.closed().await;
    }
}

impl<Req, Resp> fmt::Debug for Reply<Req, Resp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("is_abandoned", &self.is_abandoned()).finish()
    }
}
