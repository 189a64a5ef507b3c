//! Where the machine gets what was built elsewhere.

use clap::Args;

use super::collect::Collected;

#[derive(Debug, Args)]
#[command(next_help_heading = "Binary caches")]
pub(super) struct Cache {
    /// A binary cache; repeatable, and together the whole list.
    #[arg(long, value_name = "URL")]
    substituter: Vec<String>,
    /// The public key of a binary cache; repeatable, and together the whole list.
    #[arg(long, value_name = "KEY")]
    trusted_public_key: Vec<String>,
    /// Whether a secret holds credentials for private caches.
    #[arg(long, alias = "garnix-private-cache", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    cache_netrc: Option<bool>,
    /// The secret with the credentials.
    #[arg(long, alias = "garnix-netrc-secret", value_name = "SECRET")]
    cache_netrc_secret: Option<String>,
    /// Where the credentials go on the machine.
    #[arg(long, alias = "garnix-netrc-path", value_name = "FILE")]
    cache_netrc_path: Option<String>,
    /// For how many seconds the machine remembers what a cache has.
    #[arg(long, alias = "garnix-narinfo-cache-positive-ttl", value_name = "SECONDS")]
    narinfo_cache_positive_ttl: Option<u32>,
}

impl Cache {
    pub(super) fn collect(&self, to: &mut Collected) {
        to.list(&["cache", "substituters"], &self.substituter);
        to.list(&["cache", "trustedPublicKeys"], &self.trusted_public_key);
        to.set(&["cache", "netrc", "enable"], self.cache_netrc.as_ref());
        to.text(&["cache", "netrc", "secretName"], self.cache_netrc_secret.as_ref());
        to.text(&["cache", "netrc", "path"], self.cache_netrc_path.as_ref());
        to.set(&["cache", "netrc", "narinfoCachePositiveTtl"], self.narinfo_cache_positive_ttl.as_ref());
    }
}
