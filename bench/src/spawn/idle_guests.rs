//! What guests cost that do nothing, and how fast they go.

use clawlets_job_client::{Client, Until};

use super::{
    alone::{enqueue, first_record},
    cloud::LocalCloud,
};
use crate::{
    latencies::median,
    process::{Memory, family},
    scale::Scale,
    site::Site,
};

/// How many guests idle at the same time.
const GUESTS: usize = 4;

/// What was found.
pub(super) struct IdleGuests {
    /// What each guest beside the first takes, in bytes: its processes' share of memory.
    pub(super) bytes_each: f64,
    /// From the order to delete one to its end, in milliseconds.
    pub(super) destroy_millis: f64,
}

/// Starts some guests that wait, looks at their memory, and destroys them.
pub(super) async fn measure(client: &Client, site: &Site, cloud: &LocalCloud, scale: &Scale) -> IdleGuests {
    let guests = if scale.is_smoke { 2 } else { GUESTS };
    let mut servers = Vec::new();
    let mut jobs = Vec::new();
    for _ in 0..guests {
        let job = enqueue(client, &["sh", "-c", "echo up; sleep 600"]).await;
        first_record(client, &job).await;
        let server = client.job(&job).await.expect("the job can be shown").job.server_id;
        servers.push(server.expect("a VM that spoke has an id"));
        jobs.push(job);
    }
    let mut sizes: Vec<f64> = servers.iter().map(|server| size(cloud, *server)).collect();
    // What all of them share is counted to each in part; the first is left out since it is not a further one.
    sizes.remove(0);
    let destroyed = servers.iter().map(|server| cloud.destroy(*server).as_secs_f64() * 1e3).collect();
    for job in &jobs {
        site.world.clf(&["jobs", "cancel", job.as_str()]);
        client.wait(job, Until::Gone, None, |_| {}).await.expect("the job ends");
    }
    IdleGuests { bytes_each: median(sizes), destroy_millis: median(destroyed) }
}

/// The memory of the processes of one guest.
fn size(cloud: &LocalCloud, server: u64) -> f64 {
    let shim = cloud.shim(server).expect("a guest that spoke has a shim");
    let processes = family(shim, &cloud.folder(server));
    processes.iter().filter(|id| **id != cloud.process).map(|id| Memory::of(*id).proportional).sum()
}
