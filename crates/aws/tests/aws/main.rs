//! The client against `moto`, an instance's metadata service, and a server that misbehaves on demand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod dynamodb;
mod ec2;
mod instance;
mod misbehaving;
mod s3;
mod secrecy;
mod secrets_manager;
mod server;

use std::time::Duration;

use clawlets_aws::{Aws, AwsConfig, CredentialSource, Credentials, Endpoint, Limits, Region};

/// The secret key of every test.
const SECRET_KEY: &str = "a-secret-key-of-a-test";

fn credentials() -> CredentialSource {
    CredentialSource::Fixed(
        Credentials::new("AKIAIOSFODNN7TESTING", SECRET_KEY, Some("a-session-token")).unwrap(),
    )
}

fn client_with(endpoint: &str, credentials: CredentialSource) -> Aws {
    Aws::new(AwsConfig {
        region: Region::parse("eu-central-1").unwrap(),
        credentials,
        endpoint: Some(Endpoint::parse(endpoint).unwrap()),
        limits: Limits {
            call: Duration::from_secs(20),
            request: Duration::from_secs(10),
            connect: Duration::from_secs(5),
            transfer: Duration::from_secs(30),
            stall: Duration::from_secs(2),
            answer: 256 << 10,
            first_wait: Duration::from_millis(5),
        },
    })
    .unwrap()
}

fn client(endpoint: &str) -> Aws {
    client_with(endpoint, credentials())
}
