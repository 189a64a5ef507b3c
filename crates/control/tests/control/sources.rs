//! What is seen of the fleet, and of its images.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clawlets_tests::Moto;
use serde_json::{Value, json};

use crate::support::{Kind, World};

const EC2: &str = "Version=2016-11-15";

fn text<'a>(xml: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let from = xml.find(&open).unwrap_or_else(|| panic!("no {name} in {xml}")) + open.len();
    &xml[from..from + xml[from..].find(&close).unwrap()]
}

/// Starts an instance with these tags; its id.
fn instance(moto: &Moto, image: &str, tags: &[(&str, &str)]) -> String {
    let mut form = format!(
        "Action=RunInstances&{EC2}&ImageId={image}&MinCount=1&MaxCount=1&TagSpecification.1.ResourceType=instance"
    );
    for ((name, value), number) in tags.iter().zip(1..) {
        form.push_str(&format!(
            "&TagSpecification.1.Tag.{number}.Key={name}&TagSpecification.1.Tag.{number}.Value={value}"
        ));
    }
    text(&moto.ask_form("ec2", &form), "instanceId").to_owned()
}

/// Makes an image of the account, with the pipeline's tag or without.
fn image(moto: &Moto, of: &str, is_of_pipeline: bool) -> String {
    let id = text(
        &moto.ask_form(
            "ec2",
            &format!("Action=CreateImage&{EC2}&InstanceId={of}&Name=image-{is_of_pipeline}"),
        ),
        "imageId",
    )
    .to_owned();
    if is_of_pipeline {
        let form =
            format!("Action=CreateTags&{EC2}&ResourceId.1={id}&Tag.1.Key=clawdinator&Tag.1.Value=true");
        let _ = moto.ask_form("ec2", &form);
    }
    id
}

fn some_image(moto: &Moto) -> String {
    text(&moto.ask_form("ec2", &format!("Action=DescribeImages&{EC2}&Owner.1=amazon")), "imageId").to_owned()
}

fn with_aws(kind: Kind, moto: &Moto) -> World {
    let mut world = World::prepare(kind, "");
    for (name, value) in moto.environment() {
        world.set(name, &value);
    }
    world.restart();
    world
}

fn status(world: &World) -> Value {
    let reply = world.ask("web-1", &json!({ "action": "status" }));
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

#[test]
fn instances_are_shown_beside_what_is_declared_and_stay_when_aws_is_away() {
    let Some(moto) = Moto::start("instances_are_shown_beside_what_is_declared_and_stay_when_aws_is_away")
    else {
        return;
    };
    let base = some_image(&moto);
    let one = instance(&moto, &base, &[("app", "clawdinator"), ("Name", "web-1")]);
    instance(&moto, &base, &[("app", "clawlets"), ("Name", "stray")]);
    instance(&moto, &base, &[("app", "other"), ("Name", "web-2")]);
    let world = with_aws(Kind::Http, &moto);
    let fresh = status(&world);
    assert_eq!((fresh.get("stale"), fresh["ok"].clone()), (None, json!(true)), "{fresh}");
    let rows: Vec<_> = fresh["instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].clone(), row["state"].clone()))
        .collect();
    let expected = [("web-1", "running"), ("web-2", "missing"), ("web-3", "missing"), ("stray", "running")];
    assert_eq!(rows, expected.map(|(name, state)| (json!(name), json!(state))));
    let row = &fresh["instances"][0];
    assert_eq!((row["id"].as_str(), row["ami"].as_str()), (Some(one.as_str()), Some(base.as_str())));
    drop(moto);
    let stale = status(&world);
    assert_eq!(
        (&stale["stale"], &stale["instances"], &stale["asOf"]),
        (&json!(true), &fresh["instances"], &fresh["asOf"])
    );
    assert!(
        stale["ageSeconds"].is_u64() && stale["unavailable"][0].as_str().unwrap().starts_with("aws: "),
        "{stale}"
    );
}

#[test]
fn an_image_is_deployed_only_if_the_pipeline_made_it() {
    let Some(moto) = Moto::start("an_image_is_deployed_only_if_the_pipeline_made_it") else { return };
    let base = some_image(&moto);
    let of = instance(&moto, &base, &[("app", "clawdinator"), ("Name", "web-1")]);
    let (ours, untagged) = (image(&moto, &of, true), image(&moto, &of, false));
    for kind in [Kind::Http, Kind::Lambda] {
        let world = with_aws(kind, &moto);
        let deploy = |image: &str| {
            world.ask("human", &json!({ "action": "deploy", "target": "web-1", "ami_override": image }))
        };
        for refused in [untagged.as_str(), base.as_str(), "ami-00000000"] {
            let reply = deploy(refused);
            assert_eq!((reply.status, reply.code()), (403, "image_refused"), "{refused}: {reply:?}");
        }
        assert_eq!(world.github.dispatches(), []);
        assert_eq!(deploy(&ours).status, 200);
        assert_eq!(world.github.dispatches()[0].inputs["ami_override"], ours.as_str());
    }
}

#[test]
fn an_image_that_cannot_be_checked_is_not_deployed() {
    for kind in [Kind::Http, Kind::Lambda] {
        let mut world = World::prepare(kind, "");
        let deploy =
            json!({ "action": "deploy", "target": "web-1", "ami_override": "ami-0123456789abcdef0" });
        world.restart();
        assert_eq!(world.ask("human", &deploy).status, 502, "without credentials");
        world.set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7TESTING");
        world.set("AWS_SECRET_ACCESS_KEY", "a-secret-key-of-a-test");
        world.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        world.restart();
        let reply = world.ask("human", &deploy);
        assert!(matches!(reply.status, 502 | 504), "{reply:?}");
        assert_eq!(world.github.dispatches(), []);
    }
}

#[test]
fn what_a_host_says_of_itself_is_shown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("http://{}/status", listener.local_addr().unwrap());
    let is_well = Arc::new(AtomicBool::new(true));
    let says = Arc::clone(&is_well);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let health = if says.load(Ordering::SeqCst) { "healthy" } else { "unhealthy" };
            let body = json!({ "schemaVersion": 1, "host": "web-1", "release": "1/7", "health": health,
                "asOf": "2026-11-21T12:00:00Z" })
            .to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    let nobody = "http://127.0.0.1:9/status";
    let world = World::start(
        Kind::Http,
        &format!("[hosts.web-1]\nstatus = \"{place}\"\n[hosts.web-2]\nstatus = \"{nobody}\"\n"),
    );
    let row = |at: usize| status(&world)["instances"][at].clone();
    assert_eq!((&row(0)["release"], &row(0)["health"]), (&json!("1/7"), &json!("healthy")));
    assert_eq!(row(1)["health"], "unreachable");
    // A run that ended well does not make a host well.
    assert_eq!(world.deploy("human", "web-1").status, 200);
    world.finish_runs();
    is_well.store(false, Ordering::SeqCst);
    crate::support::until("the deploy is over", || status(&world)["deploy"]["state"] == "succeeded");
    assert_eq!(row(0)["health"], "unhealthy");
}
