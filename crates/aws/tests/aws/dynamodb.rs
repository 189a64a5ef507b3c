//! Conditional writes, in moto.

use clawlets_aws::{
    Attribute, DeleteItem, DynamoDb, Expression, GetItem, Item, PutItem, UpdateItem, Written,
};
use clawlets_tests::Moto;

use crate::client;

const TABLE: &str = "control";

fn database(moto: &Moto) -> DynamoDb {
    let table = r#"{"TableName":"control","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}"#;
    let _ = moto.ask_json("dynamodb", "DynamoDB_20120810.CreateTable", table);
    client(moto.endpoint()).dynamodb()
}

fn item(pairs: &[(&str, Attribute)]) -> Item {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn key() -> Item {
    item(&[("id", Attribute::text("lease"))])
}

fn take(owner: &str, now: i64) -> PutItem {
    let free = Expression::new("attribute_not_exists(#id) OR #until < :now")
        .name("#id", "id")
        .name("#until", "until")
        .value(":now", Attribute::number(now));
    let lease = [
        ("id", Attribute::text("lease")),
        ("owner", Attribute::text(owner)),
        ("until", Attribute::number(now + 60)),
    ];
    PutItem { table: TABLE.to_owned(), item: item(&lease), condition: Some(free) }
}

#[tokio::test]
async fn a_lease_has_one_owner_until_it_ends() {
    let Some(moto) = Moto::start("a_lease_has_one_owner_until_it_ends") else { return };
    let database = database(&moto);
    assert_eq!(database.put(&take("one", 100)).await.unwrap(), Written::Done { item: None });
    let Written::ConditionFailed { existing, after_doubt } = database.put(&take("two", 130)).await.unwrap()
    else {
        panic!("two owners")
    };
    assert!(!after_doubt);
    // Not every database tells; a consistent read always does.
    let get = GetItem { table: TABLE.to_owned(), key: key() };
    let there = database.get(&get).await.unwrap().unwrap();
    assert_eq!(there["owner"].as_text(), Some("one"));
    assert!(existing.is_none_or(|existing| existing == there));
    assert!(matches!(database.put(&take("two", 161)).await.unwrap(), Written::Done { .. }));

    let is_mine = |owner: &str| {
        Expression::new("#owner = :owner").name("#owner", "owner").value(":owner", Attribute::text(owner))
    };
    let extend = |owner: &str| UpdateItem {
        table: TABLE.to_owned(),
        key: key(),
        update: Expression::new("SET #until = :until")
            .name("#until", "until")
            .value(":until", Attribute::number(999)),
        condition: Some(is_mine(owner)),
    };
    assert!(matches!(database.update(&extend("one")).await.unwrap(), Written::ConditionFailed { .. }));
    let Written::Done { item: Some(now) } = database.update(&extend("two")).await.unwrap() else {
        panic!("refused")
    };
    assert_eq!(now["until"].as_number(), Some(999));

    let give_back =
        |owner: &str| DeleteItem { table: TABLE.to_owned(), key: key(), condition: Some(is_mine(owner)) };
    assert!(matches!(database.delete(&give_back("one")).await.unwrap(), Written::ConditionFailed { .. }));
    assert!(matches!(database.delete(&give_back("two")).await.unwrap(), Written::Done { .. }));
    assert_eq!(database.get(&get).await.unwrap(), None);
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_gets_the_lease() {
    let Some(moto) = Moto::start("of_many_who_ask_at_once_one_gets_the_lease") else { return };
    let database = database(&moto);
    let asking: Vec<_> = (0..8)
        .map(|number| {
            let database = database.clone();
            tokio::spawn(async move { database.put(&take(&format!("worker-{number}"), 100)).await.unwrap() })
        })
        .collect();
    let mut owners = 0;
    for asked in asking {
        owners += usize::from(matches!(asked.await.unwrap(), Written::Done { .. }));
    }
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn a_table_that_is_not_there_is_not_found() {
    let Some(moto) = Moto::start("a_table_that_is_not_there_is_not_found") else { return };
    let database = client(moto.endpoint()).dynamodb();
    let get = GetItem { table: TABLE.to_owned(), key: key() };
    assert!(database.get(&get).await.unwrap_err().is_not_found());
}
