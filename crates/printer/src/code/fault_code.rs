//! What a code is, and the list of all.

use clawlets_model::ExitCode;

use super::{
    cattle, control, fleet, github, instance, jobs, local, memory, orchestrator, program, project, release,
    rollout, secrets, seed, update,
};

/// Every area, in the order of the reference.
const AREAS: &[&[FaultCode]] = &[
    program::CODES,
    jobs::CODES,
    cattle::CODES,
    local::CODES,
    orchestrator::CODES,
    project::CODES,
    fleet::CODES,
    secrets::CODES,
    release::CODES,
    update::CODES,
    rollout::CODES,
    instance::CODES,
    control::CODES,
    memory::CODES,
    github::CODES,
    seed::CODES,
];

/// One row of an area's table.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) text: &'static str,
    pub(super) exit: ExitCode,
    pub(super) meaning: &'static str,
    pub(super) remedy: &'static str,
}

/// The stable code of a fault. Scripts may match on its text; it never changes.
///
/// The values that exist are the constants of this type; nobody else can make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FaultCode(pub(super) &'static Entry);

impl FaultCode {
    /// Every code, in the order of the reference.
    pub fn all() -> impl Iterator<Item = Self> {
        AREAS.iter().copied().flatten().copied()
    }

    /// The code as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0.text
    }

    /// How a program ends that meets it.
    #[must_use]
    pub const fn exit(self) -> ExitCode {
        self.0.exit
    }

    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.0.meaning
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        self.0.remedy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_explained() {
        let mut seen = std::collections::BTreeSet::new();
        for code in FaultCode::all() {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert!(code.meaning().ends_with('.') && code.remedy().ends_with('.'), "{}", code.as_str());
        }
    }
}
