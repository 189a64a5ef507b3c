//! The client against a small project on loopback that misbehaves on demand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod actions;
mod answers;
mod creating;
mod deleting;
mod listing;
mod project;
mod resources;
mod retrying;
mod secrecy;
mod wire;

use std::time::Duration;

use clawlets_cloud::{
    CreateServer, Hetzner, HetznerConfig, Jitter, Limits, PublicNet, StartAfterCreate, endpoint,
};
use clawlets_model::{LabelKey, LabelValue, Labels, Secret};

use crate::project::FakeCloud;

/// The token of every test.
const TOKEN: &str = "token-of-the-test-project";
/// User data that must not show up anywhere.
const USER_DATA: &str = "#cloud-config\nwrite_files: one-time-token-0123456789";

fn config(cloud: &FakeCloud) -> HetznerConfig {
    HetznerConfig {
        endpoint: endpoint(&cloud.endpoint()).unwrap(),
        token: Secret::from(TOKEN),
        limits: Limits {
            call: Duration::from_secs(30),
            request: Duration::from_secs(2),
            connect: Duration::from_secs(2),
            answer: 64 * 1024,
        },
        jitter: Jitter::seeded(7),
    }
}

fn client(cloud: &FakeCloud) -> Hetzner {
    Hetzner::new(config(cloud)).unwrap()
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    let pair =
        |(key, value): &(&str, &str)| (LabelKey::parse(key).unwrap(), LabelValue::parse(value).unwrap());
    pairs.iter().map(pair).collect()
}

fn our_labels() -> Labels {
    labels(&[("job-id", "J1"), ("attempt", "1"), ("orchestrator", "web-1"), ("persona", "rex")])
}

fn asked(name: &str) -> CreateServer {
    CreateServer {
        name: name.to_owned(),
        server_type: "cx23".to_owned(),
        image: "clawlets-cattle".to_owned(),
        location: Some("nbg1".to_owned()),
        labels: our_labels(),
        user_data: Some(Secret::from(USER_DATA)),
        ssh_keys: Vec::new(),
        firewalls: Vec::new(),
        start: StartAfterCreate::Start,
        public_net: PublicNet::default(),
    }
}
