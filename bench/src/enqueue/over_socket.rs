//! Enqueueing over the orchestrator's socket, as `clf` does.

use std::path::Path;

use clawlets_job_client::Client;
use clawlets_model::{
    JobKind, limits,
    socket::{EnqueueRequest, WhenFull},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    filled::Keys,
    load::{Load, load},
};

/// Callers with a connection each, which they keep.
pub(super) struct OverSocket {
    callers: Vec<Client>,
    template: EnqueueRequest,
}

impl OverSocket {
    pub(super) fn new(socket: &Path, connections: usize) -> Self {
        let template = EnqueueRequest {
            protocol_version: limits::PROTOCOL_VERSION,
            requester: None,
            idempotency_key: None,
            kind: JobKind::CattleSpawn,
            payload: json!({
                "persona": "rex",
                "task": { "schemaVersion": 1, "taskId": "bench", "type": "command", "argv": ["true"] },
                "ttl": "10m",
            }),
            run_at: Some(Timestamp::now() + SignedDuration::from_hours(24)),
            priority: None,
            max_attempts: None,
            when_full: Some(WhenFull::Queue),
        };
        // Not clones: these would share a connection.
        Self { callers: (0..connections).map(|_| Client::new(socket)).collect(), template }
    }

    /// Opens every connection.
    pub(super) async fn warm_up(&self) {
        self.enqueue(self.callers.len(), Keys::Ordered).await;
    }

    pub(super) async fn enqueue(&self, jobs: usize, keys: Keys) -> Load {
        load(&self.callers, jobs, async |client: &Client| {
            let request = EnqueueRequest { idempotency_key: Some(keys.fresh()), ..self.template.clone() };
            let answer = client.enqueue(&request).await.expect("the orchestrator takes the job");
            assert!(!answer.deduped, "a fresh key gives a fresh job");
        })
        .await
    }
}
