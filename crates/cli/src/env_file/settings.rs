//! What the operator set: in the environment, or in the file.

use std::{collections::BTreeMap, ffi::OsString, path::Path};

use clawlets_model::Secret;
use clawlets_printer::Fault;

use super::{
    Key,
    file::{NAME, read},
    values::values_in,
};

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Environment,
    File,
}

/// The settings of this process in one project.
#[derive(Debug)]
pub(crate) struct Settings {
    values: BTreeMap<Key, (Source, Secret<String>)>,
}

impl Settings {
    /// Joins a project's file with the environment of this process. An empty variable counts as not set, and so does a
    /// file that is not there.
    ///
    /// # Errors
    /// A fault when the file is not the operator's alone, or has a line that cannot be used.
    pub(crate) fn load(runtime: &Path) -> Result<Self, Fault> {
        let from_file = load(&runtime.join(NAME))?;
        Ok(Self::joined(from_file, &|key| std::env::var_os(key.name())))
    }

    fn joined(
        from_file: BTreeMap<Key, Secret<String>>,
        environment: &dyn Fn(Key) -> Option<OsString>,
    ) -> Self {
        let mut values: BTreeMap<_, _> =
            from_file.into_iter().map(|(key, value)| (key, (Source::File, value))).collect();
        for key in Key::ALL {
            let value = environment(key).and_then(|value| value.into_string().ok());
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                values.insert(key, (Source::Environment, Secret::new(value)));
            }
        }
        Self { values }
    }

    /// A setting and where it comes from.
    pub(crate) fn get(&self, key: Key) -> Option<(Source, &Secret<String>)> {
        self.values.get(&key).map(|(source, value)| (*source, value))
    }
}

/// Reads the file, if it is there and the operator's alone.
fn load(path: &Path) -> Result<BTreeMap<Key, Secret<String>>, Fault> {
    let Some(text) = read(path)? else { return Ok(BTreeMap::new()) };
    values_in(path, &text)
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{PermissionsExt, symlink},
    };

    use clawlets_printer::FaultCode;

    use super::*;

    const MODE: u32 = 0o600;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join(NAME), "AWS_PROFILE=file\nNIX_BIN=/file\nHCLOUD_TOKEN=file\n", MODE);
        let from_file = load(&folder.path().join(NAME)).unwrap();
        let settings = Settings::joined(from_file, &|key| match key {
            Key::AwsProfile => Some("environment".into()),
            Key::NixBin => Some("".into()),
            Key::HcloudToken | Key::GithubToken | Key::SopsAgeKeyFile | Key::ControlApiToken => None,
        });
        let get = |key| settings.get(key).map(|(source, value)| (source, value.expose().as_str()));
        assert_eq!(get(Key::AwsProfile), Some((Source::Environment, "environment")));
        assert_eq!(get(Key::NixBin), Some((Source::File, "/file")));
        assert_eq!(get(Key::HcloudToken), Some((Source::File, "file")));
        assert_eq!(get(Key::GithubToken), None);
    }

    #[test]
    fn only_a_file_of_ones_own_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        assert!(load(&path).unwrap().is_empty());
        for mode in [0o644, 0o640, 0o602, 0o400, 0o700, 0o4600] {
            write(&path, "AWS_PROFILE=x", mode);
            assert_eq!(load(&path).unwrap_err().code(), FaultCode::EnvFileRefused, "{mode:o}");
        }
        write(&path, "AWS_PROFILE=x", MODE);
        assert_eq!(load(&path).unwrap().len(), 1);
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert_eq!(load(&link).unwrap_err().code(), FaultCode::EnvFileRefused);
        assert_eq!(load(folder.path()).unwrap_err().code(), FaultCode::EnvFileRefused);
        write(&path, &"#".repeat(70_000), MODE);
        assert_eq!(load(&path).unwrap_err().code(), FaultCode::EnvFileRefused);
    }
}
