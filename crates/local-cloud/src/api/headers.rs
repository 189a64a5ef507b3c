//! The headers that answers of the vendor's API have.

use axum::response::Response;
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;

use super::allowance::Reading;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
/// When the allowance is full again, in seconds since 1970.
pub(super) const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");

/// Says how many requests may still come.
pub(super) fn add_allowance(response: &mut Response, reading: Reading) {
    let reset = Timestamp::now().as_second() + i64::from(reading.full_in);
    let headers = response.headers_mut();
    headers.insert(LIMIT, reading.limit.into());
    headers.insert(REMAINING, reading.remaining.into());
    headers.insert(RESET, reset.into());
}

/// Gives the answer an id that logs can be searched for.
pub(super) fn add_correlation(response: &mut Response) -> u64 {
    // Ids need not be unpredictable; without random bytes they are merely all the same.
    let id = getrandom::u64().unwrap_or_default();
    let value = HeaderValue::try_from(format!("{id:016x}")).expect("hex digits are a valid header value");
    response.headers_mut().insert(CORRELATION, value);
    id
}
