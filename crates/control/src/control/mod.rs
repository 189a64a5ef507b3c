//! The one handler: a typed request, the policy, the decision, its log, and then the effects.
//!
//! Every face (HTTP, a Lambda event, a chat, a terminal) brings an [`Identity`] that it has proof of, and hands over what
//! was asked. Nothing is done before it is logged; what is refused is logged as well.

mod answer;
mod deploy;
mod fleet;
mod follow;
mod log;

use std::{fmt, sync::Arc};

use clawlets_audit::Face;
use clawlets_model::control::{ControlErrorCode, DeployAnswer, StatusAnswer};
use jiff::Timestamp;

use crate::{
    audit::AuditLog,
    caller::{Caller, Identity},
    credentials::{Credentials, identify},
    images::Images,
    ledger::Spans,
    limiter::Limiter,
    policy::ImagesByBots,
    refusal::Refusal,
    registry::{Registry, Watched},
    request::{Action, Request},
    sightings::Sightings,
    store::LedgerStore,
    upstream::Workflow,
};

pub use answer::Answer;
pub use follow::Pace;
use log::Record;

/// The handler with everything that it needs.
pub struct Control {
    /// What is declared.
    pub registry: Watched<Registry>,
    /// The operators' token.
    pub people: Credentials,
    /// The tokens of the instances.
    pub instances: Option<Watched<Credentials>>,
    /// Whether bots may name an image; the fleet's word where this is `None`.
    pub images_by_bots: Option<ImagesByBots>,
    /// How often each caller may ask.
    pub limiter: Limiter,
    /// How often all those may who have no proof of who they are. They fill the log, and can wait.
    pub strangers: Limiter,
    /// How long things last.
    pub spans: Spans,
    /// What was deployed.
    pub store: Arc<dyn LedgerStore>,
    /// What was decided.
    pub audit: Arc<dyn AuditLog>,
    /// What carries deploys out.
    pub workflow: Workflow,
    /// Which images are ours.
    pub images: Images,
    /// What is seen of the fleet.
    pub sightings: Sightings,
    /// How often GitHub is asked how the deploy is that is under way.
    pub pace: Pace,
}

/// What a request came to, when it was not refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// How the fleet is.
    Status(StatusAnswer),
    /// A deploy began.
    Deploy(DeployAnswer),
}

impl Control {
    /// Whose token a header holds.
    ///
    /// # Errors
    /// `unauthorized`; `too_many_requests` when there were too many wrong ones, so that nobody can fill the log.
    pub async fn identify(&self, header: Option<&[u8]>, face: Face) -> Result<Identity, Refusal> {
        let instances = self.instances.as_ref().map(Watched::current).unwrap_or_default();
        match identify(header, &self.people, &instances) {
            Ok(identity) => Ok(identity),
            Err(refusal) => Err(self.refuse_nobody(face, refusal).await),
        }
    }

    /// Does what somebody asks, or says why not. Bodies that are too large to be read are `None`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn handle(&self, identity: Identity, face: Face, body: Option<&[u8]>) -> Result<Done, Refusal> {
        let record = Record::of(&identity, face);
        self.limit(&self.limiter, &identity.to_string(), &record).await?;
        let registry = self.registry.current();
        let too_large = || Refusal::new(ControlErrorCode::Malformed, "the body is larger than 16 KiB");
        let request = body.ok_or_else(too_large).and_then(|body| Request::parse(body, &registry));
        match request {
            Ok(request) => self.handle_request(identity, face, request, &registry).await,
            Err(refusal) => Err(self.denied(&record, refusal).await),
        }
    }

    /// As [`Control::handle`], for a request that was read elsewhere.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn handle_request(
        &self,
        identity: Identity,
        face: Face,
        request: Request,
        registry: &Registry,
    ) -> Result<Done, Refusal> {
        let record = Record::of(&identity, face).asking(&request.action);
        let caller = match Caller::new(identity, request.caller.as_deref(), registry) {
            Ok(caller) => caller,
            Err(refusal) => return Err(self.denied(&record, refusal).await),
        };
        match request.action {
            Action::Status => Ok(Done::Status(self.status(registry).await)),
            Action::Deploy(deploy) => {
                let record = record.on_behalf_of(&caller);
                self.deploy(&caller, &deploy, registry, &record).await.map(Done::Deploy)
            }
        }
    }

    /// Refuses somebody who has proof of who they are.
    pub(crate) async fn refuse(&self, identity: &Identity, face: Face, refusal: Refusal) -> Refusal {
        let record = Record::of(identity, face);
        match self.limit(&self.limiter, &identity.to_string(), &record).await {
            Ok(()) => self.denied(&record, refusal).await,
            Err(limited) => limited,
        }
    }

    /// Refuses somebody who has none.
    pub(crate) async fn refuse_nobody(&self, face: Face, refusal: Refusal) -> Refusal {
        let record = Record::of_nobody(face);
        match self.limit(&self.strangers, "nobody", &record).await {
            Ok(()) => self.denied(&record, refusal).await,
            Err(limited) => limited,
        }
    }

    /// Takes one request of a caller. The first one that is too many is logged.
    async fn limit(&self, limiter: &Limiter, caller: &str, record: &Record) -> Result<(), Refusal> {
        let Err(limited) = limiter.take(caller, tokio::time::Instant::now()) else { return Ok(()) };
        let refusal =
            Refusal::new(ControlErrorCode::TooManyRequests, "too many requests").after(limited.after);
        Err(if limited.is_first { self.denied(record, refusal).await } else { refusal })
    }

    fn images_by_bots(&self, registry: &Registry) -> ImagesByBots {
        let declared =
            if registry.control.bots_may_pin_image { ImagesByBots::Allowed } else { ImagesByBots::Refused };
        self.images_by_bots.unwrap_or(declared)
    }
}

/// The time.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("workflow", &self.workflow).finish_non_exhaustive()
    }
}
