//! Rules of updates.

use std::collections::HashSet;

use super::keys;
use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::{HealthCheck, HealthCheckKind, SelfUpdate},
};

pub(crate) fn self_update(update: &SelfUpdate, fields: &mut Fields<'_, '_, '_>) {
    let required = |what: &str, expected: &str| Draft::new(ProblemCode::Required, what).expected(expected);
    if update.enable && update.base_urls.is_empty() {
        fields.rule(&["baseUrls"], required("is empty, and updates are switched on", "at least one URL"));
    }
    if update.enable && !update.allow_unsigned && update.public_keys.is_empty() {
        let what = "is empty, and updates are switched on";
        fields.rule(&["publicKeys"], required(what, "at least one key, or allowUnsigned for development"));
    }
    let has_end = update.previous_public_keys_valid_until.is_some();
    match (update.previous_public_keys.is_empty(), has_end) {
        (false, false) => {
            let what = "is empty, and there are keys from before";
            fields.rule(&["previousPublicKeysValidUntil"], required(what, "the moment at which they end"));
        }
        (true, true) if !fields.is_refused(&["previousPublicKeysValidUntil"]) => {
            let what = "is empty, and there is an end of keys from before";
            fields.rule(&["previousPublicKeys"], required(what, "the keys that end then"));
        }
        (true, _) | (false, true) => {}
    }
    overlap(update, fields);
    revoked(update, fields);
    mirrors(update, fields);
    keys::minisign(fields, "publicKeys", &update.public_keys);
    keys::minisign(fields, "previousPublicKeys", &update.previous_public_keys);
    keys::minisign(fields, "recoveryPublicKeys", &update.recovery_public_keys);
}

/// A key counts either now or until an end. A key that stands in both lists would never end.
fn overlap(update: &SelfUpdate, fields: &mut Fields<'_, '_, '_>) {
    let mut seen: HashSet<_> = update.public_keys.iter().collect();
    if seen.len() < update.public_keys.len() {
        fields.rule(&["publicKeys"], Draft::new(ProblemCode::Conflict, "lists a key twice"));
    }
    if update.previous_public_keys.iter().any(|key| !seen.insert(key)) {
        let draft =
            Draft::new(ProblemCode::Conflict, "lists a key that stands in publicKeys as well, or twice");
        fields.rule(&["previousPublicKeys"], draft);
    }
}

/// A key that counts no more stands in no list of keys that do.
fn revoked(update: &SelfUpdate, fields: &mut Fields<'_, '_, '_>) {
    let lists = [
        ("publicKeys", &update.public_keys),
        ("previousPublicKeys", &update.previous_public_keys),
        ("recoveryPublicKeys", &update.recovery_public_keys),
    ];
    for (list, listed) in lists {
        for (at, key) in listed.iter().enumerate() {
            let Some(name) = keys::minisign_name(key.as_str()) else { continue };
            if update.revoked_keys.iter().any(|revoked| revoked.as_str().eq_ignore_ascii_case(&name)) {
                let draft =
                    Draft::new(ProblemCode::Conflict, format!("is the key {name}, which revokedKeys lists"));
                fields.rule(&[list, &at.to_string()], draft);
            }
        }
    }
}

/// Whoever is on the way sees plain HTTP and can hold it back, so hosts ask nobody that way but their own machine.
fn mirrors(update: &SelfUpdate, fields: &mut Fields<'_, '_, '_>) {
    for (at, url) in update.base_urls.iter().enumerate() {
        if url.url().scheme() == "http" && !url.is_loopback() {
            let what = "is plain HTTP to another machine, and hosts refuse that";
            let draft = Draft::new(ProblemCode::PlainHttp, what).expected("an https URL");
            fields.rule(&["baseUrls", &at.to_string()], draft);
        }
    }
}

pub(crate) fn health_check(check: &HealthCheck, fields: &mut Fields<'_, '_, '_>) {
    let (key, is_there) = match check.kind {
        HealthCheckKind::Unit => ("unit", check.unit.is_some()),
        HealthCheckKind::Http => ("url", check.url.is_some()),
        HealthCheckKind::Tcp => ("address", check.address.is_some()),
        HealthCheckKind::Command => ("argv", !check.argv.is_empty()),
        HealthCheckKind::Gateway
        | HealthCheckKind::Tailnet
        | HealthCheckKind::Disk
        | HealthCheckKind::Memory => return,
    };
    if !is_there {
        let what = format!("is empty, and a check of the kind '{}' needs it", check.kind);
        fields.rule(&[key], Draft::new(ProblemCode::Required, what));
    }
}
