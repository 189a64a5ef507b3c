//! The GitHub App that the bots of a fleet act as, for tokens of VMs.

use std::{collections::BTreeMap, path::Path};

use clawlets_fleet::{Fleet, GitHub, Permission as Declared};
use clawlets_github::{Access, AppId, InstallationId, Permission, RepositoryName};

use crate::commands::cattle::github_app::GithubApp;

/// The App, when the bots that have one agree on it and say which repositories it is for. A token of a VM is good for the
/// repositories of all of them, and for no more than each of them may do.
pub(super) fn app_of_bots(fleet: &Fleet, secrets: &Path) -> Option<GithubApp> {
    let bots = fleet.shared.bots.values().map(|bot| &bot.profile.github);
    let apps: Vec<&GitHub> = bots.filter(|app| app.app_id != 0).collect();
    let first = apps.first()?;
    let is_same = |other: &&GitHub| {
        (other.app_id, other.installation_id, &other.private_key_secret)
            == (first.app_id, first.installation_id, &first.private_key_secret)
    };
    let names_repositories = |app: &&GitHub| !app.repos.is_empty();
    if !apps.iter().all(is_same) || !apps.iter().all(names_repositories) {
        return None;
    }
    let mut repositories: Vec<RepositoryName> =
        apps.iter().flat_map(|app| &app.repos).filter_map(|name| without_owner(name.as_str())).collect();
    repositories.sort_unstable();
    repositories.dedup();
    Some(GithubApp {
        app_id: AppId::try_from(first.app_id).ok()?,
        installation_id: InstallationId::try_from(first.installation_id).ok()?,
        private_key_file: secrets.join(first.private_key_secret.as_ref()?.as_str()),
        repositories,
        permissions: common(&apps),
    })
}

/// A token belongs to one installation, and so to one owner.
fn without_owner(name: &str) -> Option<RepositoryName> {
    RepositoryName::parse(name.rsplit('/').next()?).ok()
}

/// What every one of them may do, as far as the least of them goes.
fn common(apps: &[&GitHub]) -> BTreeMap<Permission, Access> {
    let Some((first, others)) = apps.split_first() else { return BTreeMap::new() };
    let least = first.permissions.iter().filter_map(|(name, access)| {
        others
            .iter()
            .try_fold(rank(*access), |least, app| {
                app.permissions.get(name).map(|access| least.min(rank(*access)))
            })
            .and_then(|access| Some((Permission::parse(name.as_str()).ok()?, access)))
    });
    least.collect()
}

const fn rank(access: Declared) -> Access {
    match access {
        Declared::Read => Access::Read,
        Declared::Write => Access::Write,
        Declared::Admin => Access::Admin,
    }
}
