//! The steps of day zero, in order.

use super::question::Question;

/// One step. Whether it is done follows from checks of the doctor, and so from the state of the project.
pub(super) struct Step {
    /// Its stable name.
    pub(super) id: &'static str,
    /// What it does.
    pub(super) title: &'static str,
    /// Why it is there.
    pub(super) why: &'static str,
    /// The checks that pass when it is done. The first that does not pass says which command mends it.
    pub(super) checks: &'static [&'static str],
    /// The command, where it is not the one that the check names.
    pub(super) command: Option<&'static str>,
    /// What only a person knows.
    pub(super) question: Option<Question>,
}

/// The step before there is a project.
pub(super) const REPOSITORY: Step = Step {
    id: "repository",
    title: "Write the repository",
    why: "One repository declares the whole fleet.",
    checks: &[],
    command: Some("clawlets project init --dir DIR"),
    question: Some(Question::Folder),
};

/// The last step: what the others do not look at, such as the flake. It is done anew each time.
pub(super) const CHECK: Step = Step {
    id: "check",
    title: "Check everything",
    why: "A mistake costs less before there is a server.",
    checks: &[],
    command: Some("clawlets doctor --scope repo --scope bootstrap"),
    question: None,
};

/// What is between them.
pub(super) const STEPS: &[Step] = &[
    Step {
        id: "declaration",
        title: "Mend the declaration",
        why: "What a fleet needs cannot be told from a declaration that is not valid.",
        checks: &["repo.config"],
        command: None,
        question: None,
    },
    Step {
        id: "migration",
        title: "Bring the declaration to the current version",
        why: "Files of earlier versions are read, but not edited.",
        checks: &["repo.config-version"],
        command: None,
        question: None,
    },
    Step {
        id: "hooks",
        title: "Switch the hooks on",
        why: "They keep plaintext secrets out of commits and pushes.",
        checks: &["repo.hooks"],
        command: None,
        question: None,
    },
    Step {
        id: "host",
        title: "Enable a host",
        why: "A host that is not enabled is no part of the fleet.",
        checks: &["bootstrap.hosts"],
        command: None,
        question: None,
    },
    Step {
        id: "ssh-key",
        title: "Name your SSH public key",
        why: "It is installed on the host; without one nobody could log in.",
        checks: &["bootstrap.ssh-key"],
        command: None,
        question: Some(Question::PublicKey),
    },
    Step {
        id: "network",
        title: "Name the network that you administer from",
        why: "While a host is set up it takes SSH from there, and from nowhere else.",
        checks: &["bootstrap.admin-cidr"],
        command: None,
        question: Some(Question::Network),
    },
    Step {
        id: "bot",
        title: "Declare a bot",
        why: "A host without a bot has nothing to run.",
        checks: &["bootstrap.bots"],
        command: None,
        question: Some(Question::Bot),
    },
    Step {
        id: "wiring",
        title: "Say which secret is which variable",
        why: "A bot is given the secrets that its declaration names, and no others.",
        checks: &["bootstrap.gateway-secrets"],
        command: None,
        question: None,
    },
    Step {
        id: "token",
        title: "Set the token of the provider",
        why: "Servers are made with it. It stays on this machine, in .clawlets/env.",
        checks: &["bootstrap.provider-token"],
        command: None,
        question: None,
    },
    Step {
        id: "key",
        title: "Have a key to the secrets",
        why: "Secrets are encrypted to their operators. Your key stays on this machine.",
        checks: &["bootstrap.secrets-key"],
        command: None,
        question: None,
    },
    Step {
        id: "secrets",
        title: "Make the secrets and the keys of the hosts",
        why: "A host decrypts its secrets at its first boot, with a key that is made before it exists.",
        checks: &[
            "bootstrap.secrets-host-keys",
            "bootstrap.secrets-missing",
            "bootstrap.secrets-placeholders",
        ],
        command: Some("clawlets secrets init"),
        question: None,
    },
    Step {
        id: "tools",
        title: "Install the tools",
        why: "They bring a host to life.",
        checks: &["bootstrap.tools"],
        command: None,
        question: None,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own_and_looks_at_checks_that_exist() {
        let mut seen = BTreeSet::new();
        for step in [&REPOSITORY, &CHECK].into_iter().chain(STEPS) {
            assert!(seen.insert(step.id), "{} stands twice", step.id);
            for id in step.checks {
                assert!(clawlets_doctor::CHECKS.iter().any(|check| check.id == *id), "{id}");
            }
        }
    }
}
