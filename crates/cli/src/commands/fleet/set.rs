//! `clawlets fleet set`.

use clap::Args;
use clawlets_fleet::{Fleet, JsonPath};
use clawlets_model::{EnvVarName, ExitCode, SecretName};
use clawlets_printer::{Fault, FaultCode, Printer, count};
use serde_json::Value;

use super::super::ssh_keys::SshKeyFlags;
use crate::fleet_file::{Change, EditFlags, ListElement, of_change};

/// Set what all hosts and bots have in common.
#[derive(Debug, Args)]
pub(super) struct Set {
    /// The Discord server that every bot belongs to. Empty for none.
    #[arg(long, value_name = "ID", value_parser = guild_id)]
    guild_id: Option<String>,
    /// Give every bot a secret as an environment variable; repeatable.
    #[arg(long, value_name = "VARIABLE=SECRET", value_parser = secret_env)]
    secret_env: Vec<(EnvVarName, SecretName)>,
    /// Give no bot that variable any more; repeatable.
    #[arg(long, value_name = "VARIABLE")]
    rm_secret_env: Vec<EnvVarName>,
    /// Whether hosts are backed up with restic.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    restic: Option<bool>,
    /// Where restic keeps the backups.
    #[arg(long, value_name = "REPOSITORY")]
    restic_repository: Option<String>,
    /// The flake that the fleet is built on.
    #[arg(long, value_name = "FLAKE")]
    base_flake: Option<String>,
    #[command(flatten)]
    keys: SshKeyFlags,
    /// Add to a list of the fleet, such as `sshKnownHosts=…`; repeatable.
    #[arg(long, value_name = "LIST=VALUE")]
    add: Vec<ListElement>,
    /// Take out of a list of the fleet; repeatable.
    #[arg(long, value_name = "LIST=VALUE")]
    rm: Vec<ListElement>,
    #[command(flatten)]
    edit: EditFlags,
}

impl Set {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let changes = self.changes(printer)?;
        if changes.is_empty() && self.rm_secret_env.is_empty() {
            return Err(Fault::new(FaultCode::UsageArguments, "there is nothing to set")
                .hint("'clawlets fleet set --help' lists the settings"));
        }
        let change = self.edit.edit(printer, |text| {
            for variable in &self.rm_secret_env {
                text.remove(&secret_env_path(variable)).map_err(|error| of_change(&error))?;
            }
            changes.iter().try_for_each(|change| change.apply(text)).map_err(|error| of_change(&error))
        });
        let settings = count(changes.len() + self.rm_secret_env.len(), "setting");
        Ok(change.await?.report(printer, &format!("The fleet: {settings} changed.")))
    }

    fn changes(&self, printer: &Printer) -> Result<Vec<Change>, Fault> {
        let fleet = JsonPath::of(["fleet"]);
        let schema = Fleet::json_schema();
        let text = |text: &Option<String>| text.as_ref().map(|text| Value::from(text.trim()));
        let settings = [
            (JsonPath::of(["fleet", "discord", "guildId"]), text(&self.guild_id)),
            (JsonPath::of(["fleet", "backups", "restic", "enable"]), self.restic.map(Value::from)),
            (JsonPath::of(["fleet", "backups", "restic", "repository"]), text(&self.restic_repository)),
            (JsonPath::of(["baseFlake"]), text(&self.base_flake)),
        ];
        let given = |(path, value): (JsonPath, Option<Value>)| Some(Change::Set(path, value?));
        let mut changes: Vec<_> = settings.into_iter().filter_map(given).collect();
        for (variable, secret) in &self.secret_env {
            changes.push(Change::Set(secret_env_path(variable), secret.as_str().into()));
        }
        for element in &self.rm {
            changes.push(element.removed(&fleet, &schema)?);
        }
        for element in &self.add {
            changes.push(element.added(&fleet, &schema)?);
        }
        changes.extend(self.keys.changes(printer)?);
        Ok(changes)
    }
}

fn secret_env_path(variable: &EnvVarName) -> JsonPath {
    JsonPath::of(["fleet", "secretEnv", variable.as_str()])
}

fn guild_id(text: &str) -> Result<String, String> {
    let id = text.trim();
    if id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit()) {
        Ok(id.to_owned())
    } else {
        Err("a Discord server's id has digits only, at most 20".to_owned())
    }
}

fn secret_env(text: &str) -> Result<(EnvVarName, SecretName), String> {
    let (variable, secret) =
        text.split_once('=').ok_or("expected VARIABLE=SECRET, such as ZAI_API_KEY=z_ai_api_key")?;
    let variable = EnvVarName::from_input(variable).map_err(|error| error.to_string())?;
    let secret = SecretName::from_input(secret).map_err(|error| error.to_string())?;
    Ok((variable, secret))
}
