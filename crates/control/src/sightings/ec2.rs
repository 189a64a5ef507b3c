//! Instances at AWS.

use std::sync::Arc;

use async_trait::async_trait;
use clawlets_aws::{Aws, Instance, InstanceFilter};

use super::{Machine, Provides};
use crate::late::Late;

/// The tag that instances of ours bear, and its values: that of the older system, and ours.
const TAG: (&str, [&str; 2]) = ("app", ["clawdinator", "clawlets"]);
/// The instances of ours.
#[derive(Debug)]
pub struct Ec2Source(pub Arc<Late<Aws>>);

#[async_trait]
impl Provides for Ec2Source {
    async fn machines(&self) -> Result<Vec<Machine>, String> {
        let aws = self.0.get().map_err(|error| error.to_string())?;
        let instances = aws.ec2().instances(&InstanceFilter::tagged(TAG.0, &TAG.1)).await;
        let instances = instances.map_err(|error| error.to_string())?;
        Ok(instances.iter().map(machine).collect())
    }
}

fn machine(instance: &Instance) -> Machine {
    Machine {
        name: instance.name().map_or_else(|| instance.id.to_string(), str::to_owned),
        id: instance.id.to_string(),
        state: instance.state.clone(),
        image: instance.image.as_ref().map(ToString::to_string),
        ip: instance.public_ip.map(|ip| ip.to_string()),
        is_gone: instance.is_gone(),
    }
}
