//! AWS as this host reaches it.

use clawlets_aws::{Aws, AwsConfig, CredentialSource, Endpoint, InstanceMetadata, Region};

use super::{BootError, identity::first_line};
use crate::config::Config;

/// What the environment says, name by name.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A client of AWS, and the runtime that drives it.
#[derive(Debug)]
pub struct AwsPlace {
    /// The client.
    pub aws: Aws,
    /// The runtime.
    pub runtime: tokio::runtime::Runtime,
}

impl AwsPlace {
    /// The client of this host: what the environment says wins over the configuration, that over files, and what nobody
    /// says the instance's metadata does.
    ///
    /// # Errors
    /// [`BootError`] when something is wrong, or nobody knows the region.
    pub fn of(config: &Config, variables: Variables<'_>) -> Result<Self, BootError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| BootError::File {
            action: "start",
            path: "the asynchronous runtime".into(),
            source,
        })?;
        let set = |name: &str| variables(name).filter(|value| !value.is_empty());
        let or = |name: &str, value: &str| {
            set(name).or_else(|| Some(value.to_owned()).filter(|value| !value.is_empty()))
        };
        let metadata = or("AWS_EC2_METADATA_SERVICE_ENDPOINT", &config.aws.metadata);
        let region = match region(config, &set)? {
            Some(region) => region,
            None => {
                let metadata = InstanceMetadata::new(metadata.as_deref()).map_err(BootError::Setup)?;
                runtime.block_on(metadata.region()).map_err(BootError::Metadata)?
            }
        };
        let known = |name: &str| match name {
            "AWS_EC2_METADATA_SERVICE_ENDPOINT" => metadata.clone(),
            name => set(name),
        };
        let credentials = CredentialSource::from_environment(&known).map_err(BootError::Credentials)?;
        let mut setup = AwsConfig::new(region, credentials);
        if let Some(endpoint) = or("AWS_ENDPOINT_URL", &config.aws.endpoint) {
            setup.endpoint = Some(Endpoint::parse(&endpoint).map_err(BootError::Endpoint)?);
        }
        Ok(Self { aws: Aws::new(setup).map_err(BootError::Setup)?, runtime })
    }
}

fn region(config: &Config, set: &dyn Fn(&str) -> Option<String>) -> Result<Option<Region>, BootError> {
    let told = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
    let configured = || Some(config.aws.region.clone()).filter(|region| !region.is_empty());
    let text = match told.or_else(configured) {
        Some(text) => Some(text),
        None => first_line(&config.bootstrap.region_files)?.map(|(_, text)| text),
    };
    text.map(|text| Region::parse(text.trim()).map_err(BootError::Value)).transpose()
}
