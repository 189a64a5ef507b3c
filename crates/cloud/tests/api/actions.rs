//! Waiting for actions.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use clawlets_cloud::{Action, ActionId, Cloud, CloudError};

use crate::{client, project::FakeCloud, wire::Act};

const PATIENCE: Duration = Duration::from_secs(30);

fn ids(numbers: impl IntoIterator<Item = u64>) -> Vec<ActionId> {
    numbers.into_iter().map(ActionId::new).collect()
}

#[tokio::test]
async fn many_actions_are_asked_for_together() {
    let cloud = FakeCloud::start().await;
    let asked = ids((1..=60).rev());
    let ended = client(&cloud).wait_actions(&asked, PATIENCE, None).await.unwrap();
    assert_eq!(ended.iter().map(|action| action.id).collect::<Vec<_>>(), asked);
    assert_eq!(cloud.requests(), ["GET actions"; 3]);
}

#[tokio::test]
async fn a_running_action_is_asked_for_until_it_ends_and_progress_is_told() {
    let cloud = FakeCloud::start().await;
    cloud.state().running = 3;
    cloud.answers("GET", [Act::Close, Act::error(503, "unavailable")]);
    let told = AtomicU32::new(0);
    let progress = |_: &Action| {
        told.fetch_add(1, Ordering::Relaxed);
    };
    client(&cloud).wait_actions(&ids([1]), PATIENCE, Some(&progress)).await.unwrap();
    assert_eq!(told.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn a_failed_action_is_an_error_with_its_reason() {
    let cloud = FakeCloud::start().await;
    cloud.state().failing = vec![2];
    let error = client(&cloud).wait_actions(&ids([1, 2, 3]), PATIENCE, None).await.unwrap_err();
    let expected = "the cloud's action 2 (create_server) failed with action_failed: the host broke";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn actions_that_do_not_end_are_named() {
    let cloud = FakeCloud::start().await;
    cloud.state().running = u32::MAX;
    let error =
        client(&cloud).wait_actions(&ids([1, 2]), Duration::from_millis(700), None).await.unwrap_err();
    let CloudError::ActionsPending { pending, .. } = &error else { panic!("not pending: {error:?}") };
    assert!(*pending == ids([1, 2]) && error.maybe_accepted());
}

#[tokio::test]
async fn an_action_that_the_answer_leaves_out_is_asked_for_again() {
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", [Act::json(200, &serde_json::json!({"actions": []}))]);
    assert_eq!(client(&cloud).wait_actions(&ids([1]), PATIENCE, None).await.unwrap().len(), 1);
    assert_eq!(cloud.requests().len(), 2);
}

#[tokio::test]
async fn no_actions_take_no_request() {
    let cloud = FakeCloud::start().await;
    assert_eq!(client(&cloud).wait_actions(&[], PATIENCE, None).await.unwrap(), []);
    assert_eq!(cloud.requests().len(), 0);
}

#[tokio::test]
async fn many_who_wait_share_their_questions() {
    let cloud = FakeCloud::start().await;
    cloud.state().running = 5;
    let client = client(&cloud);
    let waiters: Vec<_> = (0..10)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                client.wait_actions(&ids([2 * number, 2 * number + 1]), PATIENCE, None).await
            })
        })
        .collect();
    for waiter in waiters {
        assert_eq!(waiter.await.unwrap().unwrap().len(), 2);
    }
    // Each of the ten would need six questions of its own.
    assert!(cloud.requests().len() < 30, "{:?}", cloud.requests());
}
