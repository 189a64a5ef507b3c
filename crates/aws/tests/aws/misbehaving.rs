//! What a client must survive.

use clawlets_aws::{
    Attribute, AwsError, Bucket, Expression, Item, ObjectKey, PutCondition, PutItem, Stored, Upload, Written,
};

use crate::{
    client,
    server::{Act, Server},
};

fn place() -> (Bucket, ObjectKey) {
    (Bucket::parse("fleet-bucket").unwrap(), ObjectKey::parse("bootstrap/web-1/x").unwrap())
}

async fn get(server: &Server) -> Result<Vec<u8>, AwsError> {
    let (bucket, key) = place();
    client(&server.endpoint()).s3().get(&bucket, &key, 1 << 20).await.map(|object| object.bytes)
}

#[tokio::test]
async fn a_redirect_is_not_followed_since_the_request_is_signed() {
    let elsewhere = Server::start([Act::answer(200, "stolen")]);
    for status in [301, 302, 307, 308] {
        let location = format!("location: {}/x\r\n", elsewhere.endpoint());
        let server = Server::start([Act::with(status, &location, "")]);
        let error = get(&server).await.unwrap_err();
        assert!(matches!(error, AwsError::Redirected { status: found, .. } if found == status), "{error:?}");
    }
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let slow = Act::answer(503, "<Error><Code>SlowDown</Code></Error>");
    let server = Server::start([slow.clone(), slow, Act::answer(200, "fine")]);
    assert_eq!(get(&server).await.unwrap(), b"fine");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_left() {
    let large = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(300 << 10));
    let server = Server::start([Act::Hang(large.into_bytes())]);
    let error = get(&server).await.unwrap_err();
    assert!(matches!(error, AwsError::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_that_stands_still_is_given_up_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec();
    let server = Server::start([Act::Hang(begun), Act::answer(200, "0123456789")]);
    let (bucket, key) = place();
    let path = folder.path().join("file");
    let s3 = client(&server.endpoint()).s3();
    assert_eq!(s3.get_to_file(&bucket, &key, &path, 100).await.unwrap().bytes, 10);
    assert_eq!(std::fs::read(&path).unwrap(), b"0123456789");
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_asked_for_again() {
    let cut = Act::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec());
    let server = Server::start([cut, Act::answer(200, "whole")]);
    assert_eq!(get(&server).await.unwrap(), b"whole");
}

#[tokio::test]
async fn bytes_that_do_not_fit_their_checksum_are_refused() {
    let sum = "x-amz-checksum-sha256: n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\r\n";
    assert_eq!(get(&Server::start([Act::with(200, sum, "test")])).await.unwrap(), b"test");
    let error = get(&Server::start([Act::with(200, sum, "tess")])).await.unwrap_err();
    assert!(matches!(error, AwsError::Corrupt { .. }), "{error:?}");
    // Of an object that was stored in parts the checksum is one of checksums.
    let parts = "x-amz-checksum-sha256: n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=-2\r\n";
    assert!(get(&Server::start([Act::with(200, parts, "tess")])).await.is_ok());
}

#[tokio::test]
async fn a_wrong_clock_is_put_right_by_the_providers() {
    let skewed = "date: Thu, 01 Jan 2099 00:00:00 GMT\r\n";
    let server = Server::start([
        Act::with(403, skewed, "<Error><Code>RequestTimeTooSkewed</Code></Error>"),
        Act::answer(200, "fine"),
    ]);
    assert_eq!(get(&server).await.unwrap(), b"fine");
    let requests = server.requests();
    assert!(requests[1].contains("x-amz-date: 20990101T"), "{}", requests[1]);
}

#[tokio::test]
async fn a_condition_that_fails_after_a_lost_answer_says_so() {
    let server = Server::start([
        Act::Say(Vec::new()),
        Act::answer(412, "<Error><Code>PreconditionFailed</Code></Error>"),
    ]);
    let (bucket, key) = place();
    let s3 = client(&server.endpoint()).s3();
    let stored = s3.put(&bucket, &key, &Upload::Bytes(vec![1]), &PutCondition::New).await.unwrap();
    assert_eq!(stored, Stored::ConditionFailed { after_doubt: true });

    let failed = r#"{"__type":"x#ConditionalCheckFailedException","Item":{"owner":{"S":"me"}}}"#;
    let server = Server::start([Act::answer(500, "{}"), Act::answer(400, failed)]);
    let put = PutItem {
        table: "control".to_owned(),
        item: Item::new(),
        condition: Some(Expression::new("attribute_not_exists(id)")),
    };
    let written = client(&server.endpoint()).dynamodb().put(&put).await.unwrap();
    let owner = Item::from([("owner".to_owned(), Attribute::text("me"))]);
    assert_eq!(written, Written::ConditionFailed { existing: Some(owner), after_doubt: true });
}
