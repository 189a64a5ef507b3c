//! Looking at jobs and canceling them.

use std::collections::BTreeMap;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::Uri,
};
use clawlets_jobs::{Cursor, Event, Fence, Filter, Job};
use clawlets_model::{
    JobKind, Requester, Status, limits,
    socket::{EventsAnswer, JobAnswer, JobView, JobsAnswer, ResultAnswer},
};

use super::{
    access::{nobody, requester},
    answer::Fault,
    query::Parameters,
    routes::Api,
};
use crate::identity::Caller;

pub(super) async fn list(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Json<JobsAnswer>, Fault> {
    let parameters = Parameters::read(&uri, &["requester", "status", "kind", "limit", "cursor"])?;
    let named = parameters.get("requester", Requester::parse)?;
    let limit = parameters.get("limit", str::parse::<u32>)?;
    if limit.is_some_and(|limit| limit == 0 || limit > clawlets_jobs::MAX_PAGE) {
        return Err(Fault::bad_request(format!("limit: expected 1 to {}", clawlets_jobs::MAX_PAGE)));
    }
    let filter = Filter {
        requester: match &caller {
            Caller::Operator => named,
            Caller::Bot(_) => Some(requester(&caller, named)?),
            Caller::Nobody => return Err(nobody()),
        },
        status: parameters.get("status", str::parse::<Status>)?,
        kind: parameters.get("kind", str::parse::<JobKind>)?,
        limit,
        cursor: parameters.get("cursor", Cursor::parse)?,
    };
    let page = api.shared.store.list(filter).await?;
    Ok(Json(JobsAnswer {
        protocol_version: limits::PROTOCOL_VERSION,
        jobs: api.views(&page.jobs).await?,
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

pub(super) async fn show(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<JobAnswer>, Fault> {
    let job = api.job(&caller, &id).await?;
    api.job_answer(&job).await
}

pub(super) async fn cancel(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<JobAnswer>, Fault> {
    let job = api.job(&caller, &id).await?;
    let job = api.shared.apply(job.id, Fence::Open, Event::CancelRequested).await?;
    tracing::info!(job_id = %job.id, ?caller, "a job is canceled");
    api.job_answer(&job).await
}

pub(super) async fn events(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<EventsAnswer>, Fault> {
    let from = Parameters::read(&uri, &["from"])?.get("from", str::parse::<u64>)?.unwrap_or(0);
    let job = api.job(&caller, &id).await?;
    let events = api.shared.store.events(job.id, from).await?;
    Ok(Json(EventsAnswer { protocol_version: limits::PROTOCOL_VERSION, events }))
}

pub(super) async fn result(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<ResultAnswer>, Fault> {
    let job = api.job(&caller, &id).await?;
    if !job.status.is_final() {
        return Err(Fault::conflict(format!("job {} has not ended: it is {}", job.id, job.status)));
    }
    let result = api.shared.store.result(job.id).await?;
    let artifacts = api.shared.store.artifacts(job.id).await?;
    Ok(Json(ResultAnswer {
        protocol_version: limits::PROTOCOL_VERSION,
        job_id: job.id,
        status: job.status,
        reason: job.reason,
        message: job.message,
        exit_code: job.exit_code,
        signal: result.as_ref().and_then(|result| result.signal),
        duration_ms: result.as_ref().map(|result| result.duration_ms),
        output: result.and_then(|result| result.output),
        artifacts,
    }))
}

impl Api {
    async fn job_answer(&self, job: &Job) -> Result<Json<JobAnswer>, Fault> {
        Ok(Json(JobAnswer { protocol_version: limits::PROTOCOL_VERSION, job: self.view(job).await? }))
    }

    /// A job as it is shown.
    async fn view(&self, job: &Job) -> Result<JobView, Fault> {
        let mut views = self.views(std::slice::from_ref(job)).await?;
        Ok(views.pop().expect("there is a view of each job"))
    }

    /// Jobs as they are shown, those that wait for room with their places in line.
    async fn views(&self, jobs: &[Job]) -> Result<Vec<JobView>, Fault> {
        let waiting: Vec<_> = jobs.iter().filter(|job| job.waits_for_room()).map(|job| job.id).collect();
        let places =
            if waiting.is_empty() { BTreeMap::new() } else { self.shared.store.positions(waiting).await? };
        Ok(jobs.iter().map(|job| job.to_view(places.get(&job.id).copied())).collect())
    }
}
