//! A function without a disk, whose state and log are in a DynamoDB table.

use clawlets_tests::Moto;
use serde_json::json;

use crate::support::{Kind, World};

fn make_table(moto: &Moto) {
    let question = json!({
        "TableName": "clawlets-control", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }, { "AttributeName": "sk", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }],
    });
    let _ = moto.ask_json("dynamodb", "DynamoDB_20120810.CreateTable", &question.to_string());
}

/// The lines of the log, in their order.
fn lines(moto: &Moto) -> Vec<String> {
    let question = json!({
        "TableName": "clawlets-control", "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeValues": { ":pk": { "S": "audit" }, ":sk": { "S": "line-" } },
    });
    let answer = moto.ask_json("dynamodb", "DynamoDB_20120810.Query", &question.to_string());
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    answer["Items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["line"]["S"].as_str().unwrap().to_owned())
        .collect()
}

fn function(moto: &Moto, like: Option<&World>) -> World {
    let mut world = World::prepare(Kind::Lambda, "");
    if let Some(like) = like {
        for name in ["tokens.json", "token"] {
            std::fs::copy(like.path(name), world.path(name)).unwrap();
        }
        world.set("GITHUB_API_URL", &like.github.api());
    }
    for (name, value) in moto.environment() {
        world.set(name, &value);
    }
    world.set("CONTROL_STATE_TABLE", "clawlets-control");
    world.set("CONTROL_AUDIT_LOG", "");
    world.restart();
    world
}

#[test]
fn functions_that_share_a_table_keep_deploys_apart_and_one_chain() {
    let Some(moto) = Moto::start("functions_that_share_a_table_keep_deploys_apart_and_one_chain") else {
        return;
    };
    make_table(&moto);
    let one = function(&moto, None);
    let two = function(&moto, None);
    let request = json!({ "action": "deploy", "target": "web-1", "idempotencyKey": "k" });
    let first = one.ask("human", &request);
    assert_eq!(first.status, 200, "{first:?} {}", one.log());
    let reply = two.deploy("human", "web-2");
    assert_eq!((reply.status, reply.code()), (409, "deploy_running"));
    let again = two.ask("human", &request);
    assert_eq!((again.status, &again.body["requestId"]), (200, &first.body["requestId"]));
    assert_eq!(one.deploy("web-1", "web-1").status, 403);
    // What is under way is known to both, also to GitHub of the second, which knows no run of that name.
    assert_eq!(one.github.dispatches().len() + two.github.dispatches().len(), 1);
    let log = lines(&moto).concat();
    let verified = clawlets_audit::verify(log.as_bytes(), &[]).unwrap();
    assert_eq!(verified.head.seq, 5, "{log}");
}

#[test]
fn a_table_that_is_not_there_ends_all_deploys() {
    let Some(moto) = Moto::start("a_table_that_is_not_there_ends_all_deploys") else { return };
    let world = function(&moto, None);
    let reply = world.deploy("human", "web-1");
    assert_eq!(reply.status, 503, "{reply:?}");
    assert_eq!(world.ask("human", &json!({ "action": "status" })).status, 200);
    assert_eq!(world.github.dispatches(), []);
}

#[test]
fn a_log_in_a_table_that_somebody_changed_ends_all_deploys() {
    let Some(moto) = Moto::start("a_log_in_a_table_that_somebody_changed_ends_all_deploys") else { return };
    make_table(&moto);
    let one = function(&moto, None);
    for _ in 0..2 {
        assert_eq!(one.deploy("web-1", "web-1").status, 403);
    }
    let line = lines(&moto)[1].replace("self_deploy", "nothing_odd");
    let key = json!({ "pk": { "S": "audit" }, "sk": { "S": format!("line-{:020}", 2) } });
    let mut item = key;
    item["line"] = json!({ "S": line });
    let put = json!({ "TableName": "clawlets-control", "Item": item });
    let _ = moto.ask_json("dynamodb", "DynamoDB_20120810.PutItem", &put.to_string());
    let refused = |why: &str| {
        let two = function(&moto, None);
        let reply = two.deploy("human", "web-1");
        assert_eq!((reply.status, reply.code()), (503, "audit_closed"), "{why}: {reply:?}");
        assert_eq!(two.github.dispatches(), []);
    };
    refused("the line is not the one that was the last");
    // The marker is taken back with it, as somebody would who may do that.
    let head =
        json!({ "TableName": "clawlets-control", "Key": { "pk": { "S": "audit" }, "sk": { "S": "head" } } });
    let _ = moto.ask_json("dynamodb", "DynamoDB_20120810.DeleteItem", &head.to_string());
    refused("the chain is broken");
}

#[test]
fn a_function_reads_its_secrets_when_it_starts() {
    let Some(moto) = Moto::start("a_function_reads_its_secrets_when_it_starts") else { return };
    make_table(&moto);
    let mut world = World::prepare(Kind::Lambda, "");
    let tokens = std::fs::read_to_string(world.path("tokens.json")).unwrap();
    for (name, value) in [("api-token", world.token("human")), ("api-tokens", tokens)] {
        let question = json!({ "Name": format!("clawdinator/control/{name}"), "SecretString": value, "ClientRequestToken": "x".repeat(32) });
        let _ = moto.ask_json("secretsmanager", "secretsmanager.CreateSecret", &question.to_string());
    }
    for (name, value) in moto.environment() {
        world.set(name, &value);
    }
    world.set("CONTROL_SECRETS", "clawdinator/control/");
    world.set("CONTROL_API_TOKEN", "");
    world.set("CONTROL_API_TOKENS_FILE", "");
    world.restart();
    assert_eq!(world.deploy("human", "all").status, 200, "{}", world.log());
    assert_eq!(world.deploy("web-1", "web-1").code(), "self_deploy");
    assert!(!world.log().contains(&world.token("web-1")));
}
