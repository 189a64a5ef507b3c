//! From the file to the configuration.

use std::{fs, path::Path};

use clawlets_model::document::suggest;

use super::{Config, ConfigError};

/// Reads the file at `path`.
///
/// # Errors
/// [`ConfigError`] names the first fault with its line.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    let invalid = |key: String, error: &toml::de::Error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let message = error.message().trim().replace('\n', ", ");
        let suggestion = suggest(&message);
        ConfigError::Invalid { path: path.to_owned(), line, key, message, suggestion }
    };
    let deserializer =
        toml::de::Deserializer::parse(&text).map_err(|error| invalid(String::new(), &error))?;
    serde_path_to_error::deserialize(deserializer)
        .map_err(|error| invalid(error.path().to_string(), error.inner()))
}

/// What is usual, for a host that is called `host`: for verbs that need no more of their configuration than its defaults.
#[must_use]
pub fn usual() -> Config {
    toml::from_str("host = 'host'\nsystem = 'x86_64-linux'\n")
        .expect("a host and a system are a configuration")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        fs::write(&path, text).unwrap();
        load(&path)
    }

    const SMALLEST: &str = "host = 'web-1'\nsystem = 'x86_64-linux'\n";

    #[test]
    fn three_lines_are_enough_and_the_rest_has_defaults() {
        let config = loaded(SMALLEST).unwrap();
        assert_eq!(config.channel.as_str(), "prod");
        assert_eq!(config.secrets_folder(), Path::new("/var/lib/clawlets/secrets/hosts/web-1"));
        assert_eq!(config.health.probation.to_string(), "2m");
    }

    #[test]
    fn the_file_that_shows_every_key_shows_the_defaults() {
        let shown = include_str!("../../testdata/host.toml");
        let examples = [
            ("base_urls = [\"https://example.org/deploy\"]", ""),
            ("substituters = [\"https://cache.nixos.org\"]", ""),
            (
                "trusted_public_keys = [\"cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=\"]",
                "",
            ),
            ("secrets = \"/var/lib/clawlets/secrets/hosts/web-1\"", ""),
        ];
        loaded(shown).unwrap();
        let plain =
            examples.iter().fold(shown.to_owned(), |text, (example, none)| text.replace(example, none));
        let debug = |config: Config| format!("{config:#?}");
        assert_eq!(debug(loaded(&plain).unwrap()), debug(loaded(SMALLEST).unwrap()));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_the_nearest() {
        let error = loaded(&format!("{SMALLEST}[updates]\nbase_url = []\n")).unwrap_err();
        let ConfigError::Invalid { line, suggestion, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*line, suggestion.as_deref()), (Some(4), Some("base_urls")), "{error}");
    }

    #[test]
    fn updates_without_a_key_or_a_mirror_are_refused_and_secrets_are_not() {
        let config = loaded(SMALLEST).unwrap();
        assert!(matches!(config.trust(), Err(ConfigError::Updates { key: "updates.public_keys", .. })));
        assert!(matches!(config.mirrors(), Err(ConfigError::Updates { key: "updates.base_urls", .. })));
    }

    #[test]
    fn a_mirror_over_plain_http_is_refused_unless_it_is_this_machine_or_allowed() {
        for (line, is_fine) in [
            ("base_urls = ['https://example.org/deploy']", true),
            ("base_urls = ['http://example.org/deploy']", false),
            ("base_urls = ['http://127.0.0.1:8080/deploy/']", true),
            ("base_urls = ['http://example.org/deploy']\nplain_http = true", true),
            ("base_urls = ['file:///srv/deploy']", false),
            ("base_urls = ['not a url']", false),
        ] {
            let config = loaded(&format!("{SMALLEST}[updates]\n{line}\n")).unwrap();
            assert_eq!(config.mirrors().is_ok(), is_fine, "{line}");
        }
    }
}
