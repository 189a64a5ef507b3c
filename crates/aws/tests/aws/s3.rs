//! Objects, in moto.

use std::fs;

use clawlets_aws::{Bucket, ObjectKey, PutCondition, Stored, Upload};
use clawlets_tests::Moto;

use crate::client;

fn bucket() -> Bucket {
    Bucket::parse("fleet-bucket").unwrap()
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::parse(text).unwrap()
}

#[tokio::test]
async fn objects_are_stored_read_listed_and_deleted() {
    let Some(moto) = Moto::start("objects_are_stored_read_listed_and_deleted") else { return };
    moto.make_bucket(bucket().as_str());
    let s3 = client(moto.endpoint()).s3();
    let odd = key("bootstrap/web-1/a b+c=é&d.json");
    for key in [&odd, &key("bootstrap/web-1/z"), &key("bootstrap/web-2/z")] {
        let stored =
            s3.put(&bucket(), key, &Upload::Bytes(b"content".to_vec()), &PutCondition::Always).await.unwrap();
        assert!(matches!(stored, Stored::Written { etag } if !etag.is_empty()));
    }
    let object = s3.get(&bucket(), &odd, 100).await.unwrap();
    assert_eq!(object.bytes, b"content");
    assert_eq!(s3.etag(&bucket(), &odd).await.unwrap(), Some(object.etag));
    assert!(s3.get(&bucket(), &odd, 3).await.is_err());
    let listed = s3.list(&bucket(), "bootstrap/web-1/").await.unwrap();
    let shown: Vec<_> = listed.iter().map(|object| (object.key.as_str(), object.bytes)).collect();
    assert_eq!(shown, [(odd.as_str(), 7), ("bootstrap/web-1/z", 7)]);
    let second = key("by-hash/second");
    s3.copy(&bucket(), &odd, &second).await.unwrap();
    assert_eq!(s3.get(&bucket(), &second, 100).await.unwrap().bytes, b"content");
    assert!(s3.copy(&bucket(), &key("none"), &second).await.unwrap_err().is_not_found());
    s3.delete(&bucket(), &odd).await.unwrap();
    s3.delete(&bucket(), &odd).await.unwrap();
    assert!(s3.get(&bucket(), &odd, 100).await.unwrap_err().is_not_found());
    assert_eq!(s3.etag(&bucket(), &odd).await.unwrap(), None);
}

#[tokio::test]
async fn a_condition_is_kept() {
    let Some(moto) = Moto::start("a_condition_is_kept") else { return };
    moto.make_bucket(bucket().as_str());
    let s3 = client(moto.endpoint()).s3();
    let put = async |text: &str, condition: PutCondition| {
        s3.put(&bucket(), &key("one"), &Upload::Bytes(text.as_bytes().to_vec()), &condition).await.unwrap()
    };
    let Stored::Written { etag: first } = put("first", PutCondition::New).await else { panic!("refused") };
    let refused = Stored::ConditionFailed { after_doubt: false };
    assert_eq!(put("second", PutCondition::New).await, refused);
    assert!(matches!(put("third", PutCondition::Replaces(first.clone())).await, Stored::Written { .. }));
    assert_eq!(put("fourth", PutCondition::Replaces(first)).await, refused);
    assert_eq!(s3.get(&bucket(), &key("one"), 100).await.unwrap().bytes, b"third");
}

#[tokio::test]
async fn files_travel_whole_and_their_hash_is_told() {
    let Some(moto) = Moto::start("files_travel_whole_and_their_hash_is_told") else { return };
    moto.make_bucket(bucket().as_str());
    let s3 = client(moto.endpoint()).s3();
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(&from, &content).unwrap();
    let upload = Upload::File(from);
    s3.put(&bucket(), &key("large"), &upload, &PutCondition::Always).await.unwrap();
    let received = s3.get_to_file(&bucket(), &key("large"), &to, 3_000_000).await.unwrap();
    assert_eq!(received.bytes, 3_000_000);
    assert!(fs::read(&to).unwrap() == content);
    assert!(s3.get_to_file(&bucket(), &key("large"), &to, 2_999_999).await.is_err());
    // More than an answer may have in memory.
    assert!(s3.get(&bucket(), &key("large"), u64::MAX).await.is_err());
}
