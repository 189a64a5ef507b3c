//! `POST /v1/jobs/enqueue`.

use std::sync::Arc;

use axum::{Extension, Json, body::Body, extract::State};
use clawlets_jobs::{About, Admission, Enqueued, MaxAttempts, NewJob, Priority};
use clawlets_model::{
    JobId, JobKind, document, limits,
    socket::{EnqueueAnswer, EnqueueRequest, ReapPayload},
};

use super::{
    access::{bot, operators_only, requester},
    answer::Fault,
    request::{describe, read},
    routes::Api,
};
use crate::{
    identity::Caller,
    spawn::{Snapshot, charge, resolve},
};

/// How many jobs of one bot may wait in the queue.
const QUEUED_PER_BOT: u64 = 1_000;
/// How many jobs may wait in the queue.
const QUEUED: u64 = 100_000;

pub(super) async fn enqueue(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<EnqueueAnswer>, Fault> {
    let request: EnqueueRequest = read(body).await?;
    if api.stop.is_cancelled() {
        return Err(Fault::new(
            clawlets_model::socket::ApiErrorCode::Stopping,
            "the orchestrator is stopping",
        ));
    }
    check_key(request.idempotency_key.as_deref())?;
    let mut new = NewJob {
        id: new_id(&api)?,
        requester: requester(&caller, request.requester)?,
        idempotency_key: request.idempotency_key,
        kind: request.kind,
        payload: request.payload,
        snapshot: None,
        about: About::default(),
        run_at: request.run_at,
        priority: priority(&caller, request.priority)?,
        max_attempts: max_attempts(request.max_attempts)?,
        when_full: request.when_full.unwrap_or_default(),
    };
    if new.idempotency_key.is_some()
        && let Some(known) = api.shared.store.recall(new.clone()).await?
    {
        return Ok(answer(known));
    }
    let mut room = api.shared.fleet.room(&api.shared.caps);
    match new.kind {
        JobKind::CattleSpawn => {
            let snapshot = resolve_spawn(&api, &caller, &mut new).await?;
            if let Some(room) = &mut room {
                // What cannot be said now is asked again before the VM is.
                room.charge = charge(&api.shared, &snapshot).await.unwrap_or_default();
            }
        }
        JobKind::CattleReap => {
            operators_only(&caller, "cattle.reap")?;
            document::from_value::<ReapPayload>(new.payload.clone()).map_err(|error| describe(&error))?;
        }
    }
    let id = new.id;
    let of_a_bot = bot(&new.requester).is_some();
    let admission = Admission {
        max_queued_per_requester: of_a_bot.then_some(QUEUED_PER_BOT),
        max_queued: Some(QUEUED),
        room,
    };
    let enqueued = api.shared.store.enqueue(new, admission, api.shared.now()).await;
    let is_new = enqueued.as_ref().is_ok_and(|enqueued| !enqueued.deduped);
    if is_new {
        metrics::counter!("clf_jobs_enqueued_total").increment(1);
        api.shared.signals.dispatch();
    } else {
        forget_snapshot(&api, id).await;
    }
    Ok(answer(enqueued?))
}

fn answer(enqueued: Enqueued) -> Json<EnqueueAnswer> {
    Json(EnqueueAnswer {
        protocol_version: limits::PROTOCOL_VERSION,
        job_id: enqueued.job,
        deduped: enqueued.deduped,
    })
}

async fn resolve_spawn(api: &Api, caller: &Caller, new: &mut NewJob) -> Result<Snapshot, Fault> {
    let (config, files) = (Arc::clone(&api.shared.config), api.shared.files.snapshots.clone());
    let (caller, bot, payload, id) = (caller.clone(), bot(&new.requester), new.payload.clone(), new.id);
    let work = move || {
        let resolved = resolve(&config, &caller, bot.as_ref(), &payload)?;
        let kept = resolved.snapshot.clone().keep(id, &files).map_err(|error| Fault::internal(&error))?;
        Ok::<_, Fault>((resolved.about, kept, resolved.snapshot))
    };
    let resolved = tokio::task::spawn_blocking(work).await.map_err(|error| Fault::internal(&error))?;
    let (about, kept, snapshot) = resolved?;
    new.about = about;
    new.snapshot = Some(kept);
    Ok(snapshot)
}

/// A snapshot's file that belongs to no job.
async fn forget_snapshot(api: &Api, id: JobId) {
    let files = api.shared.files.snapshots.clone();
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || files.remove(id)).await {
        tracing::warn!(job_id = %id, %error, "a snapshot without a job stays until the next cleaning");
    }
}

fn check_key(key: Option<&str>) -> Result<(), Fault> {
    match key {
        Some(key) if key.is_empty() || key.chars().count() > 200 || key.chars().any(char::is_control) => {
            Err(Fault::bad_request("idempotencyKey: expected 1 to 200 characters without control characters"))
        }
        Some(_) | None => Ok(()),
    }
}

fn priority(caller: &Caller, asked: Option<i32>) -> Result<Priority, Fault> {
    let priority =
        Priority::new(asked.unwrap_or(0)).map_err(|error| Fault::bad_request(error.to_string()))?;
    if priority > Priority::default() {
        operators_only(caller, "a priority above 0")?;
    }
    Ok(priority)
}

fn max_attempts(asked: Option<u32>) -> Result<MaxAttempts, Fault> {
    match asked {
        Some(asked) => MaxAttempts::new(asked).map_err(|error| Fault::bad_request(error.to_string())),
        None => Ok(MaxAttempts::default()),
    }
}

fn new_id(api: &Api) -> Result<JobId, Fault> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Fault::internal(&error))?;
    let millis = u64::try_from(api.shared.now().as_millisecond()).unwrap_or(0);
    Ok(JobId::from_parts(millis, u128::from_le_bytes(random)))
}
