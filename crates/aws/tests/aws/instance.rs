//! An instance that speaks for itself.

use clawlets_aws::{
    Aws, Bucket, CredentialSource, InstanceMetadata, MetadataError, ObjectKey, PutCondition, Upload,
};
use clawlets_tests::{MetadataServer, Moto};

use crate::{
    client_with,
    server::{Act, Server},
};

fn metadata(server: &MetadataServer) -> InstanceMetadata {
    InstanceMetadata::new(Some(&server.endpoint())).unwrap()
}

fn tokens(server: &MetadataServer) -> usize {
    server.requests().iter().filter(|request| request.starts_with("PUT")).count()
}

#[tokio::test]
async fn an_instance_knows_itself_and_version_1_is_never_spoken() {
    let server = MetadataServer::start().unwrap();
    server.answer("meta-data/tags/instance/Name", "web-1");
    let metadata = metadata(&server);
    assert_eq!(metadata.instance_id().await.unwrap().as_str(), "i-0123456789abcdef0");
    assert_eq!(metadata.region().await.unwrap().as_str(), "eu-central-1");
    assert_eq!(metadata.tag("Name").await.unwrap().as_deref(), Some("web-1"));
    assert_eq!(metadata.tag("none").await.unwrap(), None);
    assert_eq!(tokens(&server), 1);
    assert!(server.requests().iter().all(|request| !request.ends_with("without a token")));
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let server = MetadataServer::start().unwrap();
    server.give_no_tokens();
    let error = metadata(&server).role_credentials().await.unwrap_err();
    assert!(matches!(error, MetadataError::NoToken { status: 403 }), "{error:?}");
    assert!(server.requests().iter().all(|request| request.starts_with("PUT")), "{:?}", server.requests());
}

#[tokio::test]
async fn a_machine_without_a_role_says_so() {
    let server = MetadataServer::start().unwrap();
    server.answer("meta-data/iam/security-credentials/", "");
    let error = metadata(&server).role_credentials().await.unwrap_err();
    assert!(matches!(error, MetadataError::NoRole), "{error:?}");
}

#[tokio::test]
async fn the_roles_credentials_sign_and_are_kept_until_shortly_before_their_end() {
    let Some(moto) = Moto::start("the_roles_credentials_sign_and_are_kept_until_shortly_before_their_end")
    else {
        return;
    };
    moto.make_bucket("fleet-bucket");
    let server = MetadataServer::start().unwrap();
    let aws: Aws = client_with(moto.endpoint(), CredentialSource::Instance(metadata(&server)));
    let (bucket, key) = (Bucket::parse("fleet-bucket").unwrap(), ObjectKey::parse("x").unwrap());
    let put = async || {
        aws.s3().put(&bucket, &key, &Upload::Bytes(vec![1]), &PutCondition::Always).await.unwrap();
    };
    let asked = || server.requests().iter().filter(|request| request.ends_with("/fleet-instance")).count();
    put().await;
    put().await;
    assert_eq!(asked(), 1);
    // Credentials that end within minutes are renewed with every call.
    let soon = jiff::Timestamp::now() + std::time::Duration::from_secs(60);
    server.role_until(&soon.to_string());
    let other = client_with(moto.endpoint(), CredentialSource::Instance(metadata(&server)));
    other.s3().list(&bucket, "").await.unwrap();
    other.s3().list(&bucket, "").await.unwrap();
    assert_eq!(asked(), 3);
}

#[tokio::test]
async fn credentials_that_end_early_are_fetched_again() {
    let server = MetadataServer::start().unwrap();
    let expired = "<Error><Code>ExpiredToken</Code></Error>";
    let cloud = Server::start([Act::answer(400, expired), Act::answer(200, "fine")]);
    let aws = client_with(&cloud.endpoint(), CredentialSource::Instance(metadata(&server)));
    let (bucket, key) = (Bucket::parse("fleet-bucket").unwrap(), ObjectKey::parse("x").unwrap());
    assert_eq!(aws.s3().get(&bucket, &key, 10).await.unwrap().bytes, b"fine");
    let asked = server.requests().iter().filter(|request| request.ends_with("/fleet-instance")).count();
    assert_eq!(asked, 2);
}
