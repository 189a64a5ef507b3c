//! What GitHub says, by its status.

use std::time::Duration;

use clawlets_model::Scrubber;
use jiff::Timestamp;
use reqwest::{
    Response,
    header::{HeaderMap, RETRY_AFTER},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{GithubError, github::Call};

/// How much of an answer is read, in bytes: each of 500 repositories takes about 6 KiB.
const MAX_ANSWER: usize = 8 * 1024 * 1024;
/// How much of GitHub's words is kept, in characters.
const MAX_MESSAGE: usize = 200;

/// The body of an answer that is good.
pub(crate) struct Answer {
    tried: &'static str,
    body: Vec<u8>,
}

/// How GitHub explains itself.
#[derive(Deserialize)]
struct Fault {
    message: String,
}

impl Answer {
    /// Reads an answer to its end.
    pub(crate) async fn read(
        call: &Call<'_>,
        response: Response,
        now: Timestamp,
    ) -> Result<Self, GithubError> {
        Self::read_within(call, response, now, MAX_ANSWER).await
    }

    /// Reads an answer of at most so many bytes to its end.
    pub(crate) async fn read_within(
        call: &Call<'_>,
        response: Response,
        now: Timestamp,
        most: usize,
    ) -> Result<Self, GithubError> {
        let tried = call.tried;
        let status = response.status();
        let limit = limit(response.headers(), now);
        let body = body(tried, response, most).await;
        if status.is_success() {
            return Ok(Self { tried, body: body? });
        }
        let message = || words(&body.unwrap_or_default(), &Scrubber::new([call.bearer]));
        Err(match status.as_u16() {
            401 => GithubError::Unauthorized { tried, message: message() },
            429 => GithubError::Limited { tried, retry_after: limit.unwrap_or_default().lasts },
            403 => match limit {
                Some(limit) => GithubError::Limited { tried, retry_after: limit.lasts },
                None => GithubError::Forbidden { tried, message: message() },
            },
            404 => GithubError::NotFound { tried },
            422 => GithubError::Refused { tried, message: message() },
            status @ 500..=599 => GithubError::Unavailable { tried, status },
            status => GithubError::Unexpected { tried, status },
        })
    }

    /// The body as a document.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, GithubError> {
        // What is wrong with it may quote a token.
        serde_json::from_slice(&self.body).map_err(|_| GithubError::Malformed { tried: self.tried })
    }
}

/// That there were too many calls.
#[derive(Debug, Default, PartialEq, Eq)]
struct Limit {
    /// How long it lasts, if that is said.
    lasts: Option<Duration>,
}

/// The limit that an answer speaks of.
fn limit(headers: &HeaderMap, now: Timestamp) -> Option<Limit> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    if let Some(seconds) = number(RETRY_AFTER.as_str()) {
        return Some(Limit { lasts: Some(Duration::from_secs(seconds.max(0).unsigned_abs())) });
    }
    if number("x-ratelimit-remaining") != Some(0) {
        return None;
    }
    let left = number("x-ratelimit-reset").map(|reset| reset.saturating_sub(now.as_second()));
    Some(Limit { lasts: left.map(|left| Duration::from_secs(left.max(0).unsigned_abs())) })
}

async fn body(tried: &'static str, mut response: Response, most: usize) -> Result<Vec<u8>, GithubError> {
    let failed = |error: reqwest::Error| GithubError::Transport { tried, source: error.without_url() };
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > most {
            return Err(GithubError::Malformed { tried });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// GitHub's own words on one line, cut short, and without the credential, should they repeat it.
fn words(body: &[u8], scrubber: &Scrubber) -> String {
    let Ok(Fault { message }) = serde_json::from_slice(body) else { return "no reason is given".to_owned() };
    let plain: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    scrubber.scrub(&plain).chars().take(MAX_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clawlets_model::Secret;
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

    #[test]
    fn a_limit_is_known_by_its_headers() {
        let now = Timestamp::from_second(1_000).unwrap();
        let some = |seconds| Some(Limit { lasts: Some(Duration::from_secs(seconds)) });
        let spent = ("x-ratelimit-remaining", "0");
        for (headers, expected) in [
            (vec![("retry-after", "7")], some(7)),
            (vec![spent, ("x-ratelimit-reset", "1030")], some(30)),
            (vec![spent, ("x-ratelimit-reset", "10")], some(0)),
            (vec![spent], Some(Limit { lasts: None })),
            (vec![("x-ratelimit-remaining", "12"), ("x-ratelimit-reset", "1030")], None),
            (vec![("retry-after", "soon")], None),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
            assert_eq!(limit(&map, now), expected, "{headers:?}");
        }
    }

    #[test]
    fn words_are_cut_short_and_hold_no_credential() {
        let scrubber = Scrubber::new([&Secret::from("the-credential")]);
        let said = words(br#"{"message":"no\nwith the-credential"}"#, &scrubber);
        assert_eq!(said, "no with <redacted>");
        let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(1_000));
        assert_eq!(words(long.as_bytes(), &scrubber).len(), MAX_MESSAGE);
    }

    proptest! {
        #[test]
        fn any_bytes_make_words_of_one_line(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let said = words(&body, &Scrubber::default());
            prop_assert!(!said.contains('\n'));
        }
    }
}
