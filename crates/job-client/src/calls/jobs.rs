//! Calls about jobs.

use clawlets_model::socket::{
    ArtifactsAnswer, EnqueueAnswer, EnqueueRequest, EventsAnswer, JobAnswer, JobsAnswer, ResultAnswer,
};
use http::Method;

use crate::{
    Client, ClientError, JobFilter, Reference,
    client::{PROVIDER, QUICK},
    connection::Repeated,
    query::segment,
};

impl Client {
    /// Asks whether the orchestrator is well.
    ///
    /// # Errors
    /// [`ClientError`] when it does not answer, or not with success.
    pub async fn health(&self) -> Result<(), ClientError> {
        self.send(Method::GET, "/healthz", QUICK).await.map(drop)
    }

    /// Enqueues a job. The same requester, key and content give the same job again.
    ///
    /// # Errors
    /// [`ClientError::TooLarge`] beyond 256 KiB; [`ClientError::Api`] when it is refused.
    pub async fn enqueue(&self, request: &EnqueueRequest) -> Result<EnqueueAnswer, ClientError> {
        let repeated = if request.idempotency_key.is_some() { Repeated::Harmless } else { Repeated::Harmful };
        self.post("/v1/jobs/enqueue", request, repeated, PROVIDER).await
    }

    /// One page of jobs, newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn jobs(&self, filter: &JobFilter) -> Result<JobsAnswer, ClientError> {
        self.call(Method::GET, &format!("/v1/jobs{}", filter.to_query()), QUICK).await
    }

    /// Every job that the filter lets through, page after page, from its cursor on.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::Protocol`] also when the orchestrator answers with the same page for ever.
    pub async fn all_jobs(&self, mut filter: JobFilter) -> Result<JobsAnswer, ClientError> {
        let mut all = self.jobs(&filter).await?;
        while let Some(cursor) = all.next_cursor.take() {
            if filter.cursor.as_ref() == Some(&cursor) {
                return Err(self.protocol("the next page is the same page".to_owned()));
            }
            filter.cursor = Some(cursor);
            let page = self.jobs(&filter).await?;
            all.jobs.extend(page.jobs);
            all.next_cursor = page.next_cursor;
        }
        Ok(all)
    }

    /// One job.
    ///
    /// # Errors
    /// [`ClientError::Api`] when there is none, or it is somebody else's.
    pub async fn job(&self, job: &Reference) -> Result<JobAnswer, ClientError> {
        self.call(Method::GET, &path_of(job, ""), QUICK).await
    }

    /// What a job came to.
    ///
    /// # Errors
    /// [`ClientError::Api`] with `conflict` while the job has not ended.
    pub async fn result(&self, job: &Reference) -> Result<ResultAnswer, ClientError> {
        self.call(Method::GET, &path_of(job, "/result"), QUICK).await
    }

    /// Asks that a job be canceled.
    ///
    /// # Errors
    /// [`ClientError::Api`] with `conflict` when it has ended already.
    pub async fn cancel(&self, job: &Reference) -> Result<JobAnswer, ClientError> {
        self.call(Method::POST, &path_of(job, "/cancel"), QUICK).await
    }

    /// A job's history, oldest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn events(&self, job: &Reference) -> Result<EventsAnswer, ClientError> {
        self.call(Method::GET, &path_of(job, "/events"), QUICK).await
    }

    /// The files that a job's task left.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn artifacts(&self, job: &Reference) -> Result<ArtifactsAnswer, ClientError> {
        self.call(Method::GET, &path_of(job, "/artifacts"), QUICK).await
    }
}

/// The path of something that belongs to a job.
pub(crate) fn path_of(job: &Reference, rest: &str) -> String {
    format!("/v1/jobs/{}{rest}", segment(job.as_str()))
}
