//! `aws`: what all hosts at AWS share.

use super::fixed;
use crate::{
    form::section,
    value::{AwsRegion, CloudName},
};

section! {
    /// What all hosts at AWS share.
    Aws {
        /// The region of the bucket and of the secrets.
        region: AwsRegion = "region" or fixed(AwsRegion::parse("eu-central-1"));
        /// The bucket that holds what instances start from. Empty: none.
        bucket: Option<CloudName> = "bucket" or None;
        /// What the names of the fleet's secrets at AWS Secrets Manager begin with.
        secrets_prefix: CloudName = "secretsPrefix" or fixed(CloudName::parse("clawdinator/"));
    }
}
