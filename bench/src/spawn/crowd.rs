//! Many VMs at once.

use clawlets_job_client::{Client, Until};
use futures_util::future::join_all;

use super::alone::{enqueue, first_record, when};

/// Orders so many VMs at once, and gives how many a second spoke: from the first order to the last first record.
pub(super) async fn spawn(client: &Client, count: usize) -> f64 {
    let one = async || {
        let job = enqueue(client, &["echo", "up"]).await;
        let seen = first_record(client, &job).await;
        client.wait(&job, Until::Gone, None, |_| {}).await.expect("the job ends");
        let events = client.events(&job).await.expect("the job has a history").events;
        (when(&events, "creating").expect("a VM was ordered"), seen)
    };
    let spans = join_all((0..count).map(|_| one())).await;
    let begun = spans.iter().map(|(order, _)| *order).min().expect("there was a VM");
    let ended = spans.iter().map(|(_, seen)| *seen).max().expect("there was a VM");
    count as f64 / ended.duration_since(begun).as_secs_f64()
}
