//! What is declared of a host, in the words of its program.

use std::collections::BTreeMap;

use clawlets_fleet::{Fleet, Host, HostProvider, SelfUpdate};
use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode};
use clawlets_release::value::{InvalidValue, SystemName, UtcTime};

use super::{
    BootLoader,
    at_aws::AwsSecrets,
    bootstrap::Bootstrap,
    document::{Boot, Caches, Config, Health, Reboot, Secrets, Updates},
    github::Github,
    owners::owners,
    watch::Watch,
};
use crate::commands::release::{declared_checks, period};

/// What a host has that asks the gateway of a bot for its health.
const GATEWAY_HEALTH: &str = "/etc/clawlets/gateway-health";

/// The host that a configuration is for.
#[derive(Clone, Copy)]
pub(super) struct ForHost<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) name: &'a HostName,
    pub(super) host: &'a Host,
}

impl ForHost<'_> {
    /// The configuration of this host.
    ///
    /// # Errors
    /// A fault when something is declared that the program would not take, such as a check that looks at nothing.
    pub(super) fn config(self, system: SystemName, loader: Option<BootLoader>) -> Result<Config, Fault> {
        let of = |part: &str| {
            let path = format!("hosts.{}.{part}", self.name);
            move |error: InvalidValue| {
                let what = format!("{path} cannot stand in the configuration of a host");
                Fault::new(FaultCode::FleetInvalid, what).because(&error)
            }
        };
        let update = &self.host.self_update;
        Ok(Config {
            host: self.name.clone(),
            system,
            channel: update.channel.clone(),
            updates: updates(update).map_err(of("selfUpdate"))?,
            cache: Caches {
                substituters: texts(self.host.cache.substituters.as_slice()),
                trusted_public_keys: texts(self.host.cache.trusted_public_keys.as_slice()),
            },
            secrets: Secrets { owners: owners(self.fleet) },
            boot: Boot { loader: loader.unwrap_or_else(|| usual_loader(self.host.provider)) },
            reboot: update.allow_reboot.then_some(Reboot { allowed: true }),
            health: Health {
                probation: period(update.health.probation).map_err(of("selfUpdate.health"))?,
                gateways: self.gateways(),
                checks: declared_checks(&update.health).map_err(of("selfUpdate.health"))?,
            },
            aws_secrets: AwsSecrets::of(self.fleet, self.host),
            bootstrap: Bootstrap::of(self.fleet, self.host),
            github: Github::of(self.fleet),
            watch: Watch::of(self.fleet, self.host),
        })
    }

    /// Every bot runs on every host.
    fn gateways(self) -> BTreeMap<String, Vec<String>> {
        let bots = self.fleet.shared.bots.keys();
        bots.map(|bot| (bot.to_string(), vec![GATEWAY_HEALTH.to_owned(), bot.to_string()])).collect()
    }
}

fn updates(update: &SelfUpdate) -> Result<Updates, InvalidValue> {
    let until = update.previous_public_keys_valid_until.map(|until| UtcTime::at(until.timestamp()));
    Ok(Updates {
        base_urls: texts(&update.base_urls),
        interval: period(update.interval)?,
        public_keys: texts(&update.public_keys),
        previous_public_keys: texts(&update.previous_public_keys),
        previous_valid_until: until,
        recovery_public_keys: texts(&update.recovery_public_keys),
        revoked_keys: texts(&update.revoked_keys),
        max_age: period(update.max_age)?,
        allow_unsigned: update.allow_unsigned,
        allow_rollback: update.allow_rollback,
    })
}

/// What the images of a provider boot with. Who sets up a machine of his own knows best.
const fn usual_loader(provider: HostProvider) -> BootLoader {
    match provider {
        HostProvider::Hetzner | HostProvider::Aws => BootLoader::Grub,
        HostProvider::Local => BootLoader::None,
    }
}

fn texts(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
