//! Who may read which secret on a host. All that are not named belong to root: a bot is handed its variables by systemd.

use std::collections::BTreeMap;

use clawlets_fleet::{CattleProvider, Fleet, SecretFiles};
use clawlets_model::SecretName;

use super::document::Owner;

/// The user that the orchestrator runs as.
const ORCHESTRATOR: &str = "clf-orchestrator";
/// What the orchestrator reads besides keys of models: the cloud's token, and what lets VMs into the tailnet.
const OF_A_CLOUD: [&str; 3] = ["hcloud_token", "tailscale_oauth_client", "tailscale_auth_key"];

/// The owners of the secrets that are not root's: files of the fleet and of bots, and what the orchestrator reads itself.
pub(super) fn owners(fleet: &Fleet) -> BTreeMap<SecretName, Owner> {
    let mut owners = BTreeMap::new();
    files(&mut owners, "root", &fleet.shared.secret_files);
    for (id, bot) in &fleet.shared.bots {
        files(&mut owners, &format!("bot-{id}"), &bot.profile.secret_files);
    }
    if fleet.cattle.enabled {
        for secret in of_orchestrator(fleet) {
            let own = || Owner {
                owner: ORCHESTRATOR.to_owned(),
                group: ORCHESTRATOR.to_owned(),
                mode: "0400".to_owned(),
            };
            owners.entry(secret).or_insert_with(own);
        }
    }
    owners
}

/// Without an owner a file is that of `usual`, and its group that of its owner.
fn files(owners: &mut BTreeMap<SecretName, Owner>, usual: &str, declared: &SecretFiles) {
    for file in declared.values() {
        let owner = file.owner.as_ref().map_or_else(|| usual.to_owned(), ToString::to_string);
        let group = file.group.as_ref().map_or_else(|| owner.clone(), ToString::to_string);
        let own = Owner { owner, group, mode: file.mode.to_string() };
        owners.entry(file.secret_name.clone()).or_insert(own);
    }
}

/// It reads them again and again, so that a new value counts at once.
fn of_orchestrator(fleet: &Fleet) -> Vec<SecretName> {
    let keys = fleet.cattle.secret_env.values().cloned();
    let apps = fleet.shared.bots.values().filter_map(|bot| bot.profile.github.private_key_secret.clone());
    let of_provider = match fleet.cattle.provider {
        CattleProvider::Hetzner => &OF_A_CLOUD[..],
        CattleProvider::Local => &[],
    };
    let name = |name: &&str| SecretName::parse(name).expect("the names in this file follow the grammar");
    keys.chain(apps).chain(of_provider.iter().map(name)).collect()
}
