//! What the faults decided about one request.

use std::time::Duration;

use super::rule::Fault;
use crate::cloud::{ActionError, Fate};

/// What happens to a request, on top of what would happen anyway.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// It is handled this much later.
    pub(crate) latency: Duration,
    /// It is not handled, but answered with this.
    pub(crate) fabricated: Option<Fabricated>,
    /// Whether it arrives and its answer does.
    pub(crate) transport: Transport,
    /// Its answer is sent this much later.
    pub(crate) answer_delay: Duration,
    /// What becomes of the actions that it starts.
    pub(crate) fate: Fate,
    /// How old the servers are that a list shows.
    pub(crate) list_lag: Duration,
}

/// Whether a request and its answer get through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Both do.
    #[default]
    Whole,
    /// The request does not arrive.
    LosesRequest,
    /// The answer does not arrive.
    LosesAnswer,
}

/// An answer that nothing but a fault explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fabricated {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) reset_seconds: Option<u64>,
}

impl Verdict {
    /// Adds what one more fault does.
    pub(super) fn add(&mut self, fault: &Fault) {
        match fault {
            Fault::Latency { ms } => self.latency += Duration::from_millis(*ms),
            Fault::Error { status, code, reset_seconds } => {
                self.fabricated =
                    Some(Fabricated { status: *status, code: code.clone(), reset_seconds: *reset_seconds });
            }
            Fault::LostRequest => self.transport = Transport::LosesRequest,
            Fault::LostAnswer => self.transport = Transport::LosesAnswer,
            Fault::LateAnswer { ms } => self.answer_delay += Duration::from_millis(*ms),
            Fault::ActionError { code, message } => {
                self.fate.error = Some(ActionError { code: code.clone(), message: message.clone() });
            }
            Fault::SlowAction { ms } => {
                let delay = self.fate.delay.unwrap_or_default() + Duration::from_millis(*ms);
                self.fate.delay = Some(delay);
            }
            Fault::ListLag { ms } => self.list_lag = self.list_lag.max(Duration::from_millis(*ms)),
            // The clock is set when the rules are.
            Fault::ClockSkew { .. } => {}
        }
    }
}
