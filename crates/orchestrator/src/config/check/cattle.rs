//! `[cattle]`.

use std::time::Duration;

use clawlets_jobs::Budget;
use clawlets_model::{MicroEuros, Ttl, limits, ssh_key::SshPublicKey};

use super::{Check, collect::duration};
use crate::config::{document::CattleTable, euros::Euros, provider::ProviderKind, settings::Cattle};

impl Check<'_> {
    pub(super) fn cattle(&mut self, table: CattleTable, provider: Option<ProviderKind>) -> Cattle {
        let max_ttl = table.max_ttl.unwrap_or(Ttl::MAX);
        if let Some(ttl) = table.default_ttl.filter(|ttl| *ttl > max_ttl) {
            self.fault("cattle.default_ttl", format!("{ttl} is longer than max_ttl, {max_ttl}"));
        }
        let max_instances = table.max_instances.unwrap_or(10);
        if !(1..=10_000).contains(&max_instances) {
            self.fault(
                "cattle.max_instances",
                format!("{max_instances} is out of bounds: expected 1 to 10000"),
            );
        }
        let mut admin_keys = Vec::new();
        for (at, line) in table.admin_keys.iter().enumerate() {
            match SshPublicKey::from_line(line) {
                Some(key) => admin_keys.push(key),
                None => self.fault("cattle.admin_keys", format!("entry {at} is not an SSH public key")),
            }
        }
        let boot_timeout = duration(table.boot_timeout, 120);
        self.at_most("cattle.boot_timeout", boot_timeout, Duration::from_secs(15 * 60));
        let silence = duration(table.silence, 20);
        if silence < limits::HEARTBEAT {
            let least = limits::HEARTBEAT.as_secs();
            self.fault(
                "cattle.silence",
                format!("is {} s, at least {least} s: guests call that often", silence.as_secs()),
            );
        }
        Cattle {
            image: self.name("cattle.image", table.image, "clawlets-cattle"),
            server_type: self.name("cattle.server_type", table.server_type, "cx23"),
            location: self.name("cattle.location", table.location, "nbg1"),
            fallback_server_types: self.names("cattle.fallback_server_types", table.fallback_server_types),
            fallback_locations: self.names("cattle.fallback_locations", table.fallback_locations),
            firewall: table.firewall.unwrap_or(provider == Some(ProviderKind::Hetzner)),
            budget: Budget {
                monthly: cap(table.budget.monthly_eur),
                per_requester: cap(table.budget.per_requester_monthly_eur),
            },
            max_instances,
            default_ttl: table.default_ttl,
            max_ttl,
            boot_timeout,
            silence,
            lost_after: duration(table.lost_after, 300).max(silence),
            auto_shutdown: table.auto_shutdown.unwrap_or(true),
            admin_keys,
            labels: table.labels,
        }
    }
}

/// A budget of nothing is no cap.
fn cap(euros: Option<Euros>) -> Option<MicroEuros> {
    euros.map(|Euros(amount)| amount).filter(|amount| amount.get() > 0)
}
