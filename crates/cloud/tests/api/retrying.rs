//! When a request is sent again, and when it is not.

use std::time::Duration;

use clawlets_cloud::{Cloud, CloudError, Hetzner, HetznerConfig, Selector};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

use crate::{client, config, project::FakeCloud, wire::Act};

fn limited() -> Act {
    Act::error(429, "rate_limit_exceeded")
}

async fn list(client: &Hetzner) -> Result<usize, CloudError> {
    client.servers(&Selector::everything()).await.map(|servers| servers.len())
}

#[tokio::test]
async fn a_burst_of_failures_is_outlasted() {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", [500, 502, 503, 504].map(|status| Act::text(status, "<html></html>")));
    assert_eq!(list(&client(&cloud)).await.unwrap(), 0);
    assert_eq!(cloud.requests().len(), 5);
}

#[tokio::test]
async fn lost_connections_and_silence_are_outlasted() {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", [Act::Close, Act::Reset, Act::Torn { body: b"{".to_vec() }, Act::Silence]);
    assert_eq!(list(&client(&cloud)).await.unwrap(), 0);
}

#[tokio::test]
async fn failures_without_end_are_told_when_the_deadline_comes() {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", std::iter::repeat_n(Act::error(503, "unavailable"), 1_000));
    let error = list(&client(&cloud).within(Duration::from_secs(2))).await.unwrap_err();
    assert!(matches!(error, CloudError::Server { status: 503, .. }), "{error:?}");
    assert!(error.is_retryable() && !error.maybe_accepted());
    assert!((2..30).contains(&cloud.requests().len()), "{}", cloud.requests().len());
}

#[tokio::test]
async fn silence_without_end_is_a_timeout() {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", std::iter::repeat_n(Act::Silence, 1_000));
    let error = list(&client(&cloud).within(Duration::from_millis(500))).await.unwrap_err();
    assert!(matches!(error, CloudError::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_told_at_once() {
    let cloud = FakeCloud::start().await;
    let mut config = config(&cloud);
    config.token = "another-token".into();
    let error = list(&Hetzner::new(config).unwrap()).await.unwrap_err();
    assert!(matches!(error, CloudError::Unauthorized { .. }), "{error:?}");
    assert_eq!(cloud.requests().len(), 1);
}

#[tokio::test]
async fn a_rate_limit_without_a_reset_is_backed_off_from() {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", [limited(), limited().with_header("ratelimit-reset", &0), limited()]);
    assert_eq!(list(&client(&cloud)).await.unwrap(), 0);
    assert_eq!(cloud.requests().len(), 4);
}

#[tokio::test]
async fn a_reset_is_waited_for_by_the_providers_clock() {
    let cloud = FakeCloud::start().await;
    // The provider's clock is two hours ahead: by ours the reset would be far beyond the deadline.
    let theirs = Timestamp::now().as_second() + 7_200;
    let date =
        DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::from_second(theirs).unwrap()).unwrap();
    let soon = limited().with_header("date", &date).with_header("ratelimit-reset", &(theirs + 1));
    cloud.answers("GET", [soon]);
    assert_eq!(list(&client(&cloud)).await.unwrap(), 0);
    assert_eq!(cloud.requests().len(), 2);
}

#[tokio::test]
async fn a_reset_beyond_the_deadline_is_told_at_once() {
    let cloud = FakeCloud::start().await;
    let reset = Timestamp::now().as_second() + 3_600;
    let full = limited().with_header("ratelimit-limit", &3_600).with_header("ratelimit-remaining", &0);
    cloud.answers("GET", [full.with_header("ratelimit-reset", &reset)]);
    let client = client(&cloud);
    let CloudError::RateLimited { reset: Some(told), .. } = list(&client).await.unwrap_err() else {
        panic!("not rate limited")
    };
    assert!((told.as_second() - reset).abs() <= 1);
    assert_eq!(cloud.requests().len(), 1);
    let seen = client.rate_limit().unwrap();
    assert_eq!((seen.limit, seen.remaining), (3_600, 0));
}

#[tokio::test]
async fn nobody_there_is_unreachable_and_was_not_accepted() {
    let cloud = FakeCloud::start().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut config: HetznerConfig = config(&cloud);
    config.endpoint = format!("http://127.0.0.1:{port}").parse().unwrap();
    let client = Hetzner::new(config).unwrap().within(Duration::from_millis(600));
    let error = client.create_server(&crate::asked("one")).await.unwrap_err();
    assert!(matches!(error, CloudError::Unreachable { .. }) && !error.maybe_accepted(), "{error:?}");
}

#[tokio::test]
async fn a_server_without_tls_never_sees_the_token() {
    let cloud = FakeCloud::start().await;
    let mut config = config(&cloud);
    config.endpoint = cloud.endpoint().replace("http://", "https://").parse().unwrap();
    let error = list(&Hetzner::new(config).unwrap().within(Duration::from_millis(600))).await.unwrap_err();
    assert!(matches!(error, CloudError::Unreachable { .. } | CloudError::Timeout { .. }), "{error:?}");
    assert_eq!(cloud.requests().len(), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let cloud = FakeCloud::start().await;
    let elsewhere = FakeCloud::start().await;
    let location = format!("{}/servers", elsewhere.endpoint());
    cloud.answers("GET", [Act::text(302, "").with_header("location", &location)]);
    let error = list(&client(&cloud)).await.unwrap_err();
    assert!(matches!(error, CloudError::Refused { status: 302, .. }), "{error:?}");
    assert_eq!(elsewhere.requests().len(), 0);
}
