//! Values from a JSON file.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::Path,
};

use clawlets_model::{HostName, Secret, SecretName};
use clawlets_printer::{Fault, FaultCode};
use clawlets_secrets::{plan::Plan, project::read_text};
use serde::Deserialize;

use crate::commands::secrets::{fault::of_file, value};

const FORM: &str = r#"the form is {"secrets": {"NAME": "value"}, "hosts": {"HOST": {"NAME": "value"}}}"#;

/// The values that a file gives: for every host that needs them, or for one.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answers {
    #[serde(default)]
    secrets: BTreeMap<SecretName, Given>,
    #[serde(default)]
    hosts: BTreeMap<HostName, BTreeMap<SecretName, Given>>,
}

/// A value of the file. It wipes itself, and does not print.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Given(Secret<String>);

impl From<String> for Given {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

impl Answers {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(path: &Path) -> Result<Self, Fault> {
        let text = if path == Path::new("-") {
            let mut text = String::new();
            let read = io::stdin().lock().take(1024 * 1024).read_to_string(&mut text);
            read.map_err(|error| Fault::new(FaultCode::Io, "failed to read standard input").because(&error))?;
            Secret::new(text)
        } else {
            Secret::new(read_text(path).map_err(|error| of_file(&error))?)
        };
        // What the parser says may repeat a part of the text, which is secret; where it stopped may be told.
        serde_json::from_str(text.expose()).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            let message = format!("the values in {} cannot be read: {place}", path.display());
            Fault::new(FaultCode::UsageValue, message).hint(FORM)
        })
    }

    /// Checks every value, and that somebody needs it.
    pub(super) fn check(&self, plan: &Plan) -> Result<(), Fault> {
        for (secret, given) in &self.secrets {
            value::check(secret, &given.0)?;
            if plan.hosts_of(secret).is_empty() {
                return Err(unwanted(secret));
            }
        }
        for (host, secrets) in &self.hosts {
            if !plan.hosts.contains(host) {
                let message = format!("there is no host {host} in the configuration");
                return Err(Fault::new(FaultCode::HostUnknown, message));
            }
            for (secret, given) in secrets {
                value::check(secret, &given.0)?;
                if !plan.refers_to(host, secret) {
                    return Err(unwanted(secret));
                }
            }
        }
        Ok(())
    }

    /// The value for a secret of a host.
    pub(super) fn get(&self, host: &HostName, secret: &SecretName) -> Option<&Secret<String>> {
        let own = self.hosts.get(host).and_then(|secrets| secrets.get(secret));
        own.or_else(|| self.secrets.get(secret)).map(|given| &given.0)
    }
}

fn unwanted(secret: &SecretName) -> Fault {
    Fault::new(FaultCode::SecretsUnknown, format!("nothing in the configuration refers to a secret {secret}"))
        .hint("'clawlets secrets list' shows the names that are asked for")
}
