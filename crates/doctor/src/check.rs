//! The table of everything that is looked at.

use serde::Serialize;

use crate::{
    checks::{
        bootstrap, cattle, config, control, flake, gateways, hooks, hygiene, layout, secrets, ssh, tools,
        updates,
    },
    scope::Scope,
    subject::Subject,
    verdict::Finding,
};

/// How bad it is when a check does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does not work like this, or is dangerous.
    Error,
    /// It works, but somebody should look at it.
    Warning,
}

/// One thing that is looked at.
pub struct Check {
    /// Its name, which never changes.
    pub id: &'static str,
    /// What it matters for.
    pub scope: Scope,
    /// How bad it is when it does not pass.
    pub severity: Severity,
    /// What is as it should be when it passes.
    pub meaning: &'static str,
    /// The scope whose checks tell the same: it is left out where that one is examined too.
    pub(crate) unless: Option<Scope>,
    pub(crate) look: fn(&Subject<'_>) -> Vec<Finding>,
}

macro_rules! checks {
    ($($id:literal, $scope:ident $(unless $unless:ident)?, $severity:ident, $look:path, $meaning:literal;)+) => {
        /// Every check, in the order in which it is reported.
        pub const CHECKS: &[Check] = &[$(Check {
            id: $id, scope: Scope::$scope, severity: Severity::$severity, meaning: $meaning,
            unless: checks!(@ $($unless)?), look: $look,
        }),+];
    };
    (@ $unless:ident) => { Some(Scope::$unless) };
    (@) => { None };
}

checks! {
    "repo.config", Repo, Error, config::is_valid, "fleet/clawlets.json is valid";
    "repo.config-doubts", Repo, Warning, config::has_no_doubts, "fleet/clawlets.json has nothing that is probably a mistake";
    "repo.config-version", Repo, Warning, config::is_current, "fleet/clawlets.json has the current name and schema version";
    "repo.config-schema", Repo, Warning, config::has_its_schema, "the JSON Schema beside fleet/clawlets.json is that of this program";
    "repo.layout", Repo, Warning, layout::is_whole, "the files that a project begins with are there";
    "repo.ignored", Repo, Error, layout::ignores_runtime, "git ignores .clawlets";
    "repo.runtime-mode", Repo, Error, layout::runtime_is_private, ".clawlets and what is in it is readable by nobody else";
    "repo.env-file", Repo, Error, layout::settings_are_usable, ".clawlets/env can be used";
    "repo.hygiene", Repo, Error, hygiene::tracked_is_clean, "no tracked file holds a plaintext secret, a private key or runtime state";
    "repo.hooks", Repo, Warning, hooks::are_on, "git runs the hooks that look for plaintext secrets";
    "repo.flake-syntax", Repo, Error, flake::parses, "flake.nix parses";
    "bootstrap.config", Bootstrap unless Repo, Error, config::is_valid, "fleet/clawlets.json is valid";
    "bootstrap.hosts", Bootstrap, Warning, bootstrap::has_a_host, "a host is enabled";
    "bootstrap.bots", Bootstrap, Warning, bootstrap::has_a_bot, "a bot is declared";
    "bootstrap.gateways", Bootstrap, Error, gateways::would_start, "the gateway of each bot would start";
    "bootstrap.gateway-secrets", Bootstrap, Warning, gateways::have_their_secrets, "each variable that a gateway needs is a secret that its bot is given";
    "bootstrap.gateway-policy", Bootstrap, Warning, gateways::follow_the_policy, "no gateway does what the fleet advises against";
    "bootstrap.ssh-key", Bootstrap, Error, ssh::has_a_public_key, "each host gets an SSH public key of an operator";
    "bootstrap.admin-cidr", Bootstrap, Error, ssh::has_admin_cidr, "a host that is reached over public SSH says from where";
    "bootstrap.world-open", Bootstrap, Warning, ssh::is_not_world_open, "no host is administered from the whole world";
    "bootstrap.private-cidr", Bootstrap, Warning, ssh::is_not_private, "the network that administers a host is one that the host can see";
    "bootstrap.exposure", Bootstrap, Warning, ssh::exposure_is_temporary, "public SSH is temporary";
    "bootstrap.target-host", Bootstrap, Warning, ssh::has_a_target, "a host whose SSH is closed to the public has an address in the tailnet";
    "bootstrap.provider-token", Bootstrap, Error, bootstrap::has_provider_token, "the provider of each enabled host can be asked";
    "bootstrap.secrets-key", Bootstrap, Error, secrets::has_a_key, "there is an age key of an operator here";
    "bootstrap.secrets-host-keys", Bootstrap, Error, secrets::hosts_have_keys, "each enabled host has a key, so that its first boot can decrypt";
    "bootstrap.secrets-missing", Bootstrap, Error, secrets::are_there, "every secret that an enabled host needs is there";
    "bootstrap.secrets-placeholders", Bootstrap, Error, secrets::are_values, "no secret is a placeholder";
    "bootstrap.secrets-readable", Bootstrap, Error, secrets::are_readable, "every secret can be decrypted and is unchanged";
    "bootstrap.secrets-readers", Bootstrap, Error, secrets::have_their_readers, "every secret is encrypted to those whom the rules name";
    "bootstrap.secrets-exposed", Bootstrap, Error, secrets::are_not_exposed, "no bot is handed a secret that is not for bots";
    "bootstrap.secrets-unreferenced", Bootstrap, Warning, secrets::are_referenced, "every secret is one that something refers to";
    "bootstrap.secrets-same", Bootstrap, Warning, secrets::are_the_same, "a secret of all bots is the same on every host";
    "bootstrap.tools", Bootstrap, Error, tools::for_bootstrap, "the programs that bring a host to life are installed";
    "bootstrap.tools-secrets", Bootstrap, Warning, tools::for_secrets, "the reference tools for secrets are installed";
    "bootstrap.flake-output", Bootstrap, Error, flake::evaluates, "the flake has a system for each enabled host";
    "updates.config", Updates unless Repo, Error, config::is_valid, "fleet/clawlets.json is valid";
    "updates.keys", Updates, Error, updates::keys_are_keys, "the keys that releases must be signed with are minisign keys";
    "updates.recovery-key", Updates, Warning, updates::has_a_recovery_key, "a key that stays offline can end what a stolen signing key began";
    "updates.previous-keys", Updates, Warning, updates::previous_keys_count, "keys from before have not ended";
    "updates.urls", Updates, Warning, updates::urls_are_private, "releases are fetched through TLS";
    "updates.unsigned", Updates, Warning, updates::is_signed, "releases are signed";
    "updates.rollback", Updates, Warning, updates::goes_forward, "an older release does not replace a newer one";
    "updates.mirrors", Updates, Warning, updates::mirrors_answer, "the servers of releases can be reached";
    "updates.tools", Updates, Warning, tools::for_updates, "the programs that publish releases are installed";
    "cattle.config", Cattle unless Repo, Error, config::is_valid, "fleet/clawlets.json is valid";
    "cattle.provider-token", Cattle, Error, cattle::has_provider_token, "the provider of VMs can be asked";
    "cattle.image", Cattle, Warning, cattle::has_an_image, "the image that VMs start from is there";
    "cattle.quota", Cattle, Warning, cattle::has_a_sane_quota, "no bot may have more VMs than there may be";
    "cattle.personas", Cattle, Warning, cattle::has_its_personas, "there is a persona for a VM to play, and each that a bot may use";
    "cattle.budget", Cattle, Warning, cattle::has_a_budget, "VMs that cost money have a budget";
    "cattle.secrets", Cattle, Error, secrets::of_orchestrator, "the orchestrator's secrets are there";
    "cattle.tools", Cattle, Error, tools::for_cattle, "the programs that run VMs on this machine are installed";
    "cattle.orchestrator", Cattle, Warning, cattle::orchestrator_answers, "the orchestrator answers on its socket";
    "control.config", Control unless Repo, Error, config::is_valid, "fleet/clawlets.json is valid";
    "control.url", Control, Error, control::has_a_url, "the control API has a URL over which no token travels in the clear";
    "control.repo", Control, Error, control::has_a_repository, "the repository whose workflow deploys is declared with its owner";
    "control.workflow", Control, Error, control::has_its_workflow, "the workflow that deploys is there";
    "control.token", Control, Warning, control::has_a_token, "there is a token for the control API here";
    "control.answers", Control, Warning, control::answers, "the control API answers";
    "control.audit", Control, Error, control::audit_log_holds, "nobody changed the audit log of the control API, where it is on this machine";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_id_is_unique_and_begins_with_its_scope() {
        let mut seen = BTreeSet::new();
        for check in CHECKS {
            assert!(seen.insert(check.id), "{} stands twice", check.id);
            assert_eq!(check.id.split('.').next(), Some(check.scope.name()), "{}", check.id);
        }
    }
}
