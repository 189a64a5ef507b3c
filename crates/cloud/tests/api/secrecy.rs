//! The token and the user data stay where they belong.

use std::error::Error;

use clawlets_cloud::{Cloud, Hetzner, SetupError};

use crate::{TOKEN, asked, client, config, project::FakeCloud, wire::Act};

/// Everything that an error could print.
fn printed(error: &(dyn Error + 'static)) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    text
}

#[tokio::test]
async fn no_error_holds_the_token_the_user_data_or_a_root_password() {
    let echo = format!("{TOKEN} write_files: one-time-token-0123456789");
    let envelope = |code: &str| {
        let fields = serde_json::json!([{"name": echo, "messages": [echo]}]);
        serde_json::json!({"error": {"code": code, "message": echo, "details": {"fields": fields, "limits": fields}}})
    };
    let odd = r#"{"server":{"id":1,"name":7},"root_password":"root-password-of-the-server"}"#;
    let acts = [
        Act::json(422, &envelope("invalid_input")),
        Act::json(403, &envelope("resource_limit_exceeded")),
        Act::json(403, &envelope("forbidden")),
        Act::json(418, &envelope(&echo)),
        Act::text(400, &echo),
        Act::text(201, odd),
        Act::text(201, &format!("\"{echo}\"")),
        Act::Close,
    ];
    for act in acts {
        let cloud = FakeCloud::start().await;
        cloud.answers("POST", std::iter::repeat_n(act.clone(), 10));
        // The lookup ends the call where the create alone would go on.
        cloud.answers("GET", [Act::json(403, &envelope("forbidden"))]);
        let text = printed(&client(&cloud).create_server(&asked("one")).await.unwrap_err());
        for secret in [TOKEN, "one-time-token-0123456789", "root-password"] {
            assert!(!text.contains(secret), "{act:?}: {text}");
        }
    }
}

#[tokio::test]
async fn the_client_and_its_configuration_print_without_the_token() {
    let cloud = FakeCloud::start().await;
    let text = format!("{:?} {:?}", config(&cloud), client(&cloud));
    assert!(!text.contains(TOKEN), "{text}");
}

#[tokio::test]
async fn a_token_that_cannot_be_a_header_is_refused() {
    let cloud = FakeCloud::start().await;
    for token in ["", "two\nlines", "a\r\nb: c"] {
        let mut config = config(&cloud);
        config.token = token.into();
        let error = Hetzner::new(config).unwrap_err();
        assert!(matches!(error, SetupError::Token(_)), "{error:?}");
        assert!(token.is_empty() || !printed(&error).contains(token));
    }
}
