//! The providers, and the hosts that speak for themselves.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clawlets_aws::{Aws, AwsConfig, CredentialSource, Endpoint, Limits, Region};
use clawlets_cloud::{Hetzner, HetznerConfig};
use clawlets_model::HostName;
use url::Url;

use super::Build;
use crate::{
    config::document::{AwsTable, HetznerTable, HostTable},
    late::Late,
    registry::{Provider, Registry},
    sightings::{Ec2Source, HetznerSource, Reports, Source},
};

/// The region when nobody says another.
const REGION: &str = "eu-central-1";
/// How long one call may take: an answer is due within 10 s.
const CALL: Duration = Duration::from_secs(4);

/// No account is configured.
pub(super) fn no_aws() -> Arc<Late<Aws>> {
    Arc::new(Late::new(|| Err("there are no credentials for AWS")))
}

impl Build<'_> {
    /// AWS, where its credentials are set. Outside of AWS nobody is asked for some that are not there.
    pub(super) fn aws(&mut self, table: &AwsTable, registry: &Registry) -> Option<Arc<Late<Aws>>> {
        let variables = self.variables;
        let declared = registry.region.as_ref().map(ToString::to_string);
        let by_default = variables.text("AWS_DEFAULT_REGION");
        let region = table.region.clone().or(by_default).or(declared);
        let region = self.ok("aws.region", Region::parse(region.as_deref().unwrap_or(REGION)))?;
        let endpoint = table.endpoint.as_deref().map(Endpoint::parse).transpose();
        let endpoint = self.ok("aws.endpoint", endpoint)?;
        let variable = |name: &str| variables.text(name);
        let credentials = match CredentialSource::from_environment(&variable) {
            Ok(credentials) => credentials,
            Err(error) => {
                tracing::info!(%error, "AWS is not asked");
                return None;
            }
        };
        let limits =
            Limits { call: CALL, request: CALL, connect: Duration::from_secs(2), ..Limits::default() };
        Some(Arc::new(Late::new(move || {
            let config = AwsConfig {
                region: region.clone(),
                credentials: credentials.clone(),
                endpoint: endpoint.clone(),
                limits,
            };
            Aws::new(config)
        })))
    }

    pub(super) fn sources(
        &mut self,
        aws: Option<&Arc<Late<Aws>>>,
        hetzner: HetznerTable,
    ) -> Vec<(Provider, Arc<Source>)> {
        let aws = aws.map(|aws| (Provider::Aws, Arc::new(Source::new(Ec2Source(Arc::clone(aws))))));
        let hetzner = self.hetzner(hetzner);
        let hetzner =
            hetzner.map(|hetzner| (Provider::Hetzner, Arc::new(Source::new(HetznerSource(hetzner)))));
        aws.into_iter().chain(hetzner).collect()
    }

    fn hetzner(&mut self, table: HetznerTable) -> Option<Late<Hetzner>> {
        let token = self.secret("hetzner.token_file", "HCLOUD_TOKEN", table.token_file)?;
        let endpoint = clawlets_cloud::endpoint(table.endpoint.as_deref().unwrap_or_default());
        let endpoint = self.ok("hetzner.endpoint", endpoint)?;
        Some(Late::new(move || {
            let config = HetznerConfig::new(endpoint.clone(), token.clone());
            Hetzner::new(config).map(|hetzner| hetzner.within(CALL))
        }))
    }

    pub(super) fn reports(&mut self, hosts: BTreeMap<HostName, HostTable>) -> Reports {
        let mut places = BTreeMap::new();
        for (host, table) in hosts {
            let key = format!("hosts.{host}.status");
            let Some(text) = table.status else { continue };
            let url = Url::parse(&text).map_err(|error| error.to_string());
            let url = url.and_then(|url| {
                let fits = matches!(url.scheme(), "http" | "https") && url.has_host();
                if fits { Ok(url) } else { Err("expected an http or https URL".to_owned()) }
            });
            if let Some(url) = self.ok(&key, url) {
                places.insert(host, url);
            }
        }
        Reports::new(places)
    }
}
