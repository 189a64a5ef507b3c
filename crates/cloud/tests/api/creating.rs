//! A server is created once, whatever happens to the request and to its answer.

use clawlets_cloud::{Cloud, CloudError, Origin};
use tokio::task::JoinSet;

use crate::{
    asked, client, labels,
    project::{FakeCloud, Fault},
    wire::Act,
};

const NAME: &str = "cattle-rex-0123456789ab-1";

/// Every answer, or lack of one, that leaves open whether the request was accepted.
fn doubtful() -> [Act; 11] {
    [
        Act::error(500, "server_error"),
        Act::error(503, "unavailable"),
        Act::error(504, "timeout"),
        Act::text(502, "<html>bad gateway</html>"),
        Act::text(200, "<html>sign in</html>"),
        Act::text(201, "{\"server\":{\"id\":1e999}}"),
        Act::Silence,
        Act::Close,
        Act::Reset,
        Act::Torn { body: b"{\"server\":{".to_vec() },
        Act::Endless { status: 201 },
    ]
}

#[tokio::test]
async fn a_create_takes_one_request_and_carries_everything() {
    let cloud = FakeCloud::start().await;
    let created = client(&cloud).create_server(&asked(NAME)).await.unwrap();
    assert_eq!(
        (created.origin, created.server.name.as_str(), created.actions.len()),
        (Origin::Created, NAME, 2)
    );
    assert_eq!(created.server.labels, asked(NAME).labels);
    assert_eq!(cloud.requests(), ["POST servers"]);
    let body = cloud.state().seen[0].json();
    assert_eq!((&body["image"], &body["location"]), (&"clawlets-cattle".into(), &"nbg1".into()));
}

/// Creates a server while the first request meets `fault`.
async fn create_through(fault: Fault) -> (Origin, usize, Vec<String>) {
    let cloud = FakeCloud::start().await;
    cloud.fails("POST /v1/servers", [fault]);
    let created = client(&cloud).create_server(&asked(NAME)).await.unwrap();
    let servers = cloud.state().servers.len();
    (created.origin, servers, cloud.requests())
}

#[tokio::test]
async fn a_create_that_was_accepted_without_an_answer_is_adopted() {
    let mut cases = JoinSet::new();
    for act in doubtful() {
        cases.spawn(async { (format!("{act:?}"), create_through(Fault::AfterIts(act)).await) });
    }
    for (act, (origin, servers, requests)) in cases.join_all().await {
        assert_eq!((origin, servers), (Origin::Adopted, 1), "{act}");
        assert_eq!(requests, ["POST servers", "GET servers"], "{act}");
    }
}

#[tokio::test]
async fn a_create_that_was_not_accepted_is_looked_up_before_it_is_tried_again() {
    let mut cases = JoinSet::new();
    for act in doubtful() {
        cases.spawn(async { (format!("{act:?}"), create_through(Fault::Instead(act)).await) });
    }
    for (act, (origin, servers, requests)) in cases.join_all().await {
        assert_eq!((origin, servers), (Origin::Created, 1), "{act}");
        assert_eq!(requests, ["POST servers", "GET servers", "POST servers"], "{act}");
    }
}

#[tokio::test]
async fn a_server_that_the_listing_does_not_show_yet_is_not_made_twice() {
    let cloud = FakeCloud::start().await;
    cloud.fails("POST /v1/servers", [Fault::AfterIts(Act::Close)]);
    cloud.state().lagging_lookups = 2;
    let created = client(&cloud).create_server(&asked(NAME)).await.unwrap();
    assert_eq!((created.origin, cloud.state().servers.len()), (Origin::Adopted, 1));
}

#[tokio::test]
async fn a_server_of_an_earlier_run_is_adopted() {
    let cloud = FakeCloud::start().await;
    let first = client(&cloud).create_server(&asked(NAME)).await.unwrap();
    let again = client(&cloud).create_server(&asked(NAME)).await.unwrap();
    assert_eq!((again.origin, again.server.id), (Origin::Adopted, first.server.id));
}

#[tokio::test]
async fn a_server_of_somebody_else_is_not_adopted() {
    let theirs = [("job-id", "J1"), ("attempt", "1"), ("orchestrator", "web-2")];
    let cloud = FakeCloud::start().await;
    let mut other = asked(NAME);
    other.labels = labels(&theirs);
    let first = client(&cloud).create_server(&other).await.unwrap();
    let error = client(&cloud).create_server(&asked(NAME)).await.unwrap_err();
    assert!(
        matches!(&error, CloudError::NameTaken { server, .. } if *server == first.server.id),
        "{error:?}"
    );
    assert!(!error.maybe_accepted() && !error.is_retryable());
}

#[tokio::test]
async fn no_capacity_and_no_quota_are_told_at_once() {
    let cases = [
        (412, "resource_unavailable"),
        (403, "resource_limit_exceeded"),
        (422, "invalid_input"),
        (401, "unauthorized"),
    ];
    for (status, code) in cases {
        let cloud = FakeCloud::start().await;
        cloud.answers("POST /v1/servers", [Act::error(status, code)]);
        let error = client(&cloud).create_server(&asked(NAME)).await.unwrap_err();
        assert!(!error.maybe_accepted() && error.to_string().contains(NAME), "{error}");
        assert_eq!(cloud.requests(), ["POST servers"], "{code}");
    }
}

#[tokio::test]
async fn a_refusal_that_passes_is_tried_again_without_a_lookup() {
    let cloud = FakeCloud::start().await;
    let passing =
        [Act::error(409, "conflict"), Act::error(423, "locked"), Act::error(429, "rate_limit_exceeded")];
    cloud.answers("POST /v1/servers", passing);
    client(&cloud).create_server(&asked(NAME)).await.unwrap();
    assert_eq!(cloud.requests(), ["POST servers"; 4]);
}

#[tokio::test]
async fn a_create_whose_outcome_stays_unknown_says_so() {
    let cloud = FakeCloud::start().await;
    cloud.fails("POST /v1/servers", [Fault::AfterIts(Act::Close)]);
    cloud.answers("GET /v1/servers", [Act::error(401, "unauthorized")]);
    let error = client(&cloud).create_server(&asked(NAME)).await.unwrap_err();
    assert!(error.maybe_accepted() && !error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_definite_refusal_after_a_doubt_stays_in_doubt() {
    let cloud = FakeCloud::start().await;
    cloud.answers("POST /v1/servers", [Act::error(504, "timeout"), Act::error(412, "resource_unavailable")]);
    let error = client(&cloud).create_server(&asked(NAME)).await.unwrap_err();
    let CloudError::Unsettled { cause, .. } = error else { panic!("not in doubt: {error:?}") };
    assert!(matches!(*cause, CloudError::OutOfCapacity { .. }), "{cause:?}");
}

#[tokio::test]
async fn an_answer_about_another_server_is_not_believed() {
    let cloud = FakeCloud::start().await;
    let stranger = cloud.state().add("web", &serde_json::json!({}));
    cloud.answers("POST /v1/servers", [Act::json(201, &serde_json::json!({"server": stranger}))]);
    let created = client(&cloud).create_server(&asked(NAME)).await.unwrap();
    assert_eq!(created.server.name, NAME);
}

#[tokio::test]
async fn too_much_user_data_is_refused_before_any_request() {
    let cloud = FakeCloud::start().await;
    let mut large = asked(NAME);
    large.user_data = Some("x".repeat(32_768 + 12).into());
    let error = client(&cloud).create_server(&large).await.unwrap_err();
    assert!(error.to_string().contains("32780 bytes, 12 more than the limit of 32768"), "{error}");
    assert_eq!(cloud.requests(), [""; 0]);
    large.user_data = Some("x".repeat(32_768).into());
    client(&cloud).create_server(&large).await.unwrap();
}

#[tokio::test]
async fn an_image_whose_making_is_in_doubt_is_not_made_twice() {
    let cloud = FakeCloud::start().await;
    let server = client(&cloud).create_server(&asked(NAME)).await.unwrap().server.id;
    cloud.fails("POST /v1/servers/", [Fault::AfterIts(Act::Close)]);
    let request =
        clawlets_cloud::CreateImage { server, description: "x".to_owned(), labels: labels(&[("a", "b")]) };
    let error = client(&cloud).create_image(&request).await.unwrap_err();
    assert!(error.maybe_accepted(), "{error:?}");
    assert_eq!(cloud.requests().len(), 2);
}
