//! Filling in what is missing.

use clawlets_model::{HostName, Secret, SecretName};
use clawlets_printer::{Fault, Printer};
use clawlets_secrets::{plan::Wanted, project::keep_password};
use jiff::Timestamp;
use serde::Serialize;

use super::answers::Answers;
use crate::commands::secrets::{
    fault::{of_file, of_generate, of_vault},
    place::Place,
    value,
};

/// Where values come from.
pub(super) struct Fill<'a> {
    pub(super) printer: &'a Printer,
    pub(super) answers: &'a Answers,
    pub(super) asks: bool,
    pub(super) now: Timestamp,
}

/// What came of it.
#[derive(Default, Serialize)]
pub(super) struct Filled {
    pub(super) made: Vec<Stored>,
    pub(super) missing: Vec<Missing>,
    /// The files of passwords that were made.
    pub(super) passwords: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Stored {
    pub(super) host: HostName,
    pub(super) secret: SecretName,
}

#[derive(Serialize)]
pub(super) struct Missing {
    pub(super) host: HostName,
    pub(super) secret: SecretName,
    pub(super) at: Vec<String>,
}

impl Fill<'_> {
    /// Stores each secret that is not there, host by host. One that several hosts share gets the same value on all.
    pub(super) fn run(&self, place: &Place, hosts: &[HostName]) -> Result<Filled, Fault> {
        let mut filled = Filled::default();
        let mut asked: Vec<(SecretName, Option<Secret<String>>)> = Vec::new();
        for host in hosts {
            let there = place.vault.secrets_of(host).map_err(|error| of_file(&error))?;
            for wanted in place.plan.wanted(host) {
                if wanted.is_met_by(&there) {
                    continue;
                }
                match self.value(place, host, &wanted, &mut asked, &mut filled)? {
                    Some((secret, value)) => {
                        let path = place.vault.layout.secret(host, &secret);
                        let stored = place.vault.set(&path, secret.as_str(), &value, self.now);
                        stored.map_err(|error| of_vault(&error))?;
                        filled.made.push(Stored { host: host.clone(), secret });
                    }
                    None => filled.missing.push(Missing {
                        host: host.clone(),
                        secret: wanted.secret.clone(),
                        at: wanted.at.clone(),
                    }),
                }
            }
        }
        Ok(filled)
    }

    fn value(
        &self,
        place: &Place,
        host: &HostName,
        wanted: &Wanted,
        asked: &mut Vec<(SecretName, Option<Secret<String>>)>,
        filled: &mut Filled,
    ) -> Result<Option<(SecretName, Secret<String>)>, Fault> {
        for secret in [Some(&wanted.secret), wanted.instead.as_ref()].into_iter().flatten() {
            if let Some(value) = self.answers.get(host, secret) {
                return Ok(Some((secret.clone(), value.clone())));
            }
        }
        let secret = wanted.secret.clone();
        if place.plan.is_of_all(&secret)
            && let Some(value) = elsewhere(place, host, &secret)?
        {
            return Ok(Some((secret, value)));
        }
        if let Some(generator) = wanted.generator {
            let made = generator.generate(secret.as_str(), self.now).map_err(|error| of_generate(&error))?;
            if let Some(password) = made.password {
                let path = place.vault.layout.password(host, &secret);
                keep_password(&path, &password).map_err(|error| of_file(&error))?;
                filled.passwords.push(path.display().to_string());
            }
            return Ok(Some((secret, made.value)));
        }
        if !self.asks {
            return Ok(None);
        }
        if let Some((_, answer)) =
            asked.iter().find(|(known, _)| *known == secret && place.plan.is_of_all(&secret))
        {
            return Ok(answer.clone().map(|value| (secret, value)));
        }
        let answer = value::ask(self.printer, &secret)?;
        asked.push((secret.clone(), answer.clone()));
        Ok(answer.map(|value| (secret, value)))
    }
}

/// The value that another host has.
fn elsewhere(place: &Place, host: &HostName, secret: &SecretName) -> Result<Option<Secret<String>>, Fault> {
    for other in place.plan.hosts.iter().filter(|other| *other != host) {
        let path = place.vault.layout.secret(other, secret);
        if path.symlink_metadata().is_ok() {
            let value = place.vault.value(&path, secret.as_str());
            return value.map(Some).map_err(|error| of_vault(&error));
        }
    }
    Ok(None)
}
