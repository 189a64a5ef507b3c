//! The connection that is kept between two calls.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use http_body_util::Full;
use hyper::{body::Bytes, client::conn::http1};

/// The sending end of a connection.
pub(crate) type Sender = http1::SendRequest<Full<Bytes>>;

/// A place for one connection that nobody uses. Clones of a client share it.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Option<Sender>>>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

impl Kept {
    /// Takes the connection, if there is one that is not known to be closed.
    pub(crate) fn take(&self) -> Option<Sender> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().filter(|sender| !sender.is_closed())
    }

    /// A connection in use, which comes back here.
    pub(crate) fn lend(&self, sender: Sender) -> Loan {
        Loan { sender, kept: self.clone() }
    }
}

/// A connection whose answer is being read. Dropped before the answer's end, the connection is closed.
pub(crate) struct Loan {
    sender: Sender,
    kept: Kept,
}

impl Loan {
    /// The answer was read to its end: the next call may have the connection.
    pub(crate) fn give_back(self) {
        *self.kept.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.sender);
    }
}
