//! What a manifest says beside its system and secrets: where its parts are, what must work, and who goes first.

use clap::Args;
use clawlets_fleet::{self as fleet, HealthCheckKind};
use clawlets_printer::{Fault, FaultCode};
use clawlets_release::{
    document::{Cache, Check, Health, Look, Manifest, Need, Wave, WaveStep},
    value::{InvalidValue, Period, Version},
};

/// What is optional in a manifest.
#[derive(Debug, Clone, Args)]
pub(super) struct ContentFlags {
    /// A cache that holds the system, one that the host uses already; repeatable.
    #[arg(long, value_name = "URL")]
    substituter: Vec<String>,
    /// A key that signs what is in those caches, one that the host trusts already; repeatable.
    #[arg(long, value_name = "KEY")]
    trusted_public_key: Vec<String>,
    /// Name the caches and keys of the host as the project declares them. A host that does not have all of them yet
    /// refuses the release.
    #[arg(long, conflicts_with_all = ["substituter", "trusted_public_key"])]
    declared_caches: bool,
    /// Leave away what must work after the update; else it is what hosts.HOST.selfUpdate.health declares.
    #[arg(long)]
    without_health: bool,
    /// A share of all hosts that may begin this long after the release, those before included, such as 1h:5%; repeatable.
    /// Without it all may begin at once.
    #[arg(long, value_name = "AFTER:PERCENT", value_parser = wave_step)]
    wave: Vec<WaveStep>,
    /// The oldest updater that can apply it.
    #[arg(long, value_name = "VERSION")]
    min_updater_version: Option<Version>,
}

fn wave_step(text: &str) -> Result<WaveStep, String> {
    let (after, percent) = text.split_once(':').ok_or("expected AFTER:PERCENT, such as 1h:5%")?;
    let after = Period::parse(after).map_err(|error| error.to_string())?;
    let percent = percent.strip_suffix('%').unwrap_or(percent).parse();
    match percent {
        Ok(percent @ 1..=100) => Ok(WaveStep { after, percent }),
        Ok(_) | Err(_) => Err("expected a share from 1% to 100%".to_owned()),
    }
}

impl ContentFlags {
    /// Puts it into the manifest of a host.
    ///
    /// # Errors
    /// A fault when what is declared cannot stand in a manifest.
    pub(super) fn fill(&self, manifest: &mut Manifest, host: &fleet::Host) -> Result<(), Fault> {
        manifest.cache = self.cache(&host.cache);
        manifest.min_updater_version = self.min_updater_version;
        manifest.wave =
            (!self.wave.is_empty()).then(|| Wave { starts_at: manifest.issued_at, steps: self.wave.clone() });
        manifest.health = match self.without_health {
            true => None,
            false => health(&host.self_update.health).map_err(|error| {
                let path = format!("hosts.{}.selfUpdate.health", manifest.host);
                Fault::new(FaultCode::FleetInvalid, format!("{path} cannot stand in a release"))
                    .because(&error)
                    .hint("change it, or leave it away with --without-health")
            })?,
        };
        Ok(())
    }

    fn cache(&self, declared: &fleet::Cache) -> Option<Cache> {
        if self.declared_caches {
            return Some(Cache {
                substituters: declared.substituters.as_slice().iter().map(ToString::to_string).collect(),
                trusted_public_keys: declared
                    .trusted_public_keys
                    .as_slice()
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
            });
        }
        if self.substituter.is_empty() && self.trusted_public_key.is_empty() {
            return None;
        }
        Some(Cache {
            substituters: self.substituter.clone(),
            trusted_public_keys: self.trusted_public_key.clone(),
        })
    }
}

/// Whether two manifests would have a host do the same: the same but for their number and when they were made.
pub(super) fn is_same_content(one: &Manifest, other: &Manifest) -> bool {
    let mut other = other.clone();
    other.epoch = one.epoch;
    other.release_id = one.release_id;
    other.issued_at = one.issued_at;
    if let (Some(wave), Some(of_one)) = (&mut other.wave, &one.wave) {
        wave.starts_at = of_one.starts_at;
    }
    *one == other
}

/// The checks that a host declares; none when it declares none.
fn health(declared: &fleet::Health) -> Result<Option<Health>, InvalidValue> {
    let checks = declared_checks(declared)?;
    if checks.is_empty() {
        return Ok(None);
    }
    Ok(Some(Health { probation: period(declared.probation)?, checks }))
}

/// The checks that a host declares, those of units first.
///
/// # Errors
/// When one has a time that no check has.
pub(in crate::commands) fn declared_checks(declared: &fleet::Health) -> Result<Vec<Check>, InvalidValue> {
    let of_unit = |unit: &fleet::UnitName| {
        Ok(Check {
            look: Look::Unit(unit.to_string()),
            need: Need::Required,
            grace: None,
            deadline: Period::seconds(UNIT_DEADLINE)?,
        })
    };
    let units = declared.units.iter().map(of_unit);
    units.chain(declared.checks.iter().map(check)).collect()
}

/// How long one look at a unit may take, in seconds: as long as at anything else that is not said.
const UNIT_DEADLINE: u64 = 30;

fn check(declared: &fleet::HealthCheck) -> Result<Check, InvalidValue> {
    // The declaration was checked: what a kind looks at is there.
    let text = |value: Option<String>| value.unwrap_or_default();
    let look = match declared.kind {
        HealthCheckKind::Unit => Look::Unit(text(declared.unit.as_ref().map(ToString::to_string))),
        HealthCheckKind::Http => Look::Http(text(declared.url.as_ref().map(ToString::to_string))),
        HealthCheckKind::Tcp => Look::Tcp(text(declared.address.as_ref().map(ToString::to_string))),
        HealthCheckKind::Command => Look::Command(declared.argv.iter().map(ToString::to_string).collect()),
        HealthCheckKind::Gateway => Look::Gateway,
        HealthCheckKind::Tailnet => Look::Tailnet,
        HealthCheckKind::Disk => Look::Disk,
        HealthCheckKind::Memory => Look::Memory,
    };
    let need = match declared.need {
        fleet::Need::Required => Need::Required,
        fleet::Need::Wanted => Need::Wanted,
    };
    let grace = declared.grace.map(period).transpose()?;
    Ok(Check { look, need, grace, deadline: period(declared.deadline)? })
}

/// A time of the declaration in a release.
///
/// # Errors
/// When it is longer than any in a release.
pub(in crate::commands) fn period(declared: fleet::Period) -> Result<Period, InvalidValue> {
    Period::seconds(declared.duration().as_secs())
}
