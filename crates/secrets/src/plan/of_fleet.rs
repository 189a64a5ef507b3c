//! The plan of a declaration.

use clawlets_fleet::{Bot, CattleProvider, Fleet, SecretEnv, SecretFiles, TailnetMode};
use clawlets_model::{BotId, HostName, SecretName};

use super::need::{Holder, Need, Plan};
use crate::Generator;

const ADMIN_PASSWORD: &str = "admin_password_hash";
const CLOUD_TOKEN: &str = "hcloud_token";
const TAILNET_KEY: &str = "tailscale_auth_key";
const TAILNET_CLIENT: &str = "tailscale_oauth_client";
const RESTIC_PASSWORD: &str = "restic_password";

fn name(text: &str) -> SecretName {
    SecretName::parse(text).expect("the name is written here and follows the grammar")
}

impl Plan {
    /// What the declaration of a fleet needs. Every bot runs on every host, so each host needs the secrets of all bots.
    #[must_use]
    pub fn of(fleet: &Fleet) -> Self {
        let hosts: Vec<HostName> = fleet.hosts.keys().cloned().collect();
        let mut plan = Self { hosts, needs: Vec::new() };
        plan.hosts_needs(fleet);
        plan.cattle(fleet);
        let shared = &fleet.shared;
        plan.variables(&shared.secret_env, &Holder::EveryBot, "fleet.secretEnv");
        plan.files(&shared.secret_files, &Holder::Host, "fleet.secretFiles");
        for (id, bot) in &shared.bots {
            plan.bot(fleet, id, bot);
        }
        if shared.backups.restic.enable {
            let mut need = plan.need(name(RESTIC_PASSWORD), Holder::Host, "fleet.backups.restic");
            need.generator = Some(Generator::Token(32));
            plan.needs.push(need);
        }
        plan
    }

    fn need(&self, secret: SecretName, holder: Holder, at: impl Into<String>) -> Need {
        Need { secret, instead: None, holder, at: at.into(), hosts: self.hosts.clone(), generator: None }
    }

    fn hosts_needs(&mut self, fleet: &Fleet) {
        for (host, settings) in &fleet.hosts {
            let on_host = |mut need: Need| {
                need.hosts = vec![host.clone()];
                need
            };
            let mut password =
                on_host(self.need(name(ADMIN_PASSWORD), Holder::Host, format!("hosts.{host}")));
            password.generator = Some(Generator::PasswordHash);
            self.needs.push(password);
            match settings.tailnet.mode {
                // Where VMs join the tailnet too, the client that makes keys does for both.
                TailnetMode::Tailscale => {
                    let at = format!("hosts.{host}.tailnet.mode");
                    let (first, other) = if makes_vm_keys(fleet) {
                        (TAILNET_CLIENT, TAILNET_KEY)
                    } else {
                        (TAILNET_KEY, TAILNET_CLIENT)
                    };
                    let mut need = on_host(self.need(name(first), Holder::Host, at));
                    need.instead = Some(name(other));
                    self.needs.push(need);
                }
                TailnetMode::None => {}
            }
            let netrc = &settings.cache.netrc;
            if netrc.enable {
                let at = format!("hosts.{host}.cache.netrc");
                self.needs.push(on_host(self.need(netrc.secret_name.clone(), Holder::Host, at)));
            }
        }
    }

    fn cattle(&mut self, fleet: &Fleet) {
        let cattle = &fleet.cattle;
        if !cattle.enabled {
            return;
        }
        if makes_vm_keys(fleet) {
            self.needs.push(self.need(name(CLOUD_TOKEN), Holder::Orchestrator, "cattle.provider"));
            let mut need = self.need(name(TAILNET_CLIENT), Holder::Orchestrator, "cattle.provider");
            need.instead = Some(name(TAILNET_KEY));
            self.needs.push(need);
        }
        self.variables(&cattle.secret_env, &Holder::Orchestrator, "cattle.secretEnv");
    }

    fn bot(&mut self, fleet: &Fleet, id: &BotId, bot: &Bot) {
        let holder = Holder::Bot(id.clone());
        let profile = &bot.profile;
        let at = format!("fleet.bots.{id}.profile");
        self.variables(&profile.secret_env, &holder, &format!("{at}.secretEnv"));
        self.files(&profile.secret_files, &holder, &format!("{at}.secretFiles"));
        if let Some(key) = &profile.github.private_key_secret {
            self.needs.push(self.need(key.clone(), Holder::Host, format!("{at}.github.privateKeySecret")));
        }
        let has_discord = fleet.shared.discord.guild_id.is_some()
            || bot.openclaw.get("channels").and_then(|channels| channels.get("discord")).is_some();
        let is_mapped = [&fleet.shared.secret_env, &profile.secret_env]
            .iter()
            .any(|variables| variables.keys().any(|variable| variable.as_str().starts_with("DISCORD")));
        if has_discord
            && !is_mapped
            && let Ok(token) = SecretName::parse(&format!("discord_token_{id}"))
        {
            self.needs.push(self.need(token, holder, format!("fleet.bots.{id}.openclaw.channels.discord")));
        }
    }

    fn variables(&mut self, variables: &SecretEnv, holder: &Holder, at: &str) {
        for (variable, secret) in variables {
            let mut need = self.need(secret.clone(), holder.clone(), format!("{at}.{variable}"));
            need.generator = made_here(variable.as_str());
            self.needs.push(need);
        }
    }

    fn files(&mut self, files: &SecretFiles, holder: &Holder, at: &str) {
        for (id, file) in files {
            let at = format!("{at}.{id}.secretName");
            self.needs.push(self.need(file.secret_name.clone(), holder.clone(), at));
        }
    }
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
