//! `hosts.HOST.selfUpdate`: how a host updates itself.

use clawlets_model::Channel;

use super::fixed;
use crate::{
    form::{choice, entry, section},
    rules,
    value::{HttpUrl, KeyName, KeyText, Line, Moment, Period, UnitName},
};

section! {
    /// How a host updates itself.
    SelfUpdate checked by rules::self_update {
        /// Whether it does.
        enable: bool = "enable" or false;
        /// How often it looks for a release.
        interval: Period = "interval" or Period::seconds(30 * 60);
        /// Where releases are served, in the order in which they are asked.
        base_urls: Vec<HttpUrl> = "baseUrls" or Vec::new();
        /// The channel that it follows.
        channel: Channel = "channel" or fixed(Channel::parse("prod"));
        /// The minisign public keys that a release must be signed with, one of them.
        public_keys: Vec<KeyText> = "publicKeys" or Vec::new();
        /// Keys from before, which count until their end.
        previous_public_keys: Vec<KeyText> = "previousPublicKeys" or Vec::new();
        /// The end of the keys from before, such as `2027-01-31T00:00:00Z`.
        previous_public_keys_valid_until: Option<Moment> = "previousPublicKeysValidUntil" or None;
        /// Keys that stay offline. Only a release that one of them signs begins a new epoch.
        recovery_public_keys: Vec<KeyText> = "recoveryPublicKeys" or Vec::new();
        /// The names of keys that count no more, whatever else lists them: 16 hexadecimal digits each.
        revoked_keys: Vec<KeyName> = "revokedKeys" or Vec::new();
        /// How old the newest release may be.
        max_age: Period = "maxAge" or Period::seconds(7 * 86_400);
        /// Whether releases need no signature. For development only.
        allow_unsigned: bool = "allowUnsigned" or false;
        /// Whether an older release may replace a newer one.
        allow_rollback: bool = "allowRollback" or false;
        /// Whether the host reboots by itself into a release that cannot be switched to live, such as one with another kernel.
        allow_reboot: bool = "allowReboot" or false;
        /// What must work after an update.
        health: Health = "health" or Health::default();
    }
}

section! {
    /// What must work after an update, or the host goes back.
    Health {
        /// Units that must be active.
        units: Vec<UnitName> = "units" or Vec::new();
        /// Further checks.
        checks: Vec<HealthCheck> = "checks" or Vec::new();
        /// How long everything must work.
        probation: Period = "probation" or Period::seconds(120);
    }
}

choice! {
    /// What a check looks at.
    HealthCheckKind {
        /// A unit that must be active.
        Unit = "unit",
        /// A URL that must answer.
        Http = "http",
        /// An address that must take connections.
        Tcp = "tcp",
        /// A command that must succeed.
        Command = "command",
        /// The bots' gateways, with their channels.
        Gateway = "gateway",
        /// The tailnet.
        Tailnet = "tailnet",
        /// Room on the disk.
        Disk = "disk",
        /// Free memory.
        Memory = "memory",
    }
}

choice! {
    /// What follows when a check fails.
    Need {
        /// The host goes back to its former release.
        Required = "required",
        /// The failure is reported.
        Wanted = "wanted",
    }
}

entry! {
    /// One check after an update.
    HealthCheck checked by rules::health_check {
        /// What it looks at: `unit`, `http`, `tcp`, `command`, `gateway`, `tailnet`, `disk` or `memory`.
        kind: HealthCheckKind = "kind";
        /// The unit, for `unit`.
        unit: Option<UnitName> = "unit" or None;
        /// The URL, for `http`.
        url: Option<HttpUrl> = "url" or None;
        /// The address as `host:port`, for `tcp`.
        address: Option<Line> = "address" or None;
        /// The program and its arguments, for `command`.
        argv: Vec<Line> = "argv" or Vec::new();
        /// Whether a failure takes the host back: `required` or `wanted`.
        need: Need = "need" or Need::Required;
        /// How long it may fail at first.
        grace: Option<Period> = "grace" or None;
        /// How long one try may take.
        deadline: Period = "deadline" or Period::seconds(30);
    }
}
