//! The bucket of the project's account.

use clawlets_aws::{AwsError, Bucket, Listed, ObjectKey, PutCondition, S3, Stored, Upload};
use clawlets_fleet::Fleet;
use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode};

use crate::{
    aws::{self, no_way, of_aws},
    env_file::Settings,
};

/// Where the bundle of one host lies.
pub(super) struct Account {
    s3: S3,
    bucket: Bucket,
    prefix: ObjectKey,
}

impl Account {
    /// The place of a host's bundle, as the project declares it.
    pub(super) fn of(fleet: &Fleet, host: &HostName, settings: &Settings) -> Result<Self, Fault> {
        let bucket = fleet.aws.bucket.as_ref().ok_or_else(|| {
            Fault::new(FaultCode::BundleNowhere, "the configuration names no bucket")
                .hint("'clawlets config set aws.bucket NAME' names one")
        })?;
        let bucket = Bucket::parse(bucket.as_str()).map_err(|error| no_way(&error))?;
        let prefix = ObjectKey::parse(&fleet.bootstrap_prefix(host)).map_err(|error| no_way(&error))?;
        let s3 = aws::account(fleet, settings)?.s3();
        Ok(Self { s3, bucket, prefix })
    }

    /// As people and tools name the place.
    pub(super) fn shown(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix)
    }

    /// What is stored, by names below the prefix.
    pub(super) async fn list(&self) -> Result<Vec<Listed>, Fault> {
        let below = format!("{}/", self.prefix);
        let listed = self.s3.list(&self.bucket, &below).await.map_err(|error| of_aws(&error))?;
        let named = |listed: Listed| {
            let key = listed.key.strip_prefix(&below)?.to_owned();
            Some(Listed { key, ..listed })
        };
        Ok(listed.into_iter().filter_map(named).collect())
    }

    /// An object and what names its content; none where there is none.
    pub(super) async fn read(&self, name: &str, limit: u64) -> Result<Option<(Vec<u8>, String)>, Fault> {
        match self.s3.get(&self.bucket, &self.key(name)?, limit).await {
            Ok(object) => Ok(Some((object.bytes, object.etag))),
            Err(AwsError::NotFound { code, .. }) if code != "NoSuchBucket" => Ok(None),
            Err(error) => Err(of_aws(&error)),
        }
    }

    pub(super) async fn store(
        &self,
        name: &str,
        upload: Upload,
        condition: &PutCondition,
    ) -> Result<Stored, Fault> {
        let stored = self.s3.put(&self.bucket, &self.key(name)?, &upload, condition).await;
        stored.map_err(|error| of_aws(&error))
    }

    pub(super) async fn copy(&self, from: &str, to: &str) -> Result<(), Fault> {
        let copied = self.s3.copy(&self.bucket, &self.key(from)?, &self.key(to)?).await;
        copied.map_err(|error| of_aws(&error))
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), Fault> {
        let removed = self.s3.delete(&self.bucket, &self.key(name)?).await;
        removed.map_err(|error| of_aws(&error))
    }

    fn key(&self, name: &str) -> Result<ObjectKey, Fault> {
        self.prefix
            .join(name)
            .map_err(|error| Fault::new(FaultCode::AwsFailed, "an object cannot be named").because(&error))
    }
}
