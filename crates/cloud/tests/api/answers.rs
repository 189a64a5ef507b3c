//! Answers that make no sense.

use clawlets_cloud::{Cloud, CloudError, ImageId, Selector};

use crate::{client, project::FakeCloud, wire::Act};

async fn malformed(act: Act) -> String {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", std::iter::repeat_n(act, 10));
    let error = client(&cloud).servers(&Selector::everything()).await.unwrap_err();
    assert_eq!(cloud.requests().len(), 3, "asked for again twice, then given up");
    let CloudError::Malformed { why, .. } = error else { panic!("not malformed: {error:?}") };
    why
}

#[tokio::test]
async fn a_page_instead_of_json_is_malformed() {
    assert_eq!(malformed(Act::text(200, "<html>sign in</html>")).await, "not JSON at line 1 column 1");
}

#[tokio::test]
async fn json_that_is_cut_short_is_malformed() {
    assert_eq!(malformed(Act::text(200, "{\"servers\":[{\"id\":1,")).await, "cut short at line 1 column 20");
    assert_eq!(malformed(Act::text(200, "")).await, "cut short at line 1 column 0");
}

#[tokio::test]
async fn a_body_without_end_is_malformed() {
    assert_eq!(malformed(Act::Endless { status: 200 }).await, "larger than 65536 bytes");
}

#[tokio::test]
async fn json_that_is_nested_without_end_is_malformed() {
    assert!(
        malformed(Act::text(200, &format!("{{\"servers\":{}", "[".repeat(60_000))))
            .await
            .starts_with("not JSON")
    );
}

#[tokio::test]
async fn an_error_whose_body_has_no_end_counts_by_its_status() {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", [Act::Endless { status: 401 }]);
    let error = client(&cloud).servers(&Selector::everything()).await.unwrap_err();
    assert!(matches!(error, CloudError::Unauthorized { .. }), "{error:?}");
}

/// Answers that are JSON and yet no listing: one try tells, since the shape will not change.
#[tokio::test]
async fn json_of_another_shape_is_malformed() {
    let cases = [
        ("{}", "it has no servers"),
        (r#"{"servers":null}"#, "servers. is not as expected"),
        (r#"{"servers":[{"id":1e400}]}"#, "not JSON at line 1 column 23"),
        (r#"{"servers":[{"id":99999999999999999999}]}"#, "servers[0].id is not as expected"),
        (r#"{"servers":[],"meta":{"pagination":{"last_page":-1}}}"#, "its meta is not as expected"),
    ];
    for (body, expected) in cases {
        let cloud = FakeCloud::start().await;
        cloud.answers("GET", std::iter::repeat_n(Act::text(200, body), 10));
        let error = client(&cloud).servers(&Selector::everything()).await.unwrap_err();
        assert!(error.to_string().ends_with(expected), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_page_is_no_proof_of_a_deletion() {
    let cloud = FakeCloud::start().await;
    cloud.answers("DELETE", std::iter::repeat_n(Act::text(200, "<html></html>"), 10));
    let error = client(&cloud).delete_image(ImageId::new(1)).await.unwrap_err();
    assert!(matches!(error, CloudError::Malformed { .. }), "{error:?}");
    let cloud = FakeCloud::start().await;
    cloud.answers("DELETE", [Act::text(204, "")]);
    client(&cloud).delete_image(ImageId::new(1)).await.unwrap();
}
