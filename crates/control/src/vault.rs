//! Secrets of a function: it has no disk, and what stands in its settings is read by whoever may look at it.

use std::time::Duration;

use clawlets_aws::{Aws, AwsConfig, CredentialSource, Endpoint, Region, SecretName, SecretVersion};
use clawlets_model::{Secret, cause::chain};

use crate::config::Variables;

/// The secrets that are looked for behind the prefix, and the variable that each stands in for.
pub const SECRETS: [(&str, &str); 7] = [
    ("api-token", "CONTROL_API_TOKEN"),
    ("api-tokens", "CONTROL_API_TOKENS"),
    ("github-token", "GITHUB_TOKEN"),
    ("github-app-pem", "GITHUB_APP_PEM"),
    ("hcloud-token", "HCLOUD_TOKEN"),
    ("telegram-secret", "TELEGRAM_WEBHOOK_SECRET"),
    ("telegram-token", "TELEGRAM_BOT_TOKEN"),
];
/// The variable that holds what their names begin with, such as `clawdinator/control/`.
pub const PREFIX: &str = "CONTROL_SECRETS";
/// How long all of them may take together.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the secrets that are there at AWS, all at once, into the variables that are not set. Without a prefix nothing is
/// read.
///
/// # Errors
/// In words, when AWS does not say whether one is there.
pub async fn unlock(variables: Variables) -> Result<Variables, String> {
    let Some(prefix) = variables.text(PREFIX) else { return Ok(variables) };
    let aws = account(&variables)?;
    let wanted = SECRETS.into_iter().filter(|(_, variable)| variables.get(variable).is_none());
    let reads = wanted.map(|(name, variable)| {
        let (aws, name) = (&aws, format!("{}{name}", prefix.trim()));
        async move { read(aws, &name).await.map(|value| (variable, value)) }
    });
    let found = tokio::time::timeout(PATIENCE, futures_util::future::try_join_all(reads)).await;
    let found = found.map_err(|_| "Secrets Manager did not answer in time".to_owned())??;
    let found = found.into_iter().filter_map(|(variable, value)| Some((variable, value?)));
    Ok(found.fold(variables, |variables, (variable, value)| variables.with(variable, value)))
}

async fn read(aws: &Aws, name: &str) -> Result<Option<Secret<String>>, String> {
    let name = SecretName::parse(name).ok_or_else(|| format!("{PREFIX} begins no name of a secret"))?;
    match aws.secrets_manager().value(&name, &SecretVersion::Current).await {
        Ok(secret) => {
            let text = std::str::from_utf8(secret.value.expose())
                .map_err(|_| format!("the secret {name} is no text"))?;
            Ok(Some(Secret::from(text)))
        }
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(chain(&error)),
    }
}

/// The account that a function runs in: AWS sets its region and its role's keys.
fn account(variables: &Variables) -> Result<Aws, String> {
    let region = variables.text("AWS_REGION").or_else(|| variables.text("AWS_DEFAULT_REGION"));
    let region = region.ok_or_else(|| format!("{PREFIX} needs AWS_REGION"))?;
    let region = Region::parse(&region).map_err(|error| error.to_string())?;
    let credentials =
        CredentialSource::from_environment(&|name| variables.text(name)).map_err(|error| chain(&error))?;
    let endpoint = variables.text("AWS_ENDPOINT_URL").map(|url| Endpoint::parse(&url)).transpose();
    let endpoint = endpoint.map_err(|error| error.to_string())?;
    let config = AwsConfig { endpoint, ..AwsConfig::new(region, credentials) };
    Aws::new(config).map_err(|error| chain(&error))
}
