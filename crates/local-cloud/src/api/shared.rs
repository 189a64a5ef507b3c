//! What every request can reach.

use std::sync::Arc;

use super::allowance::Allowance;
use crate::{cloud::Cloud, fault::FaultBook};

/// The cloud behind the API, and what stands between.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) faults: Arc<FaultBook>,
    pub(super) allowance: Arc<Allowance>,
}

impl Shared {
    /// `requests` may come in a burst; one more becomes possible every second.
    pub(crate) fn new(cloud: Arc<Cloud>, requests: u32) -> Self {
        Self { cloud, faults: Arc::default(), allowance: Arc::new(Allowance::new(requests)) }
    }
}
