//! What GitHub may answer instead, and what comes of it.

use std::time::Duration;

use clawlets_github::{Access, App, AppId, GithubError, InstallationId};
use clawlets_github_stand_in::{self as stand_in, AppPem, Mishap};
use jiff::{SignedDuration, Timestamp};

use crate::support::{app, app_with, client, installation, reading, said, scope};

async fn failure(github: &stand_in::Github, mishap: Mishap) -> GithubError {
    github.on_next(mishap);
    let client = client(&github.api());
    client.mint(&app(github), installation(), &reading(), Timestamp::now()).await.unwrap_err()
}

#[tokio::test]
async fn a_wrong_key_app_or_clock_is_not_accepted() {
    let github = stand_in::Github::start();
    let client = client(&github.api());
    let now = Timestamp::now();
    let stranger = app_with(&AppPem::generate(2048).pkcs1);
    let other = App { id: AppId::new(1).unwrap(), ..app(&github) };
    let hour = SignedDuration::from_hours(1);
    let cases = [
        (stranger, now, "could not be decoded"),
        (other, now, "iss"),
        (app(&github), now + hour, "iat"),
        (app(&github), now - hour, "exp"),
    ];
    for (app, at, expected) in cases {
        let error = client.mint(&app, installation(), &reading(), at).await.unwrap_err();
        assert!(
            matches!(&error, GithubError::Unauthorized { message, .. } if message.contains(expected)),
            "{error:?}"
        );
        assert!(!error.is_temporary());
    }
    // Half a minute is no reason to refuse anybody.
    for skew in [SignedDuration::from_secs(30), SignedDuration::from_secs(-30)] {
        client.mint(&app(&github), installation(), &reading(), now + skew).await.unwrap();
    }
}

#[tokio::test]
async fn what_the_installation_does_not_have_is_refused_with_githubs_words() {
    let github = stand_in::Github::start();
    let (client, app, now) = (client(&github.api()), app(&github), Timestamp::now());
    for (scope, expected) in [
        (scope(&["payroll"], &[("contents", Access::Read)]), "at least one repository"),
        (scope(&["clawlets"], &[("issues", Access::Write)]), "permissions requested"),
        (scope(&["clawlets"], &[("secrets", Access::Read)]), "permissions requested"),
    ] {
        let error = client.mint(&app, installation(), &scope, now).await.unwrap_err();
        assert!(
            matches!(&error, GithubError::Refused { message, .. } if message.contains(expected)),
            "{error:?}"
        );
    }
    let elsewhere = InstallationId::new(1).unwrap();
    let error = client.mint(&app, elsewhere, &reading(), now).await.unwrap_err();
    assert!(matches!(error, GithubError::NotFound { .. }), "{error:?}");
    assert_eq!(github.minted(), []);
}

#[tokio::test]
async fn a_bad_day_of_githubs_says_whether_and_when_to_try_again() {
    let github = stand_in::Github::start();
    let seven = || vec![("retry-after", "7".to_owned())];
    let spent = vec![("x-ratelimit-remaining", "0".to_owned())];
    for (mishap, is_temporary, after) in [
        (Mishap::Refused(429, seven()), true, Some(7)),
        (Mishap::Refused(429, vec![]), true, None),
        (Mishap::Refused(403, seven()), true, Some(7)),
        (Mishap::Refused(403, spent), true, None),
        (Mishap::Refused(403, vec![]), false, None),
        (Mishap::Refused(500, vec![]), true, None),
        (Mishap::Refused(502, vec![]), true, None),
        (Mishap::Refused(418, vec![]), false, None),
        (Mishap::Nonsense, false, None),
        (Mishap::Endless, false, None),
    ] {
        let error = failure(&github, mishap.clone()).await;
        let seen = (error.is_temporary(), error.retry_after());
        assert_eq!(seen, (is_temporary, after.map(Duration::from_secs)), "{mishap:?}: {error:?}");
    }
    assert_eq!(github.minted(), []);
}

#[tokio::test]
async fn nobody_at_the_other_end_is_temporary() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let github = stand_in::Github::start();
    let error =
        client(&api).mint(&app(&github), installation(), &reading(), Timestamp::now()).await.unwrap_err();
    assert!(matches!(error, GithubError::Transport { .. }) && error.is_temporary(), "{error:?}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (github, elsewhere) = (stand_in::Github::start(), stand_in::Github::start());
    let error = failure(&github, Mishap::SentTo(elsewhere.api())).await;
    assert!(matches!(error, GithubError::Unexpected { status: 307, .. }), "{error:?}");
    assert_eq!(elsewhere.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_can_do_more_than_was_asked_is_thrown_away() {
    let github = stand_in::Github::start();
    let error = failure(&github, Mishap::TooBroad).await;
    assert!(matches!(&error, GithubError::TooBroad { what, .. } if what == "all repositories"), "{error:?}");
    let minted = github.minted();
    assert_eq!((minted.len(), minted[0].is_revoked), (1, true));
    assert!(!said(&error).contains(&minted[0].token));
}

#[tokio::test]
async fn a_token_that_is_over_is_not_given_out() {
    let github = stand_in::Github::start();
    let error = failure(&github, Mishap::Over).await;
    assert!(matches!(error, GithubError::Expired { .. }), "{error:?}");
}

#[tokio::test]
async fn no_error_holds_a_credential() {
    let github = stand_in::Github::start();
    let key: String = github.pem().pkcs1.lines().skip(1).take(1).collect();
    for mishap in
        [Mishap::Refused(401, vec![]), Mishap::Nonsense, Mishap::Refused(503, vec![]), Mishap::TooBroad]
    {
        let said = said(&failure(&github, mishap).await);
        assert!(!said.contains("eyJ") && !said.contains("ghs_") && !said.contains(&key), "{said}");
    }
}
