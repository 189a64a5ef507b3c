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
