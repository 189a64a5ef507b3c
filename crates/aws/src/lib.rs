//! A thin, signed client of the calls of AWS that Clawlets makes.
//!
//! [`Aws`] holds a region, where credentials come from ([`CredentialSource`]) and limits; [`Ec2`], [`S3`],
//! [`SecretsManager`] and [`DynamoDb`] are the services as seen through it. [`InstanceMetadata`] is what an instance can
//! say about itself. Every call ends by its deadline, is repeated where that is safe, follows no redirect, and fails with
//! an [`AwsError`] that holds neither a secret nor a signature.
//!
//! This crate must not know fleets, bundles, leases, configuration files of ours or the environment: what variables say
//! comes in as a function.

mod client;
mod config;
mod credentials;
mod dynamodb;
mod ec2;
mod endpoint;
mod error;
mod error_reply;
mod http;
mod metadata;
mod query;
mod request;
mod retry;
mod s3;
mod secrets_manager;
mod sign;
pub mod value;
mod xml;

pub use client::Aws;
pub use config::{AwsConfig, Limits};
pub use credentials::{CredentialSource, Credentials, CredentialsError, ProfileFiles, WebIdentity};
pub use dynamodb::{
    Attribute, DeleteItem, DynamoDb, Expression, GetItem, Item, Page, PutItem, Query, UpdateItem, Written,
};
pub use ec2::{Ec2, Image, ImageFilter, Instance, InstanceFilter, Tags};
pub use endpoint::Endpoint;
pub use error::{AwsError, SetupError};
pub use metadata::{InstanceMetadata, MetadataError};
pub use s3::{Listed, Object, PutCondition, Received, S3, Stored, Upload};
pub use secrets_manager::{SecretName, SecretSummary, SecretValue, SecretVersion, SecretsManager};
pub use value::{Bucket, ImageId, InstanceId, InvalidValue, ObjectKey, Region};
