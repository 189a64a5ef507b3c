//! What to create, and how it came to be.

use clawlets_model::{Labels, Secret, cattle};
use serde::Serialize;

use super::{
    action::Action,
    firewall::FirewallId,
    server::{Server, ServerId},
};

/// A server to create. Type, image and location go by name, so that creating one takes a single request.
#[derive(Debug, Clone)]
pub struct CreateServer {
    /// Its name, unique within the project.
    pub name: String,
    /// The name of its server type.
    pub server_type: String,
    /// The name or the id of its image; snapshots have no name.
    pub image: String,
    /// The name of its location; `None` lets the provider choose.
    pub location: Option<String>,
    /// All its labels.
    pub labels: Labels,
    /// What the guest reads at boot, at most 32768 bytes. It holds one-time tokens, hence a secret.
    pub user_data: Option<Secret<String>>,
    /// Names or ids of SSH keys that the project holds. Without any, the provider makes up a root password, which this
    /// crate never reads.
    pub ssh_keys: Vec<String>,
    /// Firewalls that guard it from its first packet on.
    pub firewalls: Vec<FirewallId>,
    /// Whether it is started at once.
    pub start: StartAfterCreate,
    /// Which public addresses it gets.
    pub public_net: PublicNet,
}

/// Whether a new server is started at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StartAfterCreate {
    /// It boots as soon as it is made.
    #[default]
    Start,
    /// It stays off.
    StayOff,
}

/// Which public addresses a new server gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PublicNet {
    /// An IPv4 address, which costs extra.
    #[serde(rename = "enable_ipv4")]
    pub ipv4: bool,
    /// An IPv6 network.
    #[serde(rename = "enable_ipv6")]
    pub ipv6: bool,
}

impl Default for PublicNet {
    fn default() -> Self {
        Self { ipv4: true, ipv6: true }
    }
}

/// A server that was asked for and exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedServer {
    /// The server.
    pub server: Server,
    /// What the provider still does: making it, then starting it. Empty when it was adopted.
    pub actions: Vec<Action>,
    /// Whether this very request made it.
    pub origin: Origin,
}

/// How a server came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The request was answered.
    Created,
    /// An earlier request made it, whose answer was lost.
    Adopted,
}

impl CreateServer {
    /// Whether `server` was made by this request or an earlier one for the same purpose: it has the same name, and its
    /// labels `job-id`, `attempt` and `orchestrator` are there and are the ones of this request.
    #[must_use]
    pub fn is_origin_of(&self, server: &Server) -> bool {
        [cattle::keys::JOB_ID, cattle::keys::ATTEMPT, cattle::keys::ORCHESTRATOR].into_iter().all(|key| {
            let asked = cattle::label(&self.labels, key);
            asked.is_some_and(|value| !value.is_empty()) && asked == cattle::label(&server.labels, key)
        }) && server.name == self.name
    }

    /// Adopts `server` if this request is its origin.
    pub(crate) fn adopt(&self, server: Server) -> Result<CreatedServer, ServerId> {
        if self.is_origin_of(&server) {
            Ok(CreatedServer { server, actions: Vec::new(), origin: Origin::Adopted })
        } else {
            Err(server.id)
        }
    }

    pub(crate) fn body(&self) -> CreateServerBody<'_> {
        CreateServerBody {
            name: &self.name,
            server_type: &self.server_type,
            image: &self.image,
            location: self.location.as_deref(),
            labels: &self.labels,
            user_data: self.user_data.as_ref().map(|secret| secret.expose().as_str()),
            ssh_keys: &self.ssh_keys,
            firewalls: self.firewalls.iter().map(|id| FirewallRef { firewall: *id }).collect(),
            start_after_create: self.start == StartAfterCreate::Start,
            public_net: self.public_net,
        }
    }
}

/// The request as it is sent.
#[derive(Serialize)]
pub(crate) struct CreateServerBody<'a> {
    name: &'a str,
    server_type: &'a str,
    image: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    labels: &'a Labels,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_data: Option<&'a str>,
    ssh_keys: &'a [String],
    firewalls: Vec<FirewallRef>,
    start_after_create: bool,
    public_net: PublicNet,
}

#[derive(Serialize)]
struct FirewallRef {
    firewall: FirewallId,
}

#[cfg(test)]
mod tests {
    use clawlets_model::{LabelKey, LabelValue};

    use super::*;

    /// Labels by key and value.
    type Pairs = &'static [(&'static str, &'static str)];

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let pair =
            |(key, value): &(&str, &str)| (LabelKey::parse(key).unwrap(), LabelValue::parse(value).unwrap());
        pairs.iter().map(pair).collect()
    }

    fn asked(labels: Labels) -> CreateServer {
        CreateServer {
            name: "cattle-rex-1".to_owned(),
            server_type: "cx23".to_owned(),
            image: "clawlets-cattle".to_owned(),
            location: None,
            labels,
            user_data: Some(Secret::from("#cloud-config")),
            ssh_keys: Vec::new(),
            firewalls: vec![FirewallId::new(4)],
            start: StartAfterCreate::Start,
            public_net: PublicNet::default(),
        }
    }

    fn found(name: &str, labels: &Labels) -> Server {
        let value = serde_json::json!({
            "id": 7, "name": name, "status": "running", "created": "2026-11-01T10:00:00+00:00", "labels": labels,
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_server_is_adopted_only_if_job_attempt_and_orchestrator_match() {
        let ours = labels(&[("job-id", "J"), ("attempt", "1"), ("orchestrator", "web-1"), ("team", "blue")]);
        let request = asked(ours.clone());
        let cases: [(Pairs, bool); 7] = [
            (&[("job-id", "J"), ("attempt", "1"), ("orchestrator", "web-1")], true),
            (&[("job-id", "J"), ("attempt", "1"), ("orchestrator", "web-1"), ("team", "red")], true),
            (&[("job-id", "K"), ("attempt", "1"), ("orchestrator", "web-1")], false),
            (&[("job-id", "J"), ("attempt", "2"), ("orchestrator", "web-1")], false),
            (&[("job-id", "J"), ("attempt", "1"), ("orchestrator", "web-2")], false),
            (&[("job-id", "J"), ("attempt", "1")], false),
            (&[], false),
        ];
        for (theirs, expected) in cases {
            assert_eq!(request.is_origin_of(&found("cattle-rex-1", &labels(theirs))), expected, "{theirs:?}");
        }
        assert!(!request.is_origin_of(&found("cattle-rex-2", &ours)));
    }

    #[test]
    fn a_request_without_our_labels_adopts_nothing() {
        assert!(!asked(Labels::new()).is_origin_of(&found("cattle-rex-1", &Labels::new())));
        let empty = labels(&[("job-id", ""), ("attempt", ""), ("orchestrator", "")]);
        assert!(!asked(empty.clone()).is_origin_of(&found("cattle-rex-1", &empty)));
    }

    #[test]
    fn a_request_prints_without_its_user_data() {
        assert!(!format!("{:?}", asked(Labels::new())).contains("cloud-config"));
    }

    #[test]
    fn the_body_is_what_the_api_expects() {
        let body = serde_json::to_value(asked(labels(&[("attempt", "1")])).body()).unwrap();
        let expected = serde_json::json!({
            "name": "cattle-rex-1",
            "server_type": "cx23",
            "image": "clawlets-cattle",
            "labels": {"attempt": "1"},
            "user_data": "#cloud-config",
            "ssh_keys": [],
            "firewalls": [{"firewall": 4}],
            "start_after_create": true,
            "public_net": {"enable_ipv4": true, "enable_ipv6": true},
        });
        assert_eq!(body, expected);
    }
}
