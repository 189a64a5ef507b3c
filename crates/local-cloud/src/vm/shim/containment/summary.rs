//! How guests are contained here, for whoever asks.

use serde::{Deserialize, Serialize};

use super::{ContainmentSettings, group::GroupRoom, own_user::may_become};

/// How the guests of one local cloud are contained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainmentSummary {
    /// What separates QEMU from the machine's other processes and files.
    pub by: ContainedBy,
    /// What bounds the memory, processes and processor time that QEMU may take.
    pub limits: LimitedBy,
    /// Why there are no control groups, when there are none.
    pub reason: Option<String>,
}

/// What separates QEMU from the machine's other processes and files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainedBy {
    /// A user of its own for each guest, and a root folder with nothing in it but what QEMU needs.
    OwnUser,
    /// Bubblewrap.
    Bubblewrap,
}

/// What bounds what QEMU may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitedBy {
    /// A control group for each guest, and resource limits.
    ControlGroups,
    /// Resource limits alone, which hold for each process by itself and not for processor time.
    ResourceLimits,
}

impl ContainedBy {
    /// The word for it in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OwnUser => "own-user",
            Self::Bubblewrap => "bubblewrap",
        }
    }
}

impl LimitedBy {
    /// The word for it in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ControlGroups => "control-groups",
            Self::ResourceLimits => "resource-limits",
        }
    }
}

/// Finds out how guests can be contained, and claims the room for their control groups if there is one.
pub(crate) fn take_stock(settings: &ContainmentSettings) -> (ContainmentSummary, Option<GroupRoom>) {
    let by = if may_become(settings.users) { ContainedBy::OwnUser } else { ContainedBy::Bubblewrap };
    match GroupRoom::claim() {
        Ok(room) => (ContainmentSummary { by, limits: LimitedBy::ControlGroups, reason: None }, Some(room)),
        Err(reason) => {
            (ContainmentSummary { by, limits: LimitedBy::ResourceLimits, reason: Some(reason) }, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_files_and_answers_are_the_same() {
        for by in [ContainedBy::OwnUser, ContainedBy::Bubblewrap] {
            assert_eq!(serde_json::to_value(by).unwrap(), by.as_str());
        }
        for limits in [LimitedBy::ControlGroups, LimitedBy::ResourceLimits] {
            assert_eq!(serde_json::to_value(limits).unwrap(), limits.as_str());
        }
    }
}
