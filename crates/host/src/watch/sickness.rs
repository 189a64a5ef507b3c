//! What one look at a bot means.

use clawlets_model::host_status::Health;

use super::{BotLook, Policy, Unit};
use crate::health::{Account, Complaint};

/// A bot as one look shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Diagnosis {
    pub(super) health: Health,
    /// In sentences.
    pub(super) findings: Vec<String>,
    /// For how long it is waited before it is started anew; none where that is no cure.
    pub(super) patience: Option<u64>,
}

impl Diagnosis {
    fn calm(health: Health, findings: Vec<String>) -> Self {
        Self { health, findings, patience: None }
    }

    fn sick(patience: u64, finding: &str) -> Self {
        Self { health: Health::Unhealthy, findings: vec![finding.to_owned()], patience: Some(patience) }
    }
}

/// What a look at `now`, in seconds since boot, means.
pub(super) fn diagnose(look: &BotLook, now: u64, policy: &Policy) -> Diagnosis {
    let because = |finding: &str| vec![finding.to_owned()];
    match look.unit {
        Unit::Changing => Diagnosis::calm(Health::Starting, Vec::new()),
        Unit::Stopped => Diagnosis::calm(Health::Stopped, because("its service is stopped")),
        Unit::Missing => Diagnosis::calm(Health::Unhealthy, because("it has no service")),
        Unit::Unknown => Diagnosis::calm(Health::Unknown, because("systemd does not say how its service is")),
        Unit::ConfigRefused => Diagnosis::calm(
            Health::Unhealthy,
            because("its gateway refuses its configuration (exit 78), which only a person can mend"),
        ),
        Unit::Failed => Diagnosis::sick(policy.patience, "its service failed"),
        Unit::Active { since } => {
            let is_new = now.saturating_sub(since) < policy.starting;
            match &look.account {
                Account::Starting | Account::Silent if is_new => {
                    Diagnosis::calm(Health::Starting, Vec::new())
                }
                Account::Starting => Diagnosis::sick(policy.patience, "its gateway does not come up"),
                Account::Silent => Diagnosis::sick(policy.patience, "its gateway does not answer"),
                Account::Answers { complaints, .. } => of_complaints(complaints, is_new, policy),
            }
        }
    }
}

fn of_complaints(complaints: &[Complaint], is_new: bool, policy: &Policy) -> Diagnosis {
    let is_curable = |complaint: &Complaint| match complaint {
        Complaint::CutOff(_) => true,
        Complaint::Refused(_) | Complaint::Plugin(_) => false,
    };
    let findings = complaints.iter().map(sentence).collect();
    let patience = complaints.iter().any(is_curable).then_some(policy.cut_off_patience);
    let is_coming_up = is_new && complaints.iter().all(is_curable);
    match (complaints.is_empty(), is_coming_up) {
        (true, _) => Diagnosis::calm(Health::Healthy, findings),
        // Its chats connect one after the other.
        (false, true) => Diagnosis::calm(Health::Starting, findings),
        (false, false) => Diagnosis { health: Health::Unhealthy, findings, patience },
    }
}

fn sentence(complaint: &Complaint) -> String {
    match complaint {
        Complaint::CutOff(chat) => format!("its chat {chat} is cut off"),
        Complaint::Refused(chat) => format!("its chat {chat} refuses it, which only a person can mend"),
        Complaint::Plugin(name) => format!("its plugin {name} does not load, which only a person can mend"),
    }
}
