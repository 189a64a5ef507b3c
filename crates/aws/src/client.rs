//! Signs calls, sends them, and tries again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use clawlets_model::Secret;
use clawlets_upstream::Reach;
use jiff::Timestamp;
use reqwest::{Body as RequestBody, Request};
use tokio::time::{Instant, sleep};
use tokio_util::io::ReaderStream;
use url::Url;

use crate::{
    AwsConfig, AwsError, DynamoDb, Ec2, Endpoint, Limits, Region, S3, SecretsManager, SetupError,
    credentials::Keeper,
    error_reply,
    http::{Http, Landed, Reply, Sink},
    request::{Body, Call, Service},
    retry, sign,
};

/// How far two clocks may be apart before this one is not believed, in seconds.
const SKEW: i64 = 60;

/// AWS in one region, as seen with one set of credentials. Clones share connections and credentials.
#[derive(Debug, Clone)]
pub struct Aws {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    region: Region,
    endpoint: Option<Endpoint>,
    http: Http,
    keeper: Keeper,
    /// How many seconds the provider's clock is ahead of ours.
    skew: AtomicI64,
}

/// A call that failed for good.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: AwsError,
    /// Whether an earlier try may have had its effect.
    pub(crate) after_doubt: bool,
    /// The body of the answer that refused it, where there was one.
    pub(crate) answer: Option<Secret<Vec<u8>>>,
}

impl Failed {
    /// A call that failed at its first try, or for a reason of its own.
    pub(crate) const fn at_once(error: AwsError) -> Self {
        Self { error, after_doubt: false, answer: None }
    }
}

impl From<Failed> for AwsError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

/// One try that failed, and what time it was for who refused it.
struct Refusal {
    error: AwsError,
    date: Option<Timestamp>,
    answer: Option<Secret<Vec<u8>>>,
}

impl From<AwsError> for Refusal {
    fn from(error: AwsError) -> Self {
        Self { error, date: None, answer: None }
    }
}

impl Aws {
    /// A client. Nothing is asked yet, not even for credentials.
    ///
    /// # Errors
    /// [`SetupError`] when TLS cannot be set up.
    pub fn new(config: AwsConfig) -> Result<Self, SetupError> {
        let AwsConfig { region, credentials, endpoint, limits } = config;
        let reach = endpoint.as_ref().map_or(Reach::Tls, Endpoint::reach);
        let http = Http::new(reach, limits)?;
        let keeper = Keeper::new(credentials, http.clone(), region.clone(), endpoint.clone());
        let shared = Shared { region, endpoint, http, keeper, skew: AtomicI64::new(0) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The region of everything that is asked.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.shared.region
    }

    /// Instances and images.
    #[must_use]
    pub fn ec2(&self) -> Ec2 {
        Ec2::new(self.clone())
    }

    /// Objects.
    #[must_use]
    pub fn s3(&self) -> S3 {
        S3::new(self.clone())
    }

    /// Secrets.
    #[must_use]
    pub fn secrets_manager(&self) -> SecretsManager {
        SecretsManager::new(self.clone())
    }

    /// Items of tables.
    #[must_use]
    pub fn dynamodb(&self) -> DynamoDb {
        DynamoDb::new(self.clone())
    }

    pub(crate) fn endpoint(&self) -> Option<&Endpoint> {
        self.shared.endpoint.as_ref()
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.shared.http.limits()
    }

    /// The root of a service.
    pub(crate) fn root(&self, service: Service) -> Url {
        let own = || Endpoint::of_service(service.name(), &self.shared.region);
        self.shared.endpoint.clone().unwrap_or_else(own).at("")
    }

    /// Makes a call, and reads its answer into memory.
    pub(crate) async fn call(&self, call: &Call) -> Result<Reply, Failed> {
        let limits = self.limits();
        let budget = match &call.body {
            Body::Bytes(_) => Budget { whole: limits.call, one: limits.request },
            Body::File { .. } => Budget { whole: limits.transfer, one: limits.transfer },
        };
        self.repeat(call, Sink::Memory, budget).await.map(|(reply, _)| reply)
    }

    /// Makes a call whose answer goes into a file.
    pub(crate) async fn fetch(&self, call: &Call, sink: Sink<'_>) -> Result<(Reply, Landed), AwsError> {
        let transfer = self.limits().transfer;
        let (reply, landed) = self.repeat(call, sink, Budget { whole: transfer, one: transfer }).await?;
        let landed = landed.expect("a success that goes into a file lands there");
        Ok((reply, landed))
    }

    async fn repeat(
        &self,
        call: &Call,
        sink: Sink<'_>,
        budget: Budget,
    ) -> Result<(Reply, Option<Landed>), Failed> {
        let end = Instant::now() + budget.whole;
        let (mut tries, mut after_doubt, mut is_corrected) = (0, false, false);
        loop {
            tries += 1;
            let left = end.saturating_duration_since(Instant::now());
            let refusal = match self.attempt(call, sink, left.min(budget.one)).await {
                Ok(answer) => return Ok(answer),
                Err(refusal) => refusal,
            };
            if !is_corrected && self.corrects(&refusal).await {
                is_corrected = true;
                continue;
            }
            let Refusal { error, answer, date: _ } = refusal;
            let left = end.saturating_duration_since(Instant::now());
            match retry::wait(&error, tries, self.limits().first_wait, left, retry::chance()) {
                Some(wait) => {
                    tracing::debug!(tried = %call.tried, tries, "a call of AWS is tried again");
                    after_doubt |= error.maybe_accepted();
                    sleep(wait).await;
                }
                None => return Err(Failed { error, after_doubt, answer }),
            }
        }
    }

    /// Whether the reason for a refusal could be put right: credentials that ended early, or a clock that is wrong.
    async fn corrects(&self, refusal: &Refusal) -> bool {
        match refusal.error.code() {
            Some("ExpiredToken" | "ExpiredTokenException") => {
                self.shared.keeper.forget().await;
                true
            }
            Some("RequestTimeTooSkewed" | "RequestExpired" | "InvalidSignatureException") => {
                let ahead = refusal.date.map_or(0, |date| date.as_second() - Timestamp::now().as_second());
                let known = self.shared.skew.swap(ahead, Ordering::Relaxed);
                ahead.abs_diff(known) > SKEW.unsigned_abs()
            }
            Some(_) | None => false,
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        sink: Sink<'_>,
        patience: Duration,
    ) -> Result<(Reply, Option<Landed>), Refusal> {
        let credentials = self.shared.keeper.credentials().await.map_err(|source| AwsError::Credentials {
            tried: call.tried.clone(),
            source: Box::new(source),
        })?;
        let headers = sign::headers(call, &credentials, &self.shared.region, self.now());
        let mut request = Request::new(call.method.clone(), call.url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body(call).await?);
        let (reply, landed) = self.shared.http.send(&call.tried, request, sink, patience).await?;
        if reply.is_success() {
            return Ok((reply, landed));
        }
        let error = error_reply::meaning(&call.tried, &reply, &credentials.scrubber());
        Err(Refusal { error, date: reply.date(), answer: Some(reply.body) })
    }

    /// Now, by the provider's clock as far as it is known.
    fn now(&self) -> SystemTime {
        let skew = self.shared.skew.load(Ordering::Relaxed);
        let span = Duration::from_secs(skew.unsigned_abs());
        if skew < 0 { SystemTime::now() - span } else { SystemTime::now() + span }
    }
}

/// How long a call may take.
#[derive(Clone, Copy)]
struct Budget {
    whole: Duration,
    one: Duration,
}

async fn body(call: &Call) -> Result<RequestBody, AwsError> {
    match &call.body {
        Body::Bytes(bytes) => Ok(RequestBody::from(bytes.expose().clone())),
        Body::File { path, .. } => {
            let file = tokio::fs::File::open(path).await;
            let file = file.map_err(|source| AwsError::File {
                tried: call.tried.clone(),
                path: path.clone(),
                source,
            })?;
            Ok(RequestBody::wrap_stream(ReaderStream::with_capacity(file, 64 << 10)))
        }
    }
}
