//! Where a service is.

use std::fmt;

use thiserror::Error;
use url::{Host, Url};

use crate::{Bucket, Region};

/// The base URL of a service, without a slash at its end: `https`, or `http` on loopback only. Signed requests hold no
/// key, but answers hold secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// A text that cannot be the base URL of a service.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidEndpoint {
    /// It is not a URL.
    #[error("the AWS endpoint {text:?} is not a URL")]
    NotAUrl {
        /// The text, cut to 200 characters.
        text: String,
        /// What is wrong with it.
        #[source]
        source: url::ParseError,
    },
    /// It has a user, a password, a query or a fragment.
    #[error("the AWS endpoint must be a plain URL without user, password, query or fragment")]
    NotPlain,
    /// It would carry secrets in the clear.
    #[error("the AWS endpoint {0} must use https: http is for loopback only")]
    NotSecure(String),
}

impl Endpoint {
    /// Reads a base URL, as `AWS_ENDPOINT_URL` holds one.
    ///
    /// # Errors
    /// [`InvalidEndpoint`] when it is not a plain `https` URL, nor `http` with a loopback host.
    pub fn parse(text: &str) -> Result<Self, InvalidEndpoint> {
        let url = plain(text)?;
        if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
            return Ok(Self(url));
        }
        Err(InvalidEndpoint::NotSecure(url.to_string()))
    }

    /// As [`Endpoint::parse`], and the link-local addresses of the metadata service are fine over `http`, too: it has no
    /// other.
    pub(crate) fn parse_metadata(text: &str) -> Result<Self, InvalidEndpoint> {
        let url = plain(text)?;
        let is_link_local = matches!(url.host_str(), Some("169.254.169.254" | "[fd00:ec2::254]"));
        if url.scheme() == "http" && is_link_local { Ok(Self(url)) } else { Self::parse(text) }
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
        let url =
            Url::parse(&format!("https://{host}")).expect("service, bucket and region are labels of a host");
        Self(url)
    }

    /// Whether it is reached through TLS.
    pub(crate) fn uses_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The URL of a path below the base, encoded already.
    pub(crate) fn at(&self, encoded: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{encoded}", self.0.path().trim_end_matches('/')));
        url
    }
}

fn plain(text: &str) -> Result<Url, InvalidEndpoint> {
    let cut = || text.chars().take(200).collect();
    let url = Url::parse(text).map_err(|source| InvalidEndpoint::NotAUrl { text: cut(), source })?;
    let is_bare = url.username().is_empty() && url.password().is_none();
    if !is_bare || url.query().is_some() || url.fragment().is_some() {
        return Err(InvalidEndpoint::NotPlain);
    }
    if !url.has_host() {
        return Err(InvalidEndpoint::NotSecure(url.to_string()));
    }
    Ok(url)
}

fn domain(region: &Region) -> &'static str {
    if region.as_str().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
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
