//! Access to GitHub, as a host's program reads it.

use std::collections::{BTreeMap, BTreeSet};

use clawlets_fleet::{Bot, Fleet, GitHub as Declared};
use clawlets_model::BotId;
use serde::Serialize;

/// Where opened secrets lie on a host.
const SECRETS: &str = "/run/clawlets/secrets";
/// What is read of a repository for copies and for the shared memory.
const READING: [&str; 3] = ["contents", "issues", "pull_requests"];

/// The tables `[github]`.
#[derive(Debug, Serialize)]
pub(super) struct Github {
    host: AppAccess,
    bots: BTreeMap<BotId, AppAccess>,
    #[serde(skip_serializing_if = "Sync::is_empty")]
    sync: Sync,
}

/// A GitHub App, and what tokens of it are good for.
#[derive(Debug, Clone, Serialize)]
struct AppAccess {
    app_id: u64,
    installation_id: u64,
    private_key_file: String,
    repositories: BTreeSet<String>,
    permissions: BTreeMap<String, String>,
}

/// What is synced into the shared memory.
#[derive(Debug, Default, Serialize)]
struct Sync {
    org: String,
    repositories: BTreeSet<String>,
}

impl Sync {
    fn is_empty(&self) -> bool {
        self.org.is_empty() && self.repositories.is_empty()
    }
}

impl Github {
    /// What is declared; none where no bot has an App. The host itself reads through the App of the first bot whose
    /// repositories are synced, or else of the first that has one: what that App's bots may read there, it may.
    pub(super) fn of(fleet: &Fleet) -> Option<Self> {
        let in_order = fleet.shared.bot_order.iter().filter_map(|id| Some((id, fleet.shared.bots.get(id)?)));
        let with_app: Vec<(&BotId, &Declared)> =
            in_order.filter_map(|(id, bot): (&BotId, &Bot)| Some((id, app(bot)?))).collect();
        let syncing = with_app.iter().find(|(_, github)| github.sync.enable);
        let (_, first) = syncing.or(with_app.first())?;
        let same: Vec<&Declared> = with_app
            .iter()
            .map(|(_, github)| *github)
            .filter(|github| (github.app_id, github.installation_id) == (first.app_id, first.installation_id))
            .collect();
        let mut host = access(first);
        host.repositories = same.iter().flat_map(|github| names(github)).collect();
        let may_read = |name: &str| {
            same.iter().any(|github| github.permissions.keys().any(|known| known.to_string() == name))
        };
        host.permissions = READING
            .into_iter()
            .filter(|name| may_read(name))
            .map(|name| (name.to_owned(), "read".to_owned()))
            .collect();
        let mut sync = Sync::default();
        for github in same.iter().filter(|github| github.sync.enable) {
            let owner = github.org.as_ref().map(ToString::to_string).unwrap_or_default();
            sync.repositories.extend(github.repos.iter().map(|repo| whole(&owner, &repo.to_string())));
            if sync.org.is_empty() {
                sync.org = owner;
            }
        }
        let bots = with_app.iter().map(|(id, github)| ((*id).clone(), access(github))).collect();
        Some(Self { host, bots, sync })
    }
}

fn app(bot: &Bot) -> Option<&Declared> {
    Some(&bot.profile.github).filter(|github| github.app_id > 0)
}

fn access(github: &Declared) -> AppAccess {
    let secret = github.private_key_secret.as_ref().map(ToString::to_string).unwrap_or_default();
    let permission =
        |(name, extent): (&_, &_)| -> (String, String) { (ToString::to_string(name), extent_word(extent)) };
    AppAccess {
        app_id: github.app_id,
        installation_id: github.installation_id,
        private_key_file: format!("{SECRETS}/{secret}"),
        repositories: names(github).collect(),
        permissions: github.permissions.iter().map(permission).collect(),
    }
}

fn extent_word(extent: &clawlets_fleet::Permission) -> String {
    extent.as_str().to_owned()
}

/// The repositories without their owner.
fn names(github: &Declared) -> impl Iterator<Item = String> {
    github.repos.iter().map(|repo| {
        let text = repo.to_string();
        text.rsplit('/').next().unwrap_or_default().to_owned()
    })
}

fn whole(owner: &str, repo: &str) -> String {
    if repo.contains('/') || owner.is_empty() { repo.to_owned() } else { format!("{owner}/{repo}") }
}
