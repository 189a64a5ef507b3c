//! Who this instance is.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clawlets_aws::{Bucket, ObjectKey};
use clawlets_model::HostName;

use super::{BootError, machine::Identity};
use crate::config::Config;

/// The largest file that says one thing, in bytes.
const LARGEST: u64 = 4 << 10;

/// Who this instance is, and where its bundle lies: what it was told in files, else what is usual.
///
/// # Errors
/// [`BootError`] when a file says what cannot be, or nobody names the bucket.
pub fn who_am_i(config: &Config) -> Result<Identity, BootError> {
    let settings = &config.bootstrap;
    let instance = instance(config)?;
    let given = Some(settings.prefix.clone()).filter(|prefix| !prefix.is_empty());
    let given = given.map(|prefix| (PathBuf::from("bootstrap.prefix"), prefix));
    let told = match given {
        Some(given) => Some(given),
        None => first_line(&settings.prefix_files)?,
    };
    let (bucket_of_prefix, prefix) = match told {
        Some((path, text)) => prefix_of(&path, &text)?,
        None => (None, format!("bootstrap/{instance}")),
    };
    let configured = Some(settings.bucket.clone()).filter(|bucket| !bucket.is_empty());
    let bucket = match configured {
        Some(bucket) => Some(bucket),
        None => first_line(&settings.bucket_files)?.map(|(_, bucket)| bucket),
    };
    let bucket = bucket.or(bucket_of_prefix).ok_or(BootError::NoBucket)?;
    let bucket = Bucket::parse(&bucket).map_err(BootError::Value)?.to_string();
    Ok(Identity { instance, bucket, prefix })
}

/// The name of this instance: what it was told, else the host's.
///
/// # Errors
/// [`BootError`] when the file holds no name.
pub(crate) fn instance(config: &Config) -> Result<HostName, BootError> {
    match first_line(&config.bootstrap.instance_files)? {
        Some((path, text)) => {
            HostName::parse(&text).map_err(|error| BootError::Said { path, message: error.to_string() })
        }
        None => Ok(config.host.clone()),
    }
}

/// `PREFIX`, or `s3://BUCKET/PREFIX`. Slashes at its ends are of no matter.
fn prefix_of(path: &Path, text: &str) -> Result<(Option<String>, String), BootError> {
    let (bucket, prefix) = match text.strip_prefix("s3://") {
        Some(rest) => {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            (Some(bucket.to_owned()), prefix)
        }
        None => (None, text),
    };
    let prefix = prefix.trim_matches('/');
    ObjectKey::parse(prefix)
        .map_err(|error| BootError::Said { path: path.to_owned(), message: error.to_string() })?;
    Ok((bucket, prefix.to_owned()))
}

/// The first line of the first of these files that is there and says something, and which it is.
pub(crate) fn first_line(paths: &[PathBuf]) -> Result<Option<(PathBuf, String)>, BootError> {
    for path in paths {
        let mut text = String::new();
        match File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(BootError::File { action: "read", path: path.clone(), source }),
        }
        let line = text.lines().next().unwrap_or_default().trim();
        if !line.is_empty() {
            return Ok(Some((path.clone(), line.to_owned())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_may_name_its_bucket_and_never_climbs() {
        let read = |text: &str| prefix_of(Path::new("prefix"), text).ok();
        let plain = |prefix: &str| Some((None, prefix.to_owned()));
        assert_eq!(read("bootstrap/web-1"), plain("bootstrap/web-1"));
        assert_eq!(read("/bootstrap/web-1/"), plain("bootstrap/web-1"));
        let whole = Some((Some("fleet".to_owned()), "bootstrap/web-1".to_owned()));
        assert_eq!(read("s3://fleet/bootstrap/web-1"), whole);
        for wrong in ["", "/", "s3://fleet", "a/../b", "a//b", "./a"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
