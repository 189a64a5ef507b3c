//! What can be seen of the hosts: by AWS, and by the hosts' own word.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use clawlets_aws::{AwsError, Ec2, Instance, InstanceFilter};
use clawlets_control_client::Client;
use clawlets_fleet::AmiId;
use clawlets_model::{HostName, control::InstanceView};
use clawlets_rollout::{
    InstanceId,
    health::{Judgement, Power, Report, Sighting, judge},
    plan::Order,
};
use tokio::time::sleep;

/// How long is waited between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Where to look.
#[derive(Debug)]
pub(super) struct Eyes {
    /// What AWS says.
    pub(super) ec2: Ec2,
    /// What hosts say of themselves; none when it does not count.
    pub(super) control: Option<Client>,
    /// How long a new instance may take.
    pub(super) deadline: Duration,
}

impl Eyes {
    /// Every instance that bears the name of one of these hosts, host by host.
    ///
    /// # Errors
    /// [`AwsError`].
    pub(super) async fn living(
        &self,
        hosts: &[HostName],
    ) -> Result<BTreeMap<HostName, Vec<Sighting>>, AwsError> {
        let names: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
        let mut filter = InstanceFilter::tagged("Name", &names);
        filter.tags.insert("app".to_owned(), vec!["clawdinator".to_owned()]);
        let mut found: BTreeMap<HostName, Vec<Sighting>> = BTreeMap::new();
        for instance in self.ec2.instances(&filter).await? {
            let host = instance.name().and_then(|name| HostName::parse(name).ok());
            if let (Some(host), Some(sighting)) = (host, sighting(&instance)) {
                found.entry(host).or_default().push(sighting);
            }
        }
        Ok(found)
    }

    /// Watches a new instance until it does its work. Why not, if it never does.
    pub(super) async fn watch(
        &self,
        order: &Order,
        instance: &InstanceId,
        mut say: impl FnMut(&str),
    ) -> Result<(), String> {
        let end = Instant::now() + self.deadline;
        loop {
            let missing = match self.living(std::slice::from_ref(&order.host)).await {
                Ok(mut living) => {
                    let seen = living.remove(&order.host).unwrap_or_default();
                    match judge(instance, &order.image, &seen, &self.report(order, instance).await) {
                        Judgement::Ready => return Ok(()),
                        Judgement::Lost(why) => return Err(why),
                        Judgement::Wait(missing) => missing,
                    }
                }
                // Nobody can say anything about a host because of that.
                Err(error) => error.to_string(),
            };
            say(&missing);
            if Instant::now() + BETWEEN_LOOKS >= end {
                let seconds = self.deadline.as_secs();
                return Err(format!("it was not healthy after {seconds} s: {missing}"));
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    /// What the host says of itself, if it is this instance that does.
    async fn report(&self, order: &Order, instance: &InstanceId) -> Report {
        let Some(control) = &self.control else { return Report::NotAsked };
        match control.status().await {
            Ok(status) => {
                let row = status.instances.iter().find(|row| row.name == order.host.as_str());
                row.filter(|row| row.id.as_deref() == Some(instance.as_str())).map_or(Report::Nothing, of_row)
            }
            Err(error) => Report::Bad(error.to_string()),
        }
    }
}

fn of_row(row: &InstanceView) -> Report {
    match row.health.as_deref() {
        Some("healthy") => Report::Good,
        None | Some("unreachable" | "starting") => Report::Nothing,
        Some(word) => Report::Bad(word.to_owned()),
    }
}

fn sighting(instance: &Instance) -> Option<Sighting> {
    Some(Sighting {
        instance: InstanceId::parse(instance.id.as_str()).ok()?,
        image: instance.image.as_ref().and_then(|image| AmiId::parse(image.as_str()).ok()),
        power: Power::of_state(&instance.state),
    })
}
