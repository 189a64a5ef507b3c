//! From the service into memory.

use std::{fs, io};

use clawlets_aws::{AwsError, SecretName as AwsName, SecretValue, SecretVersion, SecretsManager};
use clawlets_model::SecretName;

use super::{
    FetchError,
    look::likely,
    set::{AGE_KEY, InUse, in_use, note, replace},
};
use crate::{
    bootstrap,
    config::{AwsSecretsSettings, Config},
    secrets::{
        Shelf,
        opened::{Ready, bundle_of, put_all_in_use},
    },
    updater::system_that_runs,
};

const DISCORD: &str = "discord-token";

/// What came of looking for newer secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// The secrets that were fetched, sorted.
    pub secrets: Vec<SecretName>,
    /// Those of them of which there is another version than before.
    pub changed: Vec<SecretName>,
}

/// A secret that is wanted.
struct Wanted {
    file: SecretName,
    name: AwsName,
    is_required: bool,
}

/// Fetches every secret, and puts all of them in use with those of the bundle, if any of either changed.
///
/// # Errors
/// [`FetchError`] when one that must be there is not, or one looks wrong. Nothing was changed then.
pub async fn refresh(
    config: &Config,
    client: &SecretsManager,
    shelf: &Shelf,
) -> Result<Refreshed, FetchError> {
    // A host that was made from an image may have no system of its own yet.
    let system = system_that_runs(&config.paths.current_system).ok();
    let mut now = InUse { bundle: bundle_of(shelf, system.as_ref()), ..InUse::default() };
    let mut ready = Vec::new();
    for wanted in wanted(config)? {
        let Some(found) = fetch(client, &wanted).await? else { continue };
        let value = likely(wanted.file.as_str(), &found.value)?;
        now.versions.insert(wanted.file.clone(), found.version);
        // It goes to its owner when it comes in use.
        ready.push(Ready::for_us(wanted.file, value));
    }
    let before = in_use(&config.secrets);
    if before.as_ref() != Some(&now) {
        let set = replace(&config.secrets, &ready).map_err(FetchError::Activate)?;
        put_all_in_use(shelf, &config.secrets, now.bundle).map_err(FetchError::Activate)?;
        note(&config.secrets, &set, &now).map_err(FetchError::Activate)?;
    }
    let earlier = before.unwrap_or_default().versions;
    let is_other = |(name, version): &(&SecretName, &String)| earlier.get(*name) != Some(*version);
    Ok(Refreshed {
        secrets: now.versions.keys().cloned().collect(),
        changed: now.versions.iter().filter(is_other).map(|(name, _)| name.clone()).collect(),
    })
}

async fn fetch(client: &SecretsManager, wanted: &Wanted) -> Result<Option<SecretValue>, FetchError> {
    match client.value(&wanted.name, &SecretVersion::Current).await {
        Ok(value) => Ok(Some(value)),
        // A role may be allowed what it needs, and no more.
        Err(AwsError::NotFound { .. } | AwsError::Denied { .. }) if !wanted.is_required => Ok(None),
        Err(source) => Err(FetchError::Aws { name: wanted.name.to_string(), source }),
    }
}

/// What is wanted, and what it is called there.
fn wanted(config: &Config) -> Result<Vec<Wanted>, FetchError> {
    let settings = &config.aws_secrets;
    let discord = discord_token(settings)?;
    let key = age_key(config)?;
    let required = settings.required.iter().map(|name| (name, true));
    let all = required.chain(settings.optional.iter().map(|name| (name, false)));
    let all = all.map(|(name, is_required)| (name.as_str(), is_required));
    all.chain(key.as_ref().map(|_| (AGE_KEY, false)))
        .map(|(name, is_required)| {
            let called = match name {
                DISCORD => discord.as_str(),
                AGE_KEY => key.as_deref().unwrap_or(AGE_KEY),
                name => name,
            };
            let whole = format!("{}{called}", settings.prefix);
            let wrong = || FetchError::Name { name: whole.clone() };
            let file = SecretName::parse(name).map_err(|_| wrong())?;
            Ok(Wanted { file, name: AwsName::parse(&whole).ok_or_else(wrong)?, is_required })
        })
        .collect()
}

/// What this instance's key is called; none where there is none.
fn age_key(config: &Config) -> Result<Option<String>, FetchError> {
    let named = &config.aws_secrets.age_key;
    let instance = bootstrap::instance(config).map_err(|error| FetchError::Instance(Box::new(error)))?;
    Ok((!named.is_empty()).then(|| named.replace("{instance}", instance.as_str())))
}

/// What this instance's token is called: each has one of its own.
fn discord_token(settings: &AwsSecretsSettings) -> Result<String, FetchError> {
    if !settings.discord_token.is_empty() {
        return Ok(settings.discord_token.clone());
    }
    for path in &settings.discord_token_files {
        match fs::read_to_string(path) {
            Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(FetchError::Unreadable { path: path.clone(), source }),
        }
    }
    Ok(DISCORD.to_owned())
}
