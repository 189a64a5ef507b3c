//! The file as it is written.

use std::{collections::BTreeMap, path::PathBuf};

use clawlets_model::HostName;
use schemars::JsonSchema;
use serde::Deserialize;

use super::duration_text::DurationText;

/// The file as it is written. Every key may be left out as far as the form goes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What declares the hosts: `fleet/clawlets.json`, or an `instances.json`. Required. Read again when it changes.
    pub registry: Option<PathBuf>,
    /// The file that holds the operators' token.
    pub token_file: Option<PathBuf>,
    /// The JSON file that holds each instance's token: `{ "INSTANCE": "TOKEN" }`. Read again when it changes.
    pub tokens_file: Option<PathBuf>,
    /// The audit log. Default: `control-audit.jsonl` in the folder of the state.
    pub audit_log: Option<PathBuf>,
    /// Whether bots may name the image of what they deploy. Default: what the fleet declares.
    pub bots_may_pin_image: Option<bool>,
    /// Where deploys are kept.
    #[serde(default)]
    pub state: StateTable,
    /// How long a deploy keeps others out when nothing is heard of its run. Default `60m`.
    pub lease: Option<DurationText>,
    /// How long a bot waits before a target is deployed by a bot again. Default `30m`.
    pub deploy_interval: Option<DurationText>,
    /// How long the run of a deploy may take to show itself at GitHub. Default `60s`.
    pub run_patience: Option<DurationText>,
    /// How many requests a caller may make in a minute, and at once; all without a valid token count as one caller, who may
    /// make 30 at most. Default 240.
    pub requests_per_minute: Option<u32>,
    /// The workflow that deploys.
    #[serde(default)]
    pub github: GithubTable,
    /// The account at AWS. Credentials are found as the vendor's tools find them.
    #[serde(default)]
    pub aws: AwsTable,
    /// The project at Hetzner Cloud.
    #[serde(default)]
    pub hetzner: HetznerTable,
    /// The application at Discord. Without it there is no `/discord`.
    #[serde(default)]
    pub discord: DiscordTable,
    /// The bot at Telegram. Without it there is no `/telegram`.
    #[serde(default)]
    pub telegram: TelegramTable,
    /// What is known of single hosts.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, HostTable>")]
    pub hosts: BTreeMap<HostName, HostTable>,
}

/// Where deploys are kept.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateTable {
    /// An SQLite file. Default: beside the audit log, with `.state.sqlite` behind its name; without one,
    /// `control.sqlite` in the state folder of this machine.
    pub file: Option<PathBuf>,
    /// A DynamoDB table whose key is made of the texts `pk` and `sk`, in place of the file. The audit log is kept there as well,
    /// unless `audit_log` names a file.
    pub table: Option<String>,
}

/// The workflow that deploys, and what opens GitHub's API: `token_file`, or an App.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GithubTable {
    /// The repository, as `owner/name`. Default: `control.repo` of the fleet. Required in one of the two.
    pub repo: Option<String>,
    /// The file of the workflow. Default: `control.workflow` of the fleet, or `fleet-deploy.yml`.
    pub workflow: Option<String>,
    /// The branch or tag. Default: `control.ref` of the fleet, or `main`.
    #[serde(rename = "ref")]
    pub git_ref: Option<String>,
    /// The base URL of GitHub's API. Default: GitHub's own.
    pub api_url: Option<String>,
    /// The file that holds a token.
    pub token_file: Option<PathBuf>,
    /// The App's id.
    pub app_id: Option<u64>,
    /// The id of its installation.
    pub installation_id: Option<u64>,
    /// The file that holds its private key in PEM.
    pub private_key_file: Option<PathBuf>,
}

/// The account at AWS.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsTable {
    /// The region. Default: `aws.region` of the fleet.
    pub region: Option<String>,
    /// One endpoint for all services. Default: the vendor's own.
    pub endpoint: Option<String>,
}

/// The project at Hetzner Cloud. Without a token, hosts there are shown as unknown.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HetznerTable {
    /// The file that holds the project's token; one that may only read is enough.
    pub token_file: Option<PathBuf>,
    /// The base URL of the API. Default: the vendor's.
    pub endpoint: Option<String>,
}

/// The application at Discord.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscordTable {
    /// The application's public key, as its page shows it.
    pub public_key: Option<String>,
    /// The ids of the users who may ask.
    #[serde(default)]
    pub users: Vec<String>,
    /// The base URL of Discord's API. Default `https://discord.com/api/v10`.
    pub api_url: Option<String>,
}

/// The bot at Telegram: one of its own, since a bot's messages go to one place.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TelegramTable {
    /// The file that holds what Telegram sends as `X-Telegram-Bot-Api-Secret-Token`.
    pub secret_file: Option<PathBuf>,
    /// The file that holds the bot's token.
    pub token_file: Option<PathBuf>,
    /// The ids of the users who may ask.
    #[serde(default)]
    pub users: Vec<String>,
    /// The base URL of Telegram's API. Default `https://api.telegram.org`.
    pub api_root: Option<String>,
}

/// What is known of one host.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostTable {
    /// Where the host says how it is, such as `http://100.101.102.103:18339/status`.
    pub status: Option<String>,
}
