//! A host that does not say that it is well.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::json;

use super::world::{World, declaration, fault};

/// A control API that says of every host what it is told to say.
struct Control {
    url: String,
    is_well: Arc<AtomicBool>,
}

impl Control {
    fn start(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let is_well = Arc::new(AtomicBool::new(false));
        let says = Arc::clone(&is_well);
        let ids = world.moto.endpoint().to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &ids, says.load(Ordering::SeqCst));
            }
        });
        Self { url, is_well }
    }
}

fn answer(mut stream: TcpStream, aws: &str, is_well: bool) {
    let mut reader = BufReader::new(&stream);
    let (mut line, mut length, mut is_known) = (String::new(), 0, false);
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        is_known |= lower.trim() == "authorization: bearer the-token-of-a-person";
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    assert!(is_known, "the token is sent");
    let health = if is_well { "healthy" } else { "unhealthy" };
    let instances: Vec<_> = ["web-1", "web-2"]
        .into_iter()
        .map(|name| json!({ "name": name, "id": newest(aws, name), "state": "running", "health": health }))
        .collect();
    let body = json!({ "ok": true, "instances": instances, "asOf": "2026-11-21T12:00:00Z" }).to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

/// The instance of a host that runs.
fn newest(aws: &str, host: &str) -> Option<String> {
    let form = format!(
        "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag:Name&Filter.1.Value.1={host}\
         &Filter.2.Name=instance-state-name&Filter.2.Value.1=running"
    );
    let address = aws.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=x/20261121/eu-central-1/ec2/aws4_request, SignedHeaders=host, Signature=0\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split("<instanceId>").nth(1).map(|rest| rest.split('<').next().unwrap().to_owned())
}

#[test]
fn a_host_that_is_not_well_leaves_the_next_one_alone_and_is_waited_for_again() {
    let Some(world) =
        World::start("a_host_that_is_not_well_leaves_the_next_one_alone_and_is_waited_for_again")
    else {
        return;
    };
    world.bake("first");
    world.ok("all --request-id r-1 --health instance");
    let (one, two) = (world.instance("web-1"), world.instance("web-2"));
    let control = Control::start(&world);
    let mut fleet = declaration(&["web-1", "web-2"]);
    fleet["control"]["url"] = json!(control.url);
    world.declare(&fleet);

    let without = world.apply("all --request-id r-2");
    assert_eq!(
        (without.code, fault(&without).as_str()),
        (Some(2), "clawlets::usage::arguments"),
        "{without}"
    );

    let with_token = |line: &str| {
        let mut command = world.command(line);
        command.env("CONTROL_API_TOKEN", "the-token-of-a-person");
        clawlets_stand_in::Ran::of(&mut command)
    };
    let ran = with_token("all --request-id r-2 --health-deadline 3s");
    assert_eq!((ran.code, fault(&ran).as_str()), (Some(1), "clawlets::fleet::deploy_failed"), "{ran}");
    assert!(ran.talk.contains("not well: unhealthy"), "{ran}");
    let stages: Vec<_> =
        ran.json()["hosts"].as_array().unwrap().iter().map(|row| row["stage"].clone()).collect();
    assert_eq!(stages, ["failed", "waiting"]);
    let replaced = world.instance("web-1");
    assert!(replaced.0 != one.0 && world.instance("web-2") == two);

    control.is_well.store(true, Ordering::SeqCst);
    let ran = with_token("all --request-id r-2 --health-deadline 60s");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(world.instance("web-1"), replaced, "the instance that came to its senses is kept");
    assert_ne!(world.instance("web-2"), two);
}
