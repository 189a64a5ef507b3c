//! Listings of several pages while servers come and go.

use clawlets_cloud::{Cloud, Selector};
use serde_json::json;

use crate::{client, project::FakeCloud, wire::Act};

async fn cloud_with(servers: u64) -> FakeCloud {
    let cloud = FakeCloud::start().await;
    for number in 1..=servers {
        cloud.state().add(&format!("server-{number}"), &json!({}));
    }
    cloud
}

async fn listed(cloud: &FakeCloud) -> Vec<u64> {
    let servers = client(cloud).servers(&Selector::everything()).await.unwrap();
    servers.iter().map(|server| server.id.get()).collect()
}

#[tokio::test]
async fn up_to_fifty_servers_take_one_request() {
    let cloud = cloud_with(50).await;
    assert_eq!(listed(&cloud).await, (1..=50).collect::<Vec<_>>());
    assert_eq!(cloud.requests().len(), 1);
}

#[tokio::test]
async fn more_servers_are_all_listed() {
    let cloud = cloud_with(120).await;
    assert_eq!(listed(&cloud).await, (1..=120).collect::<Vec<_>>());
    assert_eq!(cloud.requests().len(), 4);
}

#[tokio::test]
async fn a_change_between_two_pages_loses_and_doubles_nothing() {
    let cloud = cloud_with(120).await;
    cloud.state().between_pages.push_back(|state| {
        state.servers.remove(&1);
        state.servers.remove(&60);
        state.add("new", &json!({}));
    });
    cloud.state().between_pages.push_back(|state| {
        state.servers.remove(&2);
    });
    let seen = listed(&cloud).await;
    assert!((3..=120).filter(|id| *id != 60).all(|id| seen.contains(&id)), "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
}

#[tokio::test]
async fn a_page_that_fails_is_asked_for_again() {
    let cloud = cloud_with(120).await;
    cloud.answers(
        "GET",
        [Act::Close, Act::error(500, "server_error"), Act::error(429, "rate_limit_exceeded")],
    );
    assert_eq!(listed(&cloud).await.len(), 120);
}

#[tokio::test]
async fn a_selector_and_the_order_are_asked_for() {
    let cloud = cloud_with(0).await;
    client(&cloud).servers(&Selector::cattle()).await.unwrap();
    let seen = cloud.state().seen[0].clone();
    assert_eq!(seen.query("label_selector"), ["managed-by=clawlets,cattle=true"]);
    assert_eq!(
        (seen.query("sort"), seen.query("per_page")),
        (vec!["id:asc".to_owned()], vec!["50".to_owned()])
    );
    client(&cloud).servers(&Selector::everything()).await.unwrap();
    assert_eq!(cloud.state().seen[1].query("label_selector"), [""; 0]);
}
