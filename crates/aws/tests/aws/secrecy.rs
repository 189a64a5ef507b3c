//! Keys, signatures and values stay where they belong.

use std::error::Error;

use clawlets_aws::{Bucket, ObjectKey, SecretName, SecretVersion};

use crate::{
    SECRET_KEY, client,
    server::{Act, Server},
};

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
async fn no_error_holds_a_key_a_signature_or_a_value() {
    let echo = format!("Signature=0123456789abcdef {SECRET_KEY} a-session-token");
    let acts = [
        Act::answer(
            403,
            &format!("<Error><Code>SignatureDoesNotMatch</Code><Message>{echo}</Message></Error>"),
        ),
        Act::answer(
            400,
            &format!(r#"{{"__type":"ValidationException","message":"{SECRET_KEY} a-session-token"}}"#),
        ),
        Act::answer(200, r#"{"Name":"x","VersionId":7,"SecretString":"the-value"}"#),
        Act::answer(200, "the-value"),
    ];
    let (bucket, key) = (Bucket::parse("fleet-bucket").unwrap(), ObjectKey::parse("x").unwrap());
    let name = SecretName::parse("x").unwrap();
    for act in acts {
        let server = Server::start([act.clone()]);
        let aws = client(&server.endpoint());
        let error = aws.secrets_manager().value(&name, &SecretVersion::Current).await.unwrap_err();
        let mut text = printed(&error);
        if let Err(error) = aws.s3().list(&bucket, "x").await {
            text.push_str(&printed(&error));
        }
        let _ = aws.s3().get(&bucket, &key, 100).await;
        text.push_str(&format!("{aws:?}"));
        for secret in [SECRET_KEY, "a-session-token", "0123456789abcdef", "the-value"] {
            assert!(!text.contains(secret), "{act:?}: {text}");
        }
        let sent = server.requests().concat();
        assert!(!sent.contains(SECRET_KEY) && sent.contains("authorization: AWS4-HMAC-SHA256"), "{sent}");
    }
}
