//! One VM, looked at closely.

use std::time::Duration;

use clawlets_job_client::{Client, LogRange, Reference, Until};
use clawlets_model::{
    JobKind, limits,
    socket::{EnqueueRequest, JobEvent, WhenFull},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    cloud::{Account, LocalCloud},
    timeline::{Clocks, Timeline},
};
use crate::filled::Keys;

/// How long a job may take to its very end.
const PATIENCE: Duration = Duration::from_secs(120);

/// A VM that came, spoke and went.
pub(super) struct Born {
    /// From the order to the first record of its log.
    pub(super) first_record: Duration,
    /// How it came to be, by the local cloud's account.
    pub(super) way: Option<String>,
    /// From the wish to delete it to the proof that it is gone, in milliseconds.
    pub(super) gone_millis: Option<f64>,
    order: Timestamp,
    seen: Timestamp,
    events: Vec<JobEvent>,
    account: Account,
    clocks: Clocks,
}

/// A request for a VM that runs a command.
pub(super) fn request(argv: &[&str]) -> EnqueueRequest {
    let task: Value = json!({ "schemaVersion": 1, "taskId": "bench", "type": "command", "argv": argv });
    EnqueueRequest {
        protocol_version: limits::PROTOCOL_VERSION,
        requester: None,
        idempotency_key: Some(Keys::Ordered.fresh()),
        kind: JobKind::CattleSpawn,
        payload: json!({ "persona": "rex", "task": task, "ttl": "10m" }),
        run_at: None,
        priority: None,
        max_attempts: None,
        when_full: Some(WhenFull::Queue),
    }
}

/// Enqueues a job and gives its reference.
pub(super) async fn enqueue(client: &Client, argv: &[&str]) -> Reference {
    let answer = client.enqueue(&request(argv)).await.expect("the orchestrator takes the job");
    Reference::parse(&answer.job_id.to_string()).expect("a job's id refers to it")
}

/// Waits for the first record of a job's log, and says when it came.
pub(super) async fn first_record(client: &Client, job: &Reference) -> Timestamp {
    let mut follow = client.follow(job.clone(), LogRange::default());
    let record = follow.next().await.expect("the log can be followed");
    let seen = Timestamp::now();
    assert!(record.is_some(), "the job ended without a word");
    seen
}

/// When something happened to a job for the first time.
pub(super) fn when(events: &[JobEvent], what: &str) -> Option<Timestamp> {
    events.iter().find(|event| event.event == what).map(|event| event.t)
}

/// Runs a command in a VM and looks on until the VM is gone.
pub(super) async fn spawn(client: &Client, cloud: &LocalCloud) -> Born {
    let clocks = Clocks::read();
    let job = enqueue(client, &["echo", "up"]).await;
    let seen = first_record(client, &job).await;
    let server = client.job(&job).await.expect("the job can be shown").job.server_id;
    let account = server.map_or_else(Account::default, |server| cloud.account(server));
    client.wait(&job, Until::Gone, Some(PATIENCE), |_| {}).await.expect("the job ends");
    let events = client.events(&job).await.expect("the job has a history").events;
    let order = when(&events, "creating").expect("a VM was ordered");
    let gone_millis = when(&events, "deleting")
        .zip(when(&events, "gone"))
        .map(|(wish, gone)| gone.duration_since(wish).as_secs_f64() * 1e3);
    let first_record =
        Duration::try_from(seen.duration_since(order)).expect("a record comes after the order");
    Born { first_record, way: account.way.clone(), gone_millis, order, seen, events, account, clocks }
}

impl Born {
    /// How it came to be.
    pub(super) fn timeline(&self, way: &str) -> Timeline {
        let order = self.order.as_microsecond();
        let of_orchestrator =
            ["created", "powered-on", "redeemed", "started"].into_iter().filter_map(|name| {
                when(&self.events, name).map(|t| (format!("orchestrator: {name}"), t.as_microsecond()))
            });
        let of_cloud = self.account.marks.iter().map(|mark| {
            (mark.phase.replace('_', " "), self.clocks.time_of_day(self.account.accepted + mark.us))
        });
        let end = ("first record".to_owned(), self.seen.as_microsecond());
        Timeline::new(way, order, of_orchestrator.chain(of_cloud).collect(), end)
    }
}
