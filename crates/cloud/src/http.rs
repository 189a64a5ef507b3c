//! Sends one request and reads one answer: no retries, no redirects, bounded in time and size.

use std::{error::Error, time::Duration};

use clawlets_model::{Scrubber, Secret};
use clawlets_upstream::{BaseUrl, client_config};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{
    Client, Response,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, InvalidHeaderValue},
    redirect,
};
use thiserror::Error as ThisError;

use crate::{
    CloudError, HetznerConfig, Limits, RateLimit,
    error_reply::ErrorReply,
    exchange::Carrier,
    rate_limit::{LastRateLimit, Told},
    reply::Reply,
    request::Request,
};

/// Why a client cannot be set up.
#[derive(Debug, ThisError)]
pub enum SetupError {
    /// The token has characters that no token has, a line break for instance.
    #[error("the cloud token is empty or has characters that cannot be sent")]
    Token(#[source] Option<InvalidHeaderValue>),
    /// TLS cannot be set up.
    #[error("failed to set up TLS for the cloud")]
    Tls(#[source] rustls::Error),
    /// The HTTP client cannot be set up.
    #[error("failed to set up the HTTP client for the cloud")]
    Client(#[source] reqwest::Error),
}

/// A connection pool to one endpoint with one token.
#[derive(Debug)]
pub(crate) struct Http {
    client: Client,
    carrier: Carrier,
    endpoint: BaseUrl,
    authorization: HeaderValue,
    token: Secret<String>,
    limits: Limits,
    rate_limit: LastRateLimit,
}

impl Http {
    pub(crate) fn new(config: HetznerConfig, carrier: Carrier) -> Result<Self, SetupError> {
        let HetznerConfig { endpoint, token, limits, jitter: _ } = config;
        if token.expose().is_empty() {
            return Err(SetupError::Token(None));
        }
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|error| SetupError::Token(Some(error)))?;
        authorization.set_sensitive(true);
        let client = Client::builder()
            .tls_backend_preconfigured(client_config(endpoint.reach()).map_err(SetupError::Tls)?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(limits.connect)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("clawlets/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self {
            client,
            carrier,
            endpoint,
            authorization,
            token,
            limits,
            rate_limit: LastRateLimit::default(),
        })
    }

    pub(crate) fn rate_limit(&self) -> Option<RateLimit> {
        self.rate_limit.get().map(|told| told.rate)
    }

    /// As [`Http::rate_limit`], and when it was told.
    pub(crate) fn told(&self) -> Option<Told> {
        self.rate_limit.get()
    }

    pub(crate) fn scrubber(&self, request: &Request) -> Scrubber {
        Scrubber::new(std::iter::once(&self.token).chain(&request.confidential))
    }

    /// Sends the request once. The answer must be complete within `patience` and the limit for one request.
    pub(crate) async fn send(&self, request: &Request, patience: Duration) -> Result<Reply, CloudError> {
        let patience = patience.min(self.limits.request);
        let tried = || request.tried.clone();
        match tokio::time::timeout(patience, self.exchange(request)).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(CloudError::Timeout { tried: tried(), after: patience }),
        }
    }

    async fn exchange(&self, request: &Request) -> Result<Reply, CloudError> {
        let segments: Vec<&str> = request.path.iter().map(String::as_str).collect();
        let mut builder = self
            .client
            .request(request.method.clone(), self.endpoint.join(&segments))
            .header(AUTHORIZATION, self.authorization.clone())
            .query(&request.query);
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.expose().clone());
        }
        let built = builder.build().map_err(|error| failed(request, error))?;
        let carried = self.carrier.carry(&self.client, built).await;
        let mut response = carried.map_err(|error| failed(request, error))?;
        let status = response.status();
        let now = Timestamp::now();
        if let Some(seen) = rate_limit(response.headers(), now) {
            self.rate_limit.set(Told { rate: seen, at: now });
        }
        let reset = reset(response.headers(), now);
        let body = self.body(request, &mut response).await?;
        if status.is_success() {
            return Ok(Reply { body });
        }
        let scrubber = self.scrubber(request);
        let reply = ErrorReply {
            tried: &request.tried,
            status: status.as_u16(),
            reset,
            body: &body,
            scrubber: &scrubber,
        };
        tracing::debug!(tried = %request.tried, status = status.as_u16(), "the cloud answered with an error");
        Err(reply.meaning())
    }

    async fn body(&self, request: &Request, response: &mut Response) -> Result<Vec<u8>, CloudError> {
        let status = response.status();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.limits.answer => {
                    // What an error means is known from its status; only a success needs its body.
                    if !status.is_success() {
                        return Ok(Vec::new());
                    }
                    let why = format!("larger than {} bytes", self.limits.answer);
                    return Err(CloudError::Malformed { tried: request.tried.clone(), why });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(_) if !status.is_success() => return Ok(Vec::new()),
                Err(error) => return Err(failed(request, error)),
            }
        }
    }
}

/// What a failed exchange means. The URL is left out: it says nothing that `tried` does not say better.
fn failed(request: &Request, error: reqwest::Error) -> CloudError {
    let tried = request.tried.clone();
    let error = error.without_url();
    let source: Box<dyn Error + Send + Sync> = Box::new(error);
    match source.downcast_ref::<reqwest::Error>() {
        Some(error) if error.is_connect() => CloudError::Unreachable { tried, source },
        Some(_) | None => CloudError::Transport { tried, source },
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// When the allowance is full again. The provider names the second by its own clock, which `Date` shows; the clock of
/// this machine may be wrong.
fn reset(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let reset = number(headers, "ratelimit-reset")?;
    let date = headers.get("date").and_then(|date| date.to_str().ok());
    let theirs = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()).unwrap_or(now);
    let away = reset.checked_sub(theirs.as_second())?;
    Timestamp::from_second(now.as_second().checked_add(away)?).ok()
}

fn rate_limit(headers: &HeaderMap, now: Timestamp) -> Option<RateLimit> {
    let count = |name| number(headers, name).and_then(|count| u32::try_from(count).ok());
    Some(RateLimit {
        limit: count("ratelimit-limit")?,
        remaining: count("ratelimit-remaining")?,
        reset: reset(headers, now)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers by name and value.
    type Pairs = &'static [(&'static str, &'static str)];

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_reset_is_read_by_the_providers_clock() {
        let now = Timestamp::from_second(1_000).unwrap();
        const DATE: (&str, &str) = ("date", "Thu, 01 Jan 1970 01:00:00 GMT");
        let cases: [(Pairs, Option<i64>); 6] = [
            (&[("ratelimit-reset", "3620"), DATE], Some(1_020)),
            (&[("ratelimit-reset", "1020")], Some(1_020)),
            (&[("ratelimit-reset", "1020"), ("date", "yesterday")], Some(1_020)),
            (&[("ratelimit-reset", "soon")], None),
            (&[("ratelimit-reset", "9223372036854775807")], None),
            (&[], None),
        ];
        for (pairs, expected) in cases {
            let expected = expected.and_then(|second| Timestamp::from_second(second).ok());
            assert_eq!(reset(&headers(pairs), now), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_rate_limit_is_all_three_or_nothing() {
        let now = Timestamp::from_second(0).unwrap();
        let all = [("ratelimit-limit", "3600"), ("ratelimit-remaining", "3599"), ("ratelimit-reset", "1")];
        let seen = rate_limit(&headers(&all), now).unwrap();
        assert_eq!((seen.limit, seen.remaining, seen.reset.as_second()), (3_600, 3_599, 1));
        assert_eq!(rate_limit(&headers(&all[..2]), now), None);
        assert_eq!(rate_limit(&headers(&[("ratelimit-limit", "-1"), all[1], all[2]]), now), None);
    }
}
