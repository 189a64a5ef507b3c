//! One call, before it is signed.

use std::path::PathBuf;

use clawlets_model::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use sha2::{Digest, Sha256};
use url::Url;

/// What a signature leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &UNRESERVED.remove(b'/');

/// A service, as signatures name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Ec2,
    S3,
    SecretsManager,
    DynamoDb,
    Sts,
}

impl Service {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::S3 => "s3",
            Self::SecretsManager => "secretsmanager",
            Self::DynamoDb => "dynamodb",
            Self::Sts => "sts",
        }
    }
}

/// What is sent along.
#[derive(Debug)]
pub(crate) enum Body {
    Bytes(Secret<Vec<u8>>),
    /// A file, read anew for every try.
    File {
        path: PathBuf,
        bytes: u64,
        /// In lower-case hexadecimal digits.
        sha256: String,
    },
}

impl Body {
    pub(crate) const fn empty() -> Self {
        Self::bytes(Vec::new())
    }

    pub(crate) const fn bytes(bytes: Vec<u8>) -> Self {
        Self::Bytes(Secret::new(bytes))
    }

    /// Its SHA-256, in lower-case hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        match self {
            Self::Bytes(bytes) => hex::encode(Sha256::digest(bytes.expose())),
            Self::File { sha256, .. } => sha256.clone(),
        }
    }
}

/// What to send, and how to speak of it.
#[derive(Debug)]
pub(crate) struct Call {
    /// What is tried, in words that follow "failed to".
    pub(crate) tried: String,
    pub(crate) service: Service,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

impl Call {
    pub(crate) const fn new(tried: String, service: Service, method: Method, url: Url) -> Self {
        Self { tried, service, method, url, headers: Vec::new(), body: Body::empty() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }
}

/// A path, as a signature wants it encoded.
pub(crate) fn encoded_path(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// Parameters, as a signature wants them encoded.
pub(crate) fn encoded_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let one = |(name, value): (&str, &str)| {
        format!("{}={}", utf8_percent_encode(name, UNRESERVED), utf8_percent_encode(value, UNRESERVED))
    };
    pairs.into_iter().map(one).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_parameters_are_encoded_as_signatures_want_them() {
        assert_eq!(encoded_path("a b/c+d/é~._-"), "a%20b/c%2Bd/%C3%A9~._-");
        assert_eq!(encoded_query([("prefix", "a/b c"), ("x", "1&2=3")]), "prefix=a%2Fb%20c&x=1%262%3D3");
    }
}
