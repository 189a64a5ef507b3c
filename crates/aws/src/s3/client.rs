//! The calls.

use std::{fs::File, io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;
use sha2::{Digest, Sha256};
use url::Url;

use super::{Listed, Object, PutCondition, Received, Stored, Upload, list::page};
use crate::{
    Aws, AwsError, Bucket, Endpoint, ObjectKey,
    http::{Reply, Sink},
    request::{Body, Call, Service, encoded_path, encoded_query},
    xml,
};

/// What one `PUT` may carry.
const LARGEST: u64 = 5 << 30;
const PAGES: usize = 10_000;

/// Objects in buckets of one region.
#[derive(Debug, Clone)]
pub struct S3 {
    aws: Aws,
}

impl S3 {
    pub(crate) const fn new(aws: Aws) -> Self {
        Self { aws }
    }

    /// Reads an object of at most `limit` bytes into memory. More than [`crate::Limits::answer`] is never read.
    ///
    /// # Errors
    /// [`AwsError`]; not found when there is none, corrupt when the bytes do not fit the checksum that they were stored
    /// with.
    pub async fn get(&self, bucket: &Bucket, key: &ObjectKey, limit: u64) -> Result<Object, AwsError> {
        let call = self.on_object("read", Method::GET, bucket, key).header("x-amz-checksum-mode", "ENABLED");
        let reply = self.aws.call(&call).await?;
        let body = reply.body.expose();
        if body.len() as u64 > limit {
            return Err(AwsError::TooLarge { tried: call.tried, limit });
        }
        must_fit(&call, &reply, &Sha256::digest(body).into())?;
        Ok(Object { bytes: body.clone(), etag: etag(&reply) })
    }

    /// Reads an object of at most `limit` bytes into a file, which is made anew and belongs to its owner alone. What is in
    /// the file after an error is of no use.
    ///
    /// # Errors
    /// As [`S3::get`], or when the file cannot be written.
    pub async fn get_to_file(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        path: &Path,
        limit: u64,
    ) -> Result<Received, AwsError> {
        let call = self.on_object("read", Method::GET, bucket, key).header("x-amz-checksum-mode", "ENABLED");
        let (reply, landed) = self.aws.fetch(&call, Sink::File { path, limit }).await?;
        must_fit(&call, &reply, &landed.sha256)?;
        Ok(Received { bytes: landed.bytes, sha256: landed.sha256, etag: etag(&reply) })
    }

    /// What names the content of an object now; `None` when there is none.
    ///
    /// # Errors
    /// [`AwsError`] when it cannot be said.
    pub async fn etag(&self, bucket: &Bucket, key: &ObjectKey) -> Result<Option<String>, AwsError> {
        let call = self.on_object("look at", Method::HEAD, bucket, key);
        match self.aws.call(&call).await {
            Ok(reply) => Ok(Some(etag(&reply))),
            Err(failed) if failed.error.is_not_found() => Ok(None),
            Err(failed) => Err(failed.error),
        }
    }

    /// Stores an object, with a checksum that the provider verifies.
    ///
    /// # Errors
    /// [`AwsError`] when it is not known to be there.
    pub async fn put(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        upload: &Upload,
        condition: &PutCondition,
    ) -> Result<Stored, AwsError> {
        let mut call = self.on_object("store", Method::PUT, bucket, key);
        call.body = match upload {
            Upload::Bytes(bytes) => Body::bytes(bytes.clone()),
            Upload::File(path) => of_file(&call.tried, path)?,
        };
        if let Body::File { bytes, .. } = &call.body {
            let bytes = bytes.to_string();
            call = call.header("content-length", bytes);
        }
        let sha256 = hex::decode(call.body.sha256()).expect("a digest is in hexadecimal digits");
        call = call.header("x-amz-checksum-sha256", STANDARD.encode(sha256));
        call = match condition {
            PutCondition::Always => call,
            PutCondition::New => call.header("if-none-match", "*"),
            PutCondition::Replaces(etag) => call.header("if-match", etag.as_str()),
        };
        let failed = match self.aws.call(&call).await {
            Ok(reply) => return Ok(Stored::Written { etag: etag(&reply) }),
            Err(failed) => failed,
        };
        let is_refused = matches!(failed.error, AwsError::Refused { status: 412, .. });
        let replaces = matches!(condition, PutCondition::Replaces(_));
        if is_refused || (replaces && failed.error.code() == Some("NoSuchKey")) {
            return Ok(Stored::ConditionFailed { after_doubt: failed.after_doubt });
        }
        Err(failed.error)
    }

    /// Gives what lies at `from` a second name, within the bucket and without a way through this machine.
    ///
    /// # Errors
    /// [`AwsError`] when it is not known to be there; not found, when there is nothing at `from`.
    pub async fn copy(&self, bucket: &Bucket, from: &ObjectKey, to: &ObjectKey) -> Result<(), AwsError> {
        let source = format!("/{bucket}/{}", encoded_path(from.as_str()));
        let call = self.on_object("copy to", Method::PUT, bucket, to).header("x-amz-copy-source", source);
        let reply = self.aws.call(&call).await?;
        // A copy that takes long is answered before it is known whether it succeeds.
        match xml::read(reply.body.expose()) {
            Ok(root) if root.name == "CopyObjectResult" => Ok(()),
            Ok(_) => Err(AwsError::Server { tried: call.tried, status: reply.status, code: String::new() }),
            Err(why) => Err(AwsError::Malformed { tried: call.tried, why }),
        }
    }

    /// Deletes an object. One that is not there is as good as deleted.
    ///
    /// # Errors
    /// [`AwsError`] when it is not known to be gone.
    pub async fn delete(&self, bucket: &Bucket, key: &ObjectKey) -> Result<(), AwsError> {
        let call = self.on_object("delete", Method::DELETE, bucket, key);
        match self.aws.call(&call).await {
            Ok(_) => Ok(()),
            Err(failed) if failed.error.code() == Some("NoSuchKey") => Ok(()),
            Err(failed) => Err(failed.error),
        }
    }

    /// The objects whose keys begin with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// [`AwsError`] when the listing is not complete.
    pub async fn list(&self, bucket: &Bucket, prefix: &str) -> Result<Vec<Listed>, AwsError> {
        let tried = format!("list s3://{bucket}/{prefix}");
        let mut listed = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES {
            let mut url = self.url(bucket, "");
            // Sorted by name, as signatures want them.
            let after = next.iter().map(|token| ("continuation-token", token.as_str()));
            let query = encoded_query(after.chain([("list-type", "2"), ("prefix", prefix)]));
            url.set_query(Some(&query));
            let reply = self.aws.call(&Call::new(tried.clone(), Service::S3, Method::GET, url)).await?;
            let read = xml::read(reply.body.expose()).and_then(|root| page(&root));
            let (objects, rest) = read.map_err(|why| AwsError::Malformed { tried: tried.clone(), why })?;
            listed.extend(objects);
            match rest {
                Some(rest) => next = Some(rest),
                None => return Ok(listed),
            }
        }
        Err(AwsError::Malformed { tried, why: "it has no last page".to_owned() })
    }

    fn on_object(&self, verb: &str, method: Method, bucket: &Bucket, key: &ObjectKey) -> Call {
        let tried = format!("{verb} s3://{bucket}/{key}");
        Call::new(tried, Service::S3, method, self.url(bucket, &encoded_path(key.as_str())))
    }

    /// By the bucket's own host where there is one, else by path.
    fn url(&self, bucket: &Bucket, encoded: &str) -> Url {
        let own = match self.aws.endpoint() {
            Some(_) => None,
            None => Endpoint::of_bucket(bucket, self.aws.region()),
        };
        match own {
            Some(host) => host.at(encoded),
            None => {
                let usual = || Endpoint::of_service(Service::S3.name(), self.aws.region());
                let root = self.aws.endpoint().cloned().unwrap_or_else(usual);
                root.at(&format!("{bucket}/{encoded}"))
            }
        }
    }
}

fn etag(reply: &Reply) -> String {
    reply.header("etag").unwrap_or_default().to_owned()
}

/// The provider tells the checksum that an object was stored with, unless it was stored in parts.
fn must_fit(call: &Call, reply: &Reply, sha256: &[u8; 32]) -> Result<(), AwsError> {
    let told = reply.header("x-amz-checksum-sha256").filter(|told| !told.contains('-'));
    match told {
        Some(told) if told != STANDARD.encode(sha256) => Err(AwsError::Corrupt { tried: call.tried.clone() }),
        Some(_) | None => Ok(()),
    }
}

fn of_file(tried: &str, path: &Path) -> Result<Body, AwsError> {
    let failed = |source| AwsError::File { tried: tried.to_owned(), path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mut hash = Sha256::new();
    let bytes = io::copy(&mut file, &mut HashWriter(&mut hash)).map_err(failed)?;
    if bytes > LARGEST {
        return Err(AwsError::TooLarge { tried: tried.to_owned(), limit: LARGEST });
    }
    Ok(Body::File { path: path.to_owned(), bytes, sha256: hex::encode(hash.finalize()) })
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
