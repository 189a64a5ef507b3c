//! What guests cost that do nothing, and how fast they go.

use clawlets_job_client::{Client, LogRange, Reference, Until};
use clawlets_model::guest::LogStream;

use super::{alone::enqueue, cloud::LocalCloud};
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
    /// What each guest beside the first adds to the memory of all, in bytes.
    pub(super) bytes_each: f64,
    /// From the order to delete one to its end, in milliseconds.
    pub(super) destroy_millis: f64,
}

/// Starts some guests that wait, looks at their memory, and destroys them.
pub(super) async fn measure(client: &Client, site: &Site, cloud: &LocalCloud, scale: &Scale) -> IdleGuests {
    let guests = if scale.is_smoke { 2 } else { GUESTS };
    let mut servers = Vec::new();
    let mut jobs = Vec::new();
    let mut alone = 0.0;
    for _ in 0..guests {
        let job = enqueue(client, &["sh", "-c", "echo up; sleep 600"]).await;
        task_speaks(client, &job).await;
        let server = client.job(&job).await.expect("the job can be shown").job.server_id;
        servers.push(server.expect("a VM that spoke has an id"));
        jobs.push(job);
        if servers.len() == 1 {
            alone = size(cloud, &servers);
        }
    }
    // What guests have in common is there once, however many there are: the first has paid for it.
    let bytes_each = (size(cloud, &servers) - alone) / (guests - 1) as f64;
    let destroyed = servers.iter().map(|server| cloud.destroy(*server).as_secs_f64() * 1e3).collect();
    for job in &jobs {
        site.world.clf(&["jobs", "cancel", job.as_str()]);
        client.wait(job, Until::Gone, None, |_| {}).await.expect("the job ends");
    }
    IdleGuests { bytes_each, destroy_millis: median(destroyed) }
}

/// Waits until the task has written something, and so idles.
async fn task_speaks(client: &Client, job: &Reference) {
    let mut follow = client.follow(job.clone(), LogRange::default());
    loop {
        let record = follow.next().await.expect("the log can be followed");
        let record = record.expect("the task writes before it idles");
        if record.stream == LogStream::Stdout {
            return;
        }
    }
}

/// The memory of all processes of these guests; what several of them share is counted once.
fn size(cloud: &LocalCloud, servers: &[u64]) -> f64 {
    let processes = servers.iter().flat_map(|server| {
        let shim = cloud.shim(*server).expect("a guest that spoke has a shim");
        family(shim, &cloud.folder(*server))
    });
    processes.filter(|id| *id != cloud.process).map(|id| Memory::of(id).proportional).sum()
}
