//! Secrets, in moto.

use clawlets_aws::{SecretName, SecretVersion};
use clawlets_tests::Moto;

use crate::client;

#[tokio::test]
async fn secrets_are_read_with_their_versions() {
    let Some(moto) = Moto::start("secrets_are_read_with_their_versions") else { return };
    let name = |text: &str| SecretName::parse(text).unwrap();
    let tell = |target: &str, question: &str| {
        moto.ask_json("secretsmanager", &format!("secretsmanager.{target}"), question)
    };
    let _ = tell("CreateSecret", r#"{"Name":"fleet/github-app-pem","SecretString":"one"}"#);
    let _ = tell("CreateSecret", r#"{"Name":"fleet/binary","SecretBinary":"AAH/"}"#);
    let _ = tell("CreateSecret", r#"{"Name":"other/x","SecretString":"y"}"#);
    let secrets = client(moto.endpoint()).secrets_manager();
    let pem = name("fleet/github-app-pem");
    let first = secrets.value(&pem, &SecretVersion::Current).await.unwrap();
    assert_eq!(first.value.expose(), b"one");
    assert!(first.stages.contains(&"AWSCURRENT".to_owned()));
    assert_eq!(secrets.current_version(&pem).await.unwrap(), Some(first.version.clone()));

    let _ = tell("PutSecretValue", r#"{"SecretId":"fleet/github-app-pem","SecretString":"two"}"#);
    let second = secrets.value(&pem, &SecretVersion::Current).await.unwrap();
    assert_eq!(second.value.expose(), b"two");
    assert_ne!(second.version, first.version);
    let earlier = secrets.value(&pem, &SecretVersion::Stage("AWSPREVIOUS".to_owned())).await.unwrap();
    assert_eq!(earlier.value.expose(), b"one");
    let by_id = secrets.value(&pem, &SecretVersion::Id(first.version)).await.unwrap();
    assert_eq!(by_id.value.expose(), b"one");

    assert_eq!(
        secrets.value(&name("fleet/binary"), &SecretVersion::Current).await.unwrap().value.expose(),
        &[0, 1, 255]
    );
    assert!(secrets.value(&name("fleet/none"), &SecretVersion::Current).await.unwrap_err().is_not_found());
    assert_eq!(secrets.current_version(&name("fleet/none")).await.unwrap(), None);
    let mut listed: Vec<_> =
        secrets.list("fleet/").await.unwrap().into_iter().map(|secret| secret.name).collect();
    listed.sort();
    assert_eq!(listed, ["fleet/binary", "fleet/github-app-pem"]);
}
