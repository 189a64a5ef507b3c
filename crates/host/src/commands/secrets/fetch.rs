//! `clawlets-host secrets fetch`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, SecretName};
use clawlets_printer::{Fault, Form, Printer, count};
use serde::Serialize;

use crate::{
    bootstrap::{AwsPlace, BootError, Patience, machine::Phase},
    commands::{environment, update},
    fault::of_failed_boot,
    program::ConfigFlag,
    secrets::{Shelf, refresh},
};

/// Fetch this instance's secrets from AWS Secrets Manager with its role, and put them in use, in memory.
///
/// Their names begin with 'aws_secrets.prefix': anthropic-api-key, discord-token and github-app-pem must be there,
/// openai-api-key may be. They lie at 'secrets.link', together with those of the bundle, 0400. If one of them is missing or
/// looks wrong, those from before stay. Run it again to look for newer versions.
#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// What the names of the secrets begin with.
    #[arg(long, value_name = "PREFIX")]
    prefix: Option<String>,
    /// What discord-token of this instance is called behind the prefix.
    #[arg(long, value_name = "NAME")]
    discord_token_secret: Option<String>,
    /// The link by which programs find the secrets [default: /run/clawlets/secrets].
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    link: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fetched {
    link: PathBuf,
    secrets: Vec<SecretName>,
    changed: Vec<SecretName>,
}

impl Fetch {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let mut config = config.load_or_defaults()?;
        if let Some(prefix) = self.prefix {
            config.aws_secrets.prefix = prefix;
        }
        if let Some(name) = self.discord_token_secret {
            config.aws_secrets.discord_token = name;
        }
        if let Some(link) = self.link {
            config.secrets.link = link;
        }
        let told = update::terminated()?;
        let limit = config.bootstrap.deadlines.secrets.duration();
        let patience = Patience::new(Phase::Secrets, limit, &told);
        let shelf = Shelf::new(config.secrets_folder());
        let refreshed = patience.persist(config.bootstrap.pause.duration(), || {
            let place = AwsPlace::of(&config, &environment::variable)?;
            let client = place.aws.secrets_manager();
            let refreshed = refresh(&config, &client, &shelf);
            place.runtime.block_on(patience.on(refreshed))?.map_err(BootError::Secrets)
        });
        let refreshed = refreshed.map_err(|error| of_failed_boot(&error))?;
        match printer.form() {
            Form::Json => printer.json(&Fetched {
                link: config.secrets.link,
                secrets: refreshed.secrets,
                changed: refreshed.changed,
            }),
            Form::Text => {
                let (all, changed) = (refreshed.secrets.len(), refreshed.changed.len());
                printer.note(format!("{} in use, {changed} of them new", count(all, "secret")));
            }
        }
        Ok(ExitCode::Ok)
    }
}
