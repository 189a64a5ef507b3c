//! What a host says of itself to whoever asks over HTTP: `GET /status` on its tailnet address.
//!
//! Readers take what they know: a newer host may say more.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BotId, HostName};

/// The port on which a host serves its status.
pub const STATUS_PORT: u16 = 18339;
/// The longest status that a reader takes, in bytes.
pub const STATUS_LIMIT: usize = 256 << 10;

/// How a host is, as its watch saw it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostStatus {
    /// The version of this document: 1.
    pub schema_version: u32,
    /// The host.
    pub host: HostName,
    /// The release that runs, as `epoch/releaseId`; none where the system that runs came with no release.
    #[serde(default)]
    pub release: Option<String>,
    /// Where an update stands, in the updater's words, such as `idle` or `probation`; none where there is no updater.
    #[serde(default)]
    pub update: Option<String>,
    /// The worst of the host and its bots.
    pub health: Health,
    /// What is wrong with the host itself, in sentences without secrets: its disks, its memory, its token.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Its bots, by name.
    #[serde(default)]
    pub bots: Vec<BotStatus>,
    /// How long the shared memory took to answer, in milliseconds; none where there is none, or while it does not answer.
    #[serde(default)]
    pub memory_latency_ms: Option<u64>,
    /// How old the GitHub token is, in seconds; none where there is none.
    #[serde(default)]
    pub token_age_seconds: Option<u64>,
    /// When all of this was seen.
    pub as_of: Timestamp,
}

/// How one bot is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BotStatus {
    /// The bot.
    pub id: BotId,
    /// How it is.
    pub health: Health,
    /// What is wrong with it, in sentences without secrets.
    #[serde(default)]
    pub findings: Vec<String>,
    /// How often it was restarted within the window that restarts are counted in.
    #[serde(default)]
    pub restarts: u32,
    /// When somebody last wrote to it; none where nobody has since it started.
    #[serde(default)]
    pub last_inbound_at: Option<Timestamp>,
}

/// How something is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It works.
    Healthy,
    /// It is on its way up, and nothing is known against it.
    Starting,
    /// Somebody stopped it.
    Stopped,
    /// It does not do what it is there for.
    Unhealthy,
    /// A word that this program does not know, so it may be anything.
    #[serde(other)]
    Unknown,
}

impl Health {
    /// The health as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Starting => "starting",
            Self::Stopped => "stopped",
            Self::Unknown => "unknown",
            Self::Unhealthy => "unhealthy",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_newer_hosts_status_is_read_as_far_as_it_is_known() {
        let newer = json!({
            "schemaVersion": 2, "host": "web-1", "health": "hibernating", "asOf": "2026-11-21T12:00:00Z",
            "bots": [{ "id": "maren", "health": "healthy", "mood": "fine" }], "weather": "fair",
        });
        let status: HostStatus = serde_json::from_value(newer).unwrap();
        assert_eq!((status.health, status.bots[0].health), (Health::Unknown, Health::Healthy));
        assert_eq!(status.release, None);
    }

    #[test]
    fn what_is_written_has_these_names() {
        let status = HostStatus {
            schema_version: 1,
            host: HostName::parse("web-1").unwrap(),
            release: Some("1/7".to_owned()),
            update: Some("idle".to_owned()),
            health: Health::Healthy,
            findings: Vec::new(),
            bots: vec![BotStatus {
                id: BotId::parse("maren").unwrap(),
                health: Health::Starting,
                findings: Vec::new(),
                restarts: 1,
                last_inbound_at: None,
            }],
            memory_latency_ms: Some(3),
            token_age_seconds: None,
            as_of: "2026-11-21T12:00:00Z".parse().unwrap(),
        };
        let expected = json!({
            "schemaVersion": 1, "host": "web-1", "release": "1/7", "update": "idle", "health": "healthy",
            "findings": [], "memoryLatencyMs": 3, "tokenAgeSeconds": null, "asOf": "2026-11-21T12:00:00Z",
            "bots": [{ "id": "maren", "health": "starting", "findings": [], "restarts": 1, "lastInboundAt": null }],
        });
        assert_eq!(serde_json::to_value(status).unwrap(), expected);
    }

    #[test]
    fn the_worst_health_is_the_greatest() {
        let all = [Health::Healthy, Health::Starting, Health::Stopped, Health::Unhealthy, Health::Unknown];
        assert!(all.is_sorted());
        for health in all {
            assert_eq!(serde_json::to_value(health).unwrap(), health.as_str());
        }
    }
}
