//! The plan of a declaration.

use clawlets_fleet::{Bot, CattleProvider, Fleet, SecretFiles, Shared, TailnetMode};
use clawlets_model::{BotId, EnvVarName, HostName, SecretName};

use super::need::{Holder, Need, Plan};
use crate::Generator;

const ADMIN_PASSWORD: &str = "admin_password_hash";
const CLOUD_TOKEN: &str = "hcloud_token";
const TAILNET_KEY: &str = "tailscale_auth_key";
const TAILNET_CLIENT: &str = "tailscale_oauth_client";
const RESTIC_PASSWORD: &str = "restic_password";

fn need(secret: SecretName, holder: Holder, at: impl Into<String>) -> Need {
    Need { secret, instead: None, holder, at: at.into(), generator: None }
}

fn name(text: &str) -> SecretName {
    SecretName::parse(text).expect("the name is written here and follows the grammar")
}

impl Plan {
    /// What the declaration of a fleet needs. Every bot runs on every host, so each host needs the secrets of all bots.
    #[must_use]
    pub fn of(fleet: &Fleet) -> Self {
        let hosts: Vec<HostName> = fleet.hosts.keys().cloned().collect();
        let mut plan = Self::new(hosts);
        plan.hosts_needs(fleet);
        plan.cattle(fleet);
        let shared = &fleet.shared;
        plan.shared_variables(shared);
        plan.files(&shared.secret_files, &Holder::Host, "fleet.secretFiles");
        for (id, bot) in &shared.bots {
            plan.bot(fleet, id, bot);
        }
        if shared.backups.restic.enable {
            let mut need = need(name(RESTIC_PASSWORD), Holder::Host, "fleet.backups.restic");
            need.generator = Some(Generator::Token(32));
            plan.add(need);
        }
        plan
    }

    fn hosts_needs(&mut self, fleet: &Fleet) {
        for (host, settings) in &fleet.hosts {
            let mut password = need(name(ADMIN_PASSWORD), Holder::Host, format!("hosts.{host}"));
            password.generator = Some(Generator::PasswordHash);
            self.add_for(host, password);
            match settings.tailnet.mode {
                // Where VMs join the tailnet too, the client that makes keys does for both.
                TailnetMode::Tailscale => {
                    let at = format!("hosts.{host}.tailnet.mode");
                    let (first, other) = if makes_vm_keys(fleet) {
                        (TAILNET_CLIENT, TAILNET_KEY)
                    } else {
                        (TAILNET_KEY, TAILNET_CLIENT)
                    };
                    let mut need = need(name(first), Holder::Host, at);
                    need.instead = Some(name(other));
                    self.add_for(host, need);
                }
                TailnetMode::None => {}
            }
            let netrc = &settings.cache.netrc;
            if netrc.enable {
                let at = format!("hosts.{host}.cache.netrc");
                self.add_for(host, need(netrc.secret_name.clone(), Holder::Host, at));
            }
        }
    }

    fn cattle(&mut self, fleet: &Fleet) {
        let cattle = &fleet.cattle;
        if !cattle.enabled {
            return;
        }
        if makes_vm_keys(fleet) {
            self.add(need(name(CLOUD_TOKEN), Holder::Orchestrator, "cattle.provider"));
            let mut need = need(name(TAILNET_CLIENT), Holder::Orchestrator, "cattle.provider");
            need.instead = Some(name(TAILNET_KEY));
            self.add(need);
        }
        for (variable, secret) in &cattle.secret_env {
            self.variable(variable, secret, Holder::Orchestrator, "cattle.secretEnv");
        }
    }

    /// The variables that are declared for all bots. A bot with a list takes only what the list names, and what is mapped
    /// for a bot alone wins over what is mapped for all.
    fn shared_variables(&mut self, shared: &Shared) {
        let is_taken =
            |bot: &Bot, variable| takes(bot, variable) && !bot.profile.secret_env.contains_key(variable);
        for (variable, secret) in &shared.secret_env {
            let takers: Vec<_> = shared.bots.iter().filter(|(_, bot)| is_taken(bot, variable)).collect();
            let holders = if takers.len() == shared.bots.len() {
                vec![Holder::EveryBot]
            } else if takers.is_empty() {
                vec![Holder::Nobody]
            } else {
                takers.into_iter().map(|(id, _)| Holder::Bot(id.clone())).collect()
            };
            for holder in holders {
                self.variable(variable, secret, holder, "fleet.secretEnv");
            }
        }
    }

    fn bot(&mut self, fleet: &Fleet, id: &BotId, bot: &Bot) {
        let holder = Holder::Bot(id.clone());
        let profile = &bot.profile;
        let at = format!("fleet.bots.{id}.profile");
        for (variable, secret) in &profile.secret_env {
            let holder = if takes(bot, variable) { holder.clone() } else { Holder::Nobody };
            self.variable(variable, secret, holder, &format!("{at}.secretEnv"));
        }
        self.files(&profile.secret_files, &holder, &format!("{at}.secretFiles"));
        if let Some(key) = &profile.github.private_key_secret {
            self.add(need(key.clone(), Holder::Host, format!("{at}.github.privateKeySecret")));
        }
        let discord = bot.openclaw.get("channels").and_then(|channels| channels.get("discord"));
        let is_off = discord.is_some_and(|discord| discord.get("enabled") == Some(&false.into()));
        let has_discord = !is_off && (discord.is_some() || fleet.shared.discord.guild_id.is_some());
        let is_mapped = [&fleet.shared.secret_env, &profile.secret_env].iter().any(|variables| {
            variables.keys().any(|variable| variable.as_str().starts_with("DISCORD") && takes(bot, variable))
        });
        if has_discord
            && !is_mapped
            && let Ok(token) = SecretName::parse(&format!("discord_token_{id}"))
        {
            self.add(need(token, holder, format!("fleet.bots.{id}.openclaw.channels.discord")));
        }
    }

    fn variable(&mut self, variable: &EnvVarName, secret: &SecretName, holder: Holder, at: &str) {
        let mut need = need(secret.clone(), holder, format!("{at}.{variable}"));
        need.generator = made_here(variable.as_str());
        self.add(need);
    }

    fn files(&mut self, files: &SecretFiles, holder: &Holder, at: &str) {
        for (id, file) in files {
            let at = format!("{at}.{id}.secretName");
            self.add(need(file.secret_name.clone(), holder.clone(), at));
        }
    }
}

/// Whether a bot takes a variable that is mapped for it: without a list, it takes all of them.
fn takes(bot: &Bot, variable: &EnvVarName) -> bool {
    bot.profile.secret_env_allowlist.as_ref().is_none_or(|list| list.contains(variable))
}

/// Whether VMs run at a cloud, whose API needs a token and whose machines join a tailnet.
fn makes_vm_keys(fleet: &Fleet) -> bool {
    fleet.cattle.enabled
        && match fleet.cattle.provider {
            CattleProvider::Hetzner => true,
            CattleProvider::Local => false,
        }
}

/// Tokens that two parts of the fleet agree on, and that nobody else hands out.
fn made_here(variable: &str) -> Option<Generator> {
    const OURS: [&str; 3] = ["GATEWAY_TOKEN", "HOOKS_TOKEN", "WEBHOOK_SECRET"];
    OURS.iter().any(|end| variable.ends_with(end)).then_some(Generator::Token(32))
}
