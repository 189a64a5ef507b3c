//! From the bucket to the disk.

use std::fs;

use clawlets_aws::{AwsError, Bucket, ObjectKey, S3};
use clawlets_instance_bundle::{
    BundleFile, BundleName, Expected, LARGEST_MANIFEST, Refusal, Verified,
    object::{MANIFEST, SIGNATURE, places_of, places_of_signature},
    verify,
};
use clawlets_release::{signature::SignatureFault, value::Sha256Digest};

use super::{
    BootError,
    folder::{Folder, digest_of, file},
    machine::Identity,
};

const LARGEST_SIGNATURE: u64 = 1 << 10;

/// Where the bundle of an instance lies.
#[derive(Debug)]
pub(super) struct Source {
    s3: S3,
    bucket: Bucket,
    prefix: ObjectKey,
}

impl Source {
    pub(super) fn of(s3: S3, identity: &Identity) -> Result<Self, BootError> {
        let bucket = Bucket::parse(&identity.bucket).map_err(BootError::Value)?;
        Ok(Self { s3, bucket, prefix: ObjectKey::parse(&identity.prefix).map_err(BootError::Value)? })
    }

    /// Fetches the newest bundle, unless it lies on the disk already. Its manifest is believed before anything that it
    /// names is fetched.
    pub(super) async fn newest(
        &self,
        folder: &Folder,
        expected: &Expected<'_>,
    ) -> Result<BundleName, BootError> {
        let bytes = self.read(MANIFEST, LARGEST_MANIFEST as u64).await?;
        let (verified, signature) = self.believed(&bytes, expected).await?;
        if folder.has(verified.name) {
            return Ok(verified.name);
        }
        let begun = folder.begin(verified.name)?;
        for (part, digest) in verified.manifest.known_files() {
            self.part(part, digest, &begun.join(part.name())).await?;
        }
        for (name, bytes) in [(MANIFEST, &bytes), (SIGNATURE, &signature)] {
            let path = begun.join(name);
            fs::write(&path, bytes).map_err(file("write", &path))?;
            fs::File::open(&path).and_then(|file| file.sync_all()).map_err(file("write", &path))?;
        }
        folder.settle(&begun, verified.name)?;
        Ok(verified.name)
    }

    /// The manifest, if it is believed, and the signature by which it is.
    async fn believed(
        &self,
        manifest: &[u8],
        expected: &Expected<'_>,
    ) -> Result<(Verified, Vec<u8>), BootError> {
        let mut refusal = Refusal::Signature(SignatureFault::Malformed("there is none"));
        for place in places_of_signature(Sha256Digest::of(manifest)) {
            let Some(signature) = self.perhaps(&place).await? else { continue };
            match verify(manifest, &signature, expected) {
                Ok(verified) => return Ok((verified, signature)),
                Err(other @ Refusal::Signature(_)) => refusal = other,
                // It is signed: what is wrong with it is wrong wherever its signature lies.
                Err(
                    refusal @ (Refusal::NoKey
                    | Refusal::Manifest(_)
                    | Refusal::OtherInstance { .. }
                    | Refusal::Older { .. }
                    | Refusal::Equivocation { .. }),
                ) => return Err(BootError::Refused(refusal)),
            }
        }
        Err(BootError::Refused(refusal))
    }

    /// A file of the bundle, from the first place that has the right one.
    async fn part(
        &self,
        part: BundleFile,
        digest: Sha256Digest,
        path: &std::path::Path,
    ) -> Result<(), BootError> {
        for place in places_of(part, digest) {
            let key = self.key(&place)?;
            match self.s3.get_to_file(&self.bucket, &key, path, part.limit()).await {
                Ok(received) if digest_of(&received.sha256) == digest => return Ok(()),
                Ok(_) | Err(AwsError::TooLarge { .. } | AwsError::Corrupt { .. }) => {}
                // Whoever may not list a bucket is denied what is not there.
                Err(AwsError::NotFound { .. } | AwsError::Denied { .. }) => {}
                Err(error) => return Err(BootError::Aws(error)),
            }
        }
        Err(BootError::OtherBytes { file: part.name() })
    }

    async fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, BootError> {
        let object = self.s3.get(&self.bucket, &self.key(name)?, limit).await;
        object.map(|object| object.bytes).map_err(BootError::Aws)
    }

    async fn perhaps(&self, name: &str) -> Result<Option<Vec<u8>>, BootError> {
        match self.read(name, LARGEST_SIGNATURE).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(BootError::Aws(
                AwsError::NotFound { .. } | AwsError::Denied { .. } | AwsError::TooLarge { .. },
            )) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn key(&self, name: &str) -> Result<ObjectKey, BootError> {
        self.prefix.join(name).map_err(BootError::Value)
    }
}
