//! A disposable VM as the provider sees it: its name and its labels.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    JobId, LabelKey, LabelValue, Labels, OrchestratorId, PersonaName, Requester,
    label::{self, MAX_LABEL},
};

/// Selects every cattle VM, of whichever orchestrator.
pub const SELECTOR: &str = "managed-by=clawlets,cattle=true";

/// Label keys that are ours: they win over configured ones.
pub mod keys {
    /// Who looks after the server.
    pub const MANAGED_BY: &str = "managed-by";
    /// That it is disposable.
    pub const CATTLE: &str = "cattle";
    /// Which orchestrator owns it.
    pub const ORCHESTRATOR: &str = "orchestrator";
    /// The persona that it plays.
    pub const PERSONA: &str = "persona";
    /// The task's own name, as a label value.
    pub const TASK_ID: &str = "task-id";
    /// The job that it was made for.
    pub const JOB_ID: &str = "job-id";
    /// Which VM of that job it is, from 1.
    pub const ATTEMPT: &str = "attempt";
    /// On whose behalf.
    pub const REQUESTER: &str = "requester";
    /// When it was asked for, in unix seconds.
    pub const CREATED_AT: &str = "created-at";
    /// When it must be gone, in unix seconds.
    pub const EXPIRES_AT: &str = "expires-at";
}

/// What the labels of a cattle VM say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Which orchestrator owns it.
    pub orchestrator: OrchestratorId,
    /// The persona that it plays.
    pub persona: PersonaName,
    /// The task's own name.
    pub task_id: String,
    /// The job that it was made for.
    pub job: JobId,
    /// Which VM of that job it is, from 1.
    pub attempt: u32,
    /// On whose behalf.
    pub requester: Requester,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it must be gone.
    pub expires_at: Timestamp,
}

impl Brand {
    /// The labels for the create call. `configured` ones are kept where they do not collide.
    #[must_use]
    pub fn labels(&self, configured: &Labels) -> Labels {
        let mut labels = configured.clone();
        let seconds = |t: Timestamp| LabelValue::from_number(u64::try_from(t.as_second()).unwrap_or(0));
        let ours = [
            (keys::MANAGED_BY, LabelValue::from_free_text("clawlets")),
            (keys::CATTLE, LabelValue::from_free_text("true")),
            (keys::ORCHESTRATOR, LabelValue::from_free_text(self.orchestrator.as_str())),
            (keys::PERSONA, LabelValue::from_free_text(self.persona.as_str())),
            (keys::TASK_ID, LabelValue::from_free_text(&self.task_id)),
            (keys::JOB_ID, LabelValue::from_free_text(&self.job.to_string())),
            (keys::ATTEMPT, LabelValue::from_number(self.attempt.into())),
            (keys::REQUESTER, LabelValue::from_free_text(self.requester.as_str())),
            (keys::CREATED_AT, seconds(self.created_at)),
            (keys::EXPIRES_AT, seconds(self.expires_at)),
        ];
        for (key, value) in ours {
            labels.insert(key_of(key), value);
        }
        labels
    }

    /// The server's name: `cattle-<persona>-<12 hex of the job id's SHA-256>-<attempt>`, at most 63 characters.
    #[must_use]
    pub fn server_name(&self) -> String {
        server_name(&self.persona, self.job, self.attempt)
    }
}

/// See [`Brand::server_name`].
#[must_use]
pub fn server_name(persona: &PersonaName, job: JobId, attempt: u32) -> String {
    let digest = hex::encode(Sha256::digest(job.to_string()));
    let tail = format!("-{}-{attempt}", &digest[..12]);
    let room = MAX_LABEL - "cattle-".len() - tail.len();
    let slug = label::slug(persona.as_str(), room).unwrap_or_else(|| "x".to_owned());
    format!("cattle-{slug}{tail}")
}

/// The value of one of our labels.
#[must_use]
pub fn label<'a>(labels: &'a Labels, key: &str) -> Option<&'a str> {
    labels.get(&key_of(key)).map(LabelValue::as_str)
}

/// When a server must be gone by its labels; `None` when the label is missing or malformed, which counts as expired.
#[must_use]
pub fn expires_at(labels: &Labels) -> Option<Timestamp> {
    seconds(label(labels, keys::EXPIRES_AT)?)
}

/// When a server was asked for by its labels.
#[must_use]
pub fn created_at(labels: &Labels) -> Option<Timestamp> {
    seconds(label(labels, keys::CREATED_AT)?)
}

fn seconds(text: &str) -> Option<Timestamp> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok().and_then(|s| Timestamp::from_second(s).ok()))?
}

fn key_of(text: &str) -> LabelKey {
    LabelKey::parse(text).expect("the fixed label keys are valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brand(persona: &str) -> Brand {
        Brand {
            orchestrator: OrchestratorId::parse("web-1").unwrap(),
            persona: PersonaName::parse(persona).unwrap(),
            task_id: "fix: the größte bug!".to_owned(),
            job: JobId::from_parts(1, 2),
            attempt: 3,
            requester: Requester::operator(),
            created_at: Timestamp::from_second(1_000).unwrap(),
            expires_at: Timestamp::from_second(1_600).unwrap(),
        }
    }

    #[test]
    fn a_name_fits_and_says_whose_it_is() {
        let name = brand(&format!("a{}", "_b".repeat(19))).server_name();
        assert!(name.len() <= 63 && name.starts_with("cattle-a-b-") && name.ends_with("-3"), "{name}");
    }

    #[test]
    fn our_labels_win_and_read_back() {
        let configured = Labels::from([
            (key_of("managed-by"), LabelValue::from_free_text("somebody")),
            (key_of("team"), LabelValue::from_free_text("blue")),
        ]);
        let labels = brand("rex").labels(&configured);
        assert_eq!(label(&labels, keys::MANAGED_BY), Some("clawlets"));
        assert_eq!(label(&labels, "team"), Some("blue"));
        assert_eq!(label(&labels, keys::TASK_ID), Some("fix-the-gr-te-bug"));
        assert_eq!(expires_at(&labels), Timestamp::from_second(1_600).ok());
    }

    #[test]
    fn a_malformed_expiry_is_no_expiry() {
        for bad in ["", "soon", "5.0", "1e9", "99999999999999999999"] {
            let labels = Labels::from([(key_of("expires-at"), LabelValue::from_free_text(bad))]);
            assert_eq!(expires_at(&labels), None, "{bad}");
        }
    }
}
