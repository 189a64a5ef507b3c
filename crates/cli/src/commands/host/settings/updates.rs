//! How the machine updates itself.

use clap::Args;

use super::collect::Collected;

#[derive(Debug, Args)]
#[command(next_help_heading = "Updates")]
pub(super) struct Updates {
    /// Whether it fetches and applies releases by itself.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    self_update: Option<bool>,
    /// How often it looks, such as 30m.
    #[arg(long, value_name = "DURATION")]
    self_update_interval: Option<String>,
    /// Where releases are served; repeatable, and together the whole list.
    #[arg(long, value_name = "URL")]
    self_update_base_url: Vec<String>,
    /// The channel that it follows.
    #[arg(long, value_name = "CHANNEL")]
    self_update_channel: Option<String>,
    /// A minisign key that signs releases; repeatable, and together the whole list.
    #[arg(long, value_name = "KEY")]
    self_update_public_key: Vec<String>,
    /// A key that signed them before; repeatable, and together the whole list.
    #[arg(long, value_name = "KEY")]
    self_update_previous_public_key: Vec<String>,
    /// Until when the keys before are good, such as 2027-01-31T00:00:00Z. Empty for no end.
    #[arg(long, value_name = "TIME")]
    self_update_previous_public_keys_valid_until: Option<String>,
    /// A key that stays offline and begins a new epoch; repeatable, and together the whole list.
    #[arg(long, value_name = "KEY")]
    self_update_recovery_public_key: Vec<String>,
    /// The name of a key that counts no more, 16 hexadecimal digits; repeatable, and together the whole list.
    #[arg(long, value_name = "KEY-ID")]
    self_update_revoked_key: Vec<String>,
    /// How old a release's pointer may be, such as 7d.
    #[arg(long, value_name = "DURATION")]
    self_update_max_age: Option<String>,
    /// Accept releases that nobody signed.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    self_update_allow_unsigned: Option<bool>,
    /// Accept releases that are older than the last.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    self_update_allow_rollback: Option<bool>,
    /// Let it reboot by itself into releases that cannot be switched to live.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    self_update_allow_reboot: Option<bool>,
    /// A unit that must be up after an update; repeatable, and together the whole list.
    #[arg(long, value_name = "UNIT")]
    self_update_health_unit: Vec<String>,
    /// For how long an update is on probation, such as 2m.
    #[arg(long, value_name = "DURATION")]
    self_update_probation: Option<String>,
}

impl Updates {
    pub(super) fn collect(&self, to: &mut Collected) {
        to.set(&["selfUpdate", "enable"], self.self_update.as_ref());
        to.text(&["selfUpdate", "interval"], self.self_update_interval.as_ref());
        to.list(&["selfUpdate", "baseUrls"], &self.self_update_base_url);
        to.text(&["selfUpdate", "channel"], self.self_update_channel.as_ref());
        to.list(&["selfUpdate", "publicKeys"], &self.self_update_public_key);
        to.list(&["selfUpdate", "previousPublicKeys"], &self.self_update_previous_public_key);
        to.text(
            &["selfUpdate", "previousPublicKeysValidUntil"],
            self.self_update_previous_public_keys_valid_until.as_ref(),
        );
        to.list(&["selfUpdate", "recoveryPublicKeys"], &self.self_update_recovery_public_key);
        to.list(&["selfUpdate", "revokedKeys"], &self.self_update_revoked_key);
        to.text(&["selfUpdate", "maxAge"], self.self_update_max_age.as_ref());
        to.set(&["selfUpdate", "allowUnsigned"], self.self_update_allow_unsigned.as_ref());
        to.set(&["selfUpdate", "allowRollback"], self.self_update_allow_rollback.as_ref());
        to.set(&["selfUpdate", "allowReboot"], self.self_update_allow_reboot.as_ref());
        to.list(&["selfUpdate", "health", "units"], &self.self_update_health_unit);
        to.text(&["selfUpdate", "health", "probation"], self.self_update_probation.as_ref());
    }
}
