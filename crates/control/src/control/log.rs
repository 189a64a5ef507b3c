//! What is written of a decision.

use clawlets_audit::{Decision, Entry, Face, Head, Kind};
use clawlets_model::control::ControlErrorCode;

use super::{Control, now};
use crate::{
    audit::NotLogged,
    caller::{Caller, Identity},
    refusal::Refusal,
    request::{Action, Deploy},
};

/// Who asked for what, as far as it is known.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    actor: String,
    caller: Option<String>,
    face: Face,
    action: &'static str,
    target: Option<String>,
    image: Option<String>,
}

impl Record {
    pub(crate) fn of(identity: &Identity, face: Face) -> Self {
        Self::by(identity.to_string(), face)
    }

    pub(crate) fn of_nobody(face: Face) -> Self {
        Self::by("nobody".to_owned(), face)
    }

    fn by(actor: String, face: Face) -> Self {
        Self { actor, caller: None, face, action: "unknown", target: None, image: None }
    }

    pub(super) fn asking(self, action: &Action) -> Self {
        match action {
            Action::Status => Self { action: "status", ..self },
            Action::Deploy(Deploy { target, image, .. }) => Self {
                action: "deploy",
                target: Some(target.as_str().to_owned()),
                image: image.as_ref().map(ToString::to_string),
                ..self
            },
        }
    }

    pub(super) fn on_behalf_of(self, caller: &Caller) -> Self {
        let named =
            matches!(caller.identity(), Identity::Human | Identity::Discord(_) | Identity::Telegram(_));
        let caller = caller.bot().filter(|_| named).map(ToString::to_string);
        Self { caller, ..self }
    }

    fn entry(
        &self,
        kind: Kind,
        decision: Decision,
        code: Option<ControlErrorCode>,
        deploy: Option<&str>,
    ) -> Entry {
        Entry {
            at: now(),
            kind,
            actor: self.actor.clone(),
            caller: self.caller.clone(),
            face: self.face,
            action: self.action.to_owned(),
            target: self.target.clone(),
            image: self.image.clone(),
            decision,
            code: code.map(|code| code.as_str().to_owned()),
            deploy: deploy.map(str::to_owned),
        }
    }
}

impl Control {
    /// Logs a refusal. Where the log takes nothing, that is what the caller is told.
    pub(crate) async fn denied(&self, record: &Record, refusal: Refusal) -> Refusal {
        let entry = record.entry(Kind::Decision, Decision::Deny, Some(refusal.code()), None);
        match self.append(entry).await {
            Ok(_) => refusal,
            Err(closed) => closed,
        }
    }

    /// Logs that something is allowed, before it is done.
    pub(super) async fn allowed(
        &self,
        record: &Record,
        decision: Decision,
        deploy: &str,
    ) -> Result<Head, Refusal> {
        self.append(record.entry(Kind::Decision, decision, None, Some(deploy))).await
    }

    /// Logs what came of something that was allowed. It is done by now, so nothing is taken back where that fails.
    pub(super) async fn came_of_it(&self, record: &Record, deploy: &str, code: Option<ControlErrorCode>) {
        let decision = if code.is_some() { Decision::Failed } else { Decision::Done };
        let _ = self.append(record.entry(Kind::Outcome, decision, code, Some(deploy))).await;
    }

    async fn append(&self, entry: Entry) -> Result<Head, Refusal> {
        // A state that cannot be read keeps nobody from being refused.
        let published = self.store.load().await.ok();
        let published = published.and_then(|read| read.ledger.published().map(str::to_owned));
        self.audit.append(entry, published).await.map_err(|error| {
            match &error {
                NotLogged::Closed(_) => {}
                NotLogged::Table(_) | NotLogged::Broken(_) | NotLogged::Contended | NotLogged::Ended => {
                    tracing::error!(%error, "the audit log takes no entry: nothing is deployed");
                }
            }
            Refusal::new(ControlErrorCode::AuditClosed, "the audit log takes no entry, so nothing is done")
        })
    }
}
