//! Tokens that come: narrowed, one at a time, shared or not, and revoked.

use clawlets_github::Access;
use clawlets_github_stand_in as stand_in;
use jiff::{SignedDuration, Timestamp};

use crate::support::{app, app_with, client, installation, reading, scope};

#[tokio::test]
async fn a_token_is_good_for_what_was_asked_and_no_more() {
    let github = stand_in::Github::start();
    let scope = scope(&["website"], &[("contents", Access::Write), ("issues", Access::Read)]);
    let now = Timestamp::now();
    let minted = client(&github.api()).mint(&app(&github), installation(), &scope, now).await.unwrap();
    let known = &github.minted()[0];
    assert_eq!(minted.token.expose(), &known.token);
    assert_eq!(known.repositories.iter().collect::<Vec<_>>(), ["website"]);
    let permissions: Vec<_> =
        known.permissions.iter().map(|(name, access)| format!("{name}={access}")).collect();
    assert_eq!(permissions, ["contents=write", "issues=read", "metadata=read"]);
    assert_eq!(minted.expires_at.as_second(), known.expires_at);
    assert!(
        minted.lasts(SignedDuration::from_mins(59), now) && !minted.lasts(SignedDuration::from_mins(61), now)
    );
    assert!(!format!("{minted:?}").contains(&known.token), "{minted:?}");
}

#[tokio::test]
async fn both_forms_of_a_key_sign_in() {
    let github = stand_in::Github::start();
    for pem in [&github.pem().pkcs1, &github.pem().pkcs8] {
        client(&github.api())
            .mint(&app_with(pem), installation(), &reading(), Timestamp::now())
            .await
            .unwrap();
    }
    assert_eq!(github.minted().len(), 2);
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_and_may_be_revoked_again() {
    let github = stand_in::Github::start();
    let client = client(&github.api());
    let now = Timestamp::now();
    let minted = client.mint(&app(&github), installation(), &reading(), now).await.unwrap();
    client.revoke(&minted.token, now).await.unwrap();
    assert!(github.minted()[0].is_revoked);
    client.revoke(&minted.token, now).await.unwrap();
}

#[tokio::test]
async fn mints_of_one_scope_wait_for_each_other_and_each_gives_a_token_of_its_own() {
    let github = stand_in::Github::start();
    let (client, app, scope, now) = (client(&github.api()), app(&github), reading(), Timestamp::now());
    let mint = || client.mint(&app, installation(), &scope, now);
    let (one, two, three) = tokio::join!(mint(), mint(), mint());
    let tokens: std::collections::BTreeSet<_> =
        [one, two, three].map(|token| token.unwrap().token.expose().clone()).into();
    assert_eq!((tokens.len(), github.most_at_once()), (3, 1));
}

#[tokio::test]
async fn whoever_asks_for_the_current_token_shares_it_until_it_is_about_to_end() {
    let github = stand_in::Github::start();
    let (client, app, scope, now) = (client(&github.api()), app(&github), reading(), Timestamp::now());
    let current = |at_least, now| client.current(&app, installation(), &scope, at_least, now);
    let margin = SignedDuration::from_mins(10);
    let (one, two) = tokio::join!(current(margin, now), current(margin, now));
    assert_eq!(one.unwrap().token, two.unwrap().token);
    current(margin, now + SignedDuration::from_mins(49)).await.unwrap();
    assert_eq!(github.minted().len(), 1);
    // What is asked for lasts longer than what is left.
    let first = github.minted()[0].token.clone();
    let next = current(SignedDuration::from_mins(61), now).await.unwrap();
    assert_ne!(next.token.expose(), &first);
    assert_eq!(github.minted().len(), 2);
}

#[tokio::test]
async fn a_token_is_shared_only_by_those_who_ask_for_the_same() {
    let github = stand_in::Github::start();
    let (client, app, now) = (client(&github.api()), app(&github), Timestamp::now());
    let other = scope(&["website"], &[("contents", Access::Read)]);
    for scope in [reading(), other] {
        client.current(&app, installation(), &scope, SignedDuration::ZERO, now).await.unwrap();
    }
    assert_eq!(github.minted().len(), 2);
}
