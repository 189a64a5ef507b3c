//! The way to the fleet's account at AWS.

use std::error::Error;

use clawlets_aws::{Aws, AwsConfig, AwsError, CredentialSource, Endpoint, Region};
use clawlets_fleet::Fleet;
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::AWS_ENDPOINT_URL;

use crate::env_file::{Key, Settings};

/// A client in the region that the fleet declares. Credentials come from where the vendor's own tools look for them;
/// the profile may stand in `.clawlets/env`.
///
/// # Errors
/// A fault when there are no credentials, or the region or the endpoint is none.
pub(crate) fn account(fleet: &Fleet, settings: &Settings) -> Result<Aws, Fault> {
    in_region(fleet.aws.region.as_str(), Some(settings))
}

/// A client in a region, with the settings of a project where there is one.
///
/// # Errors
/// As [`account`].
pub(crate) fn in_region(region: &str, settings: Option<&Settings>) -> Result<Aws, Fault> {
    let variable = |name: &str| {
        let set = std::env::var(name).ok().filter(|value| !value.is_empty());
        let profile = || settings?.get(Key::AwsProfile).map(|(_, profile)| profile.expose().clone());
        set.or_else(|| (name == Key::AwsProfile.name()).then(profile).flatten())
    };
    let region = Region::parse(region).map_err(|error| no_way(&error))?;
    let credentials = CredentialSource::from_environment(&variable).map_err(|error| no_way(&error))?;
    let mut config = AwsConfig::new(region, credentials);
    let endpoint = variable(AWS_ENDPOINT_URL.name).map(|url| Endpoint::parse(&url)).transpose();
    config.endpoint = endpoint.map_err(|error| no_way(&error))?;
    Aws::new(config).map_err(|error| no_way(&error))
}

/// The account cannot be asked at all.
pub(crate) fn no_way(error: &dyn Error) -> Fault {
    Fault::new(FaultCode::AwsFailed, "there is no way to AWS").because(error)
}

/// The account was asked, and did not do it.
pub(crate) fn of_aws(error: &AwsError) -> Fault {
    Fault::new(FaultCode::AwsFailed, "AWS did not do what it was asked").because(error)
}
