//! The plan guard against generated plans, and a deploy with a crash at every point.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod crashes;
mod guard;
mod refusals;
mod world;

use clawlets_fleet::AmiId;
use clawlets_model::HostName;
use clawlets_rollout::{RequestId, plan::Order};

fn host(name: &str) -> HostName {
    HostName::parse(name).unwrap()
}

fn image(n: u32) -> AmiId {
    AmiId::parse(&format!("ami-{n:08x}")).unwrap()
}

fn request(name: &str) -> RequestId {
    RequestId::parse(name).unwrap()
}

fn order(name: &str) -> Order {
    Order { host: host(name), image: image(7), request: request("r-1") }
}
