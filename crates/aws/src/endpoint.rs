//! Where a service is.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use clawlets_upstream::{BaseUrl, InvalidBaseUrl, Reach};
use url::{Host, Url};

use crate::{Bucket, Region};

const METADATA_V4: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The base URL of a service, without a slash at its end: `https`, or `http` on loopback only. Signed requests hold no
/// key, but answers hold secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(BaseUrl);

impl Endpoint {
    /// Reads a base URL, as `AWS_ENDPOINT_URL` holds one.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`] when it is not a plain `https` URL, nor `http` with a loopback host.
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        BaseUrl::parse(text).map(Self)
    }

    /// As [`Endpoint::parse`], and the link-local addresses of the metadata service are fine over `http`, too: it has no
    /// other.
    pub(crate) fn parse_metadata(text: &str) -> Result<Self, InvalidBaseUrl> {
        BaseUrl::parse_with(text, is_metadata).map(Self)
    }

    /// The vendor's own endpoint of a service.
    pub(crate) fn of_service(service: &str, region: &Region) -> Self {
        Self::of_host(&format!("{service}.{region}.{}", domain(region)))
    }

    /// The vendor's own endpoint of a bucket. One with dots in its name has none that a certificate covers, and is
    /// addressed by path.
    pub(crate) fn of_bucket(bucket: &Bucket, region: &Region) -> Option<Self> {
        let is_host = !bucket.as_str().contains('.');
        is_host.then(|| Self::of_host(&format!("{bucket}.s3.{region}.{}", domain(region))))
    }

    fn of_host(host: &str) -> Self {
        let url = BaseUrl::parse(&format!("https://{host}"));
        Self(url.expect("service, bucket and region are labels of a host"))
    }

    /// How it is reached.
    pub(crate) fn reach(&self) -> Reach {
        self.0.reach()
    }

    /// The URL of a path below the base, encoded already.
    pub(crate) fn at(&self, encoded: &str) -> Url {
        self.0.join_encoded(encoded)
    }
}

/// The addresses of the metadata service.
fn is_metadata(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(_) => false,
        Host::Ipv4(address) => *address == METADATA_V4,
        Host::Ipv6(address) => *address == METADATA_V6,
    }
}

fn domain(region: &Region) -> &'static str {
    if region.as_str().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_https_or_loopback() {
        for (text, is_fine) in [
            ("https://ec2.eu-central-1.amazonaws.com", true),
            ("http://127.0.0.1:5000/", true),
            ("http://[::1]:5000", true),
            ("http://localhost:5000", true),
            ("http://169.254.169.254", false),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
            ("https://user@ec2.example", false),
            ("https://ec2.example/?a=b", false),
            ("file:///etc/passwd", false),
            ("ec2.example", false),
        ] {
            assert_eq!(Endpoint::parse(text).is_ok(), is_fine, "{text}");
        }
        assert!(Endpoint::parse_metadata("http://169.254.169.254").is_ok());
        assert!(Endpoint::parse_metadata("http://169.254.169.255").is_err());
    }

    #[test]
    fn services_and_buckets_have_hosts_of_their_own() {
        let region = |name| Region::parse(name).unwrap();
        let bucket = |name| Bucket::parse(name).unwrap();
        assert_eq!(
            Endpoint::of_service("ec2", &region("eu-central-1")).to_string(),
            "https://ec2.eu-central-1.amazonaws.com"
        );
        assert_eq!(
            Endpoint::of_service("ec2", &region("cn-north-1")).to_string(),
            "https://ec2.cn-north-1.amazonaws.com.cn"
        );
        let of_bucket = |name| Endpoint::of_bucket(&bucket(name), &region("eu-central-1"));
        let host = of_bucket("fleet").map(|endpoint| endpoint.to_string());
        assert_eq!(host.as_deref(), Some("https://fleet.s3.eu-central-1.amazonaws.com"));
        assert_eq!(of_bucket("fleet.example"), None);
    }

    #[test]
    fn a_path_is_appended_as_it_was_encoded() {
        let endpoint = Endpoint::parse("http://127.0.0.1:5000/base/").unwrap();
        assert_eq!(endpoint.at("a%20b/c").as_str(), "http://127.0.0.1:5000/base/a%20b/c");
    }
}
