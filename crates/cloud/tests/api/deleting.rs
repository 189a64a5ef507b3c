//! Deletes, labels and power: repeated until they hold.

use clawlets_cloud::{Cloud, CloudError, Deletion, ServerId};

use crate::{
    asked, client, labels,
    project::{FakeCloud, Fault},
    wire::Act,
};

#[tokio::test]
async fn a_whole_life_takes_two_requests_besides_polling() {
    let cloud = FakeCloud::start().await;
    let client = client(&cloud);
    let created = client.create_server(&asked("one")).await.unwrap();
    let deletion = client.delete_server(created.server.id).await.unwrap();
    assert!(matches!(deletion, Deletion::Started(action) if action.command == "delete_server"));
    assert_eq!(
        cloud.requests(),
        ["POST servers".to_owned(), format!("DELETE servers/{}", created.server.id)]
    );
}

#[tokio::test]
async fn a_server_that_is_gone_is_no_error() {
    let cloud = FakeCloud::start().await;
    let id = ServerId::new(404);
    assert_eq!(client(&cloud).delete_server(id).await.unwrap(), Deletion::AlreadyGone);
    assert_eq!(client(&cloud).server(id).await.unwrap(), None);
    assert_eq!(client(&cloud).server_by_name("nobody").await.unwrap(), None);
}

#[tokio::test]
async fn a_delete_whose_answer_is_lost_ends_well() {
    let cloud = FakeCloud::start().await;
    let id = client(&cloud).create_server(&asked("one")).await.unwrap().server.id;
    cloud.fails("DELETE", [Fault::AfterIts(Act::Close)]);
    assert_eq!(client(&cloud).delete_server(id).await.unwrap(), Deletion::AlreadyGone);
}

#[tokio::test]
async fn a_locked_server_is_deleted_when_it_is_free() {
    let cloud = FakeCloud::start().await;
    let id = client(&cloud).create_server(&asked("one")).await.unwrap().server.id;
    cloud.answers("DELETE", [Act::error(423, "locked"), Act::error(409, "conflict"), Act::Close]);
    assert!(matches!(client(&cloud).delete_server(id).await.unwrap(), Deletion::Started(_)));
}

#[tokio::test]
async fn the_404_page_of_a_proxy_is_not_a_deleted_server() {
    let cloud = FakeCloud::start().await;
    let id = client(&cloud).create_server(&asked("one")).await.unwrap().server.id;
    let page = || Act::text(404, "<html>not found</html>");
    cloud.answers("DELETE", [page()]);
    cloud.answers("GET", [page()]);
    let deleting = client(&cloud).delete_server(id).await.unwrap_err();
    assert!(matches!(deleting, CloudError::Refused { status: 404, .. }), "{deleting:?}");
    let reading = client(&cloud).server(id).await.unwrap_err();
    assert!(matches!(reading, CloudError::Refused { status: 404, .. }), "{reading:?}");
}

#[tokio::test]
async fn labels_are_replaced_as_a_whole() {
    let cloud = FakeCloud::start().await;
    let id = client(&cloud).create_server(&asked("one")).await.unwrap().server.id;
    let whole = labels(&[("expires-at", "1790000000")]);
    cloud.fails("PUT", [Fault::AfterIts(Act::Reset)]);
    assert_eq!(client(&cloud).set_labels(id, &whole).await.unwrap().labels, whole);
    let gone = client(&cloud).set_labels(ServerId::new(404), &whole).await.unwrap_err();
    assert!(matches!(gone, CloudError::NotFound { .. }), "{gone:?}");
}

#[tokio::test]
async fn power_goes_off_on_and_down() {
    let cloud = FakeCloud::start().await;
    let client = client(&cloud);
    let id = client.create_server(&asked("one")).await.unwrap().server.id;
    assert_eq!(client.power_off(id).await.unwrap().command, "poweroff");
    assert_eq!(client.power_on(id).await.unwrap().command, "poweron");
    assert_eq!(client.shutdown(id).await.unwrap().command, "shutdown");
}

/// An answer that says how much of an allowance of 100 is left, and that it is full again in so many seconds.
fn with_allowance(act: Act, remaining: u32, full_in: i64) -> Act {
    let reset = jiff::Timestamp::now().as_second() + full_in;
    act.with_header("RateLimit-Limit", &100)
        .with_header("RateLimit-Remaining", &remaining)
        .with_header("RateLimit-Reset", &reset)
}

#[tokio::test]
async fn when_few_requests_are_left_deletions_go_before_creations() {
    let cloud = FakeCloud::start().await;
    let locked = || with_allowance(Act::error(423, "locked"), 8, 3_600);
    cloud.answers("DELETE", [locked(), locked()]);
    let deleting = client(&cloud);
    let creating = deleting.clone();
    let deletion = tokio::spawn(async move { deleting.delete_server(ServerId::new(77)).await });
    while cloud.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    // The first answer has told how little is left before anything is created.
    while creating.rate_limit().is_none() {
        tokio::task::yield_now().await;
    }
    creating.create_server(&asked("late")).await.unwrap();
    deletion.await.unwrap().unwrap();
    assert_eq!(
        cloud.requests(),
        ["DELETE servers/77", "DELETE servers/77", "DELETE servers/77", "POST servers"]
    );
}

#[tokio::test]
async fn the_last_requests_are_kept_for_deletions() {
    let cloud = FakeCloud::start().await;
    cloud.answers("DELETE", [with_allowance(Act::error(404, "not_found"), 2, 3_600)]);
    let client = client(&cloud);
    client.delete_server(ServerId::new(77)).await.unwrap();
    let refused = client.create_server(&asked("too-much")).await.unwrap_err();
    assert!(matches!(refused, CloudError::RateLimited { reset: Some(_), .. }), "{refused}");
    assert!(!refused.maybe_accepted());
    client.delete_server(ServerId::new(78)).await.unwrap();
    assert_eq!(cloud.requests(), ["DELETE servers/77", "DELETE servers/78"]);
}
