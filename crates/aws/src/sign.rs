//! Signature version 4, by the vendor's own signer.

use std::time::SystemTime;

use aws_credential_types::Credentials as SignerCredentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign as calculate,
    },
    sign::v4::SigningParams,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    Credentials, Region,
    request::{Call, Service},
};

/// The headers of a signed call: its own, and those that prove who calls. What proves it is marked, so that it is not
/// printed.
pub(crate) fn headers(call: &Call, credentials: &Credentials, region: &Region, at: SystemTime) -> HeaderMap {
    let sha256 = call.body.sha256();
    let identity = SignerCredentials::new(
        credentials.access_key_id(),
        credentials.secret_access_key().expose().clone(),
        credentials.session_token().map(|token| token.expose().clone()),
        None,
        "clawlets",
    )
    .into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region.as_str())
        .name(call.service.name())
        .time(at)
        .settings(settings(call.service))
        .build()
        .expect("identity, region, name, time and settings are all there")
        .into();
    let named = call.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let body = SignableBody::Precomputed(sha256);
    let request = SignableRequest::new(call.method.as_str(), call.url.as_str(), named, body)
        .expect("a URL that was parsed is a URI");
    let (instructions, _signature) =
        calculate(request, &params).expect("credentials and headers are visible ASCII").into_parts();
    let mut headers = HeaderMap::new();
    for (name, value) in call.headers.iter().map(|(name, value)| (*name, value.as_str())) {
        insert(&mut headers, name, value, Shown::Yes);
    }
    for (name, value) in instructions.headers() {
        insert(&mut headers, name, value, Shown::No);
    }
    headers
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Yes,
    No,
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str, shown: Shown) {
    let name = HeaderName::try_from(name).expect("names of headers are constants");
    let mut value = HeaderValue::try_from(value).expect("values of headers are visible ASCII");
    value.set_sensitive(shown == Shown::No);
    headers.insert(name, value);
}

/// S3 wants its paths as they are, and the hash of the body in a header.
fn settings(service: Service) -> SigningSettings {
    let mut settings = SigningSettings::default();
    match service {
        Service::S3 => {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        Service::Ec2 | Service::SecretsManager | Service::DynamoDb | Service::Sts => {}
    }
    settings
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::Method;
    use url::Url;

    use super::*;

    /// The example of the vendor's own documentation of signatures for S3: "GET Object".
    #[test]
    fn a_signature_is_the_one_of_the_vendors_documentation() {
        let url = Url::parse("https://examplebucket.s3.amazonaws.com/test.txt").unwrap();
        let call = Call::new(String::new(), Service::S3, Method::GET, url).header("range", "bytes=0-9");
        let credentials =
            Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)
                .unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        let headers = headers(&call, &credentials, &Region::parse("us-east-1").unwrap(), at);
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(
            authorization
                .ends_with("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            "{authorization}"
        );
        assert!(!format!("{headers:?}").contains("f0e8bdb87c96"));
    }
}
