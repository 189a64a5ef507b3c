//! From `POST /servers` to the first record of a guest's log at the orchestrator, and what a guest costs.
//!
//! The clock starts when the orchestrator writes that it is about to order the VM, and stops when the record arrives at
//! somebody who follows the log: both are further apart than the two moments that the figure is named after.

mod alone;
mod birth;
mod cloud;
mod crowd;
mod idle_guests;
mod picture;
mod timeline;

pub(crate) use picture::draw;
pub(crate) use timeline::Timeline;

use birth::Birth;
use cloud::LocalCloud;

use crate::{
    latencies::{Latencies, median},
    report::{Figure, Report},
    scale::Scale,
    site::{Rows, Site},
};

/// How a guest comes to be, and what that may take: at first, and in the end.
struct Goal {
    way: &'static str,
    millis: f64,
    at_last: f64,
}

const GOALS: [Goal; 3] = [
    Goal { way: "cold", millis: 2_500.0, at_last: 2_500.0 },
    Goal { way: "clone", millis: 300.0, at_last: 120.0 },
    Goal { way: "pool", millis: 60.0, at_last: 20.0 },
];
const DESTROY: f64 = 50.0;
const SPAWNS_A_SECOND: f64 = 5.0;
const MEGABYTES_FOR_EACH: f64 = 30.0;

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("spawn", "From an order to the first line of a guest's log");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    for birth in Birth::ALL {
        let site = Site::start_with(scale, Rows::None, &[&birth.up(scale)]);
        let cloud = LocalCloud::of(&site);
        runtime.block_on(measure(&mut report, scale, birth, &site, &cloud));
    }
    report.note(format!(
        "Medians of {} spawns one after the other, no egress allowed, each from a cloud that has been idle for a moment. The clock runs from the orchestrator's intent to order a VM until the record is with a follower of the log.",
        scale.spawns
    ));
    report.note(
        "Of what a further guest takes, about half is code that the emulator translated for it: that is what makes the next request fast, and cannot be shared. What guests share is counted to the first.",
    );
    report
}

async fn measure(report: &mut Report, scale: &Scale, birth: Birth, site: &Site, cloud: &LocalCloud) {
    let client = clawlets_job_client::Client::new(site.world.socket());
    birth.is_ready(cloud).await;
    let mut born = Vec::new();
    for _ in 0..scale.spawns {
        birth.is_ready(cloud).await;
        born.push(alone::spawn(&client, cloud).await);
    }
    let expected = birth.way();
    let others = born.iter().filter(|one| one.way.as_deref().is_some_and(|way| way != expected)).count();
    if others > 0 {
        report.note(format!(
            "{expected}: {others} of {} guests came to be in another way, and count.",
            born.len()
        ));
    }
    let times = Latencies::new(born.iter().map(|one| one.first_record).collect());
    let goal = GOALS.iter().find(|goal| goal.way == expected);
    let figure = Figure::millis(format!("{expected}: first log record, median"), times.millis(0.5));
    report.add(match goal {
        Some(goal) => figure.target(goal.at_last),
        None => figure,
    });
    report.add(Figure::millis(format!("{expected}: … p95"), times.millis(0.95)));
    if let Some(goal) = goal.filter(|goal| goal.millis > goal.at_last) {
        report.note(format!("{expected}: the first goal was {} ms.", goal.millis));
    }
    let gone: Vec<f64> = born.iter().filter_map(|one| one.gone_millis).collect();
    if !gone.is_empty() {
        report.add(Figure::millis(
            format!("{expected}: from the wish to delete it to the proof that it is gone, median"),
            median(gone),
        ));
    }
    born.sort_by_key(|one| one.first_record);
    let middle = born.swap_remove(born.len() / 2);
    report.timelines.push(middle.timeline(expected));

    birth.is_ready(cloud).await;
    let crowd = crowd::spawn(&client, scale.spawns_at_once).await;
    let rate =
        Figure::per_second(format!("{expected}: {} at once, spawns a second", scale.spawns_at_once), crowd);
    report.add(if birth == Birth::Pool { rate.target(SPAWNS_A_SECOND) } else { rate });
    cloud.is_empty().await;
    let idle = idle_guests::measure(&client, site, cloud, scale).await;
    let share = Figure::bytes(format!("{expected}: each further idle guest, memory"), idle.bytes_each);
    report.add(if birth == Birth::Cold { share } else { share.target(MEGABYTES_FOR_EACH) });
    report.add(
        Figure::millis(format!("{expected}: destroy, by the API, median"), idle.destroy_millis)
            .target(DESTROY),
    );
}
