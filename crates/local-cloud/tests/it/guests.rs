//! Real guests: what they see, what they reach, and that they reach nothing else.

use std::{fs, net::TcpListener as StdTcpListener};

use clawlets_model::proxy_header::{Decoded, decode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
};

use crate::support::{Emulator, TestCloud, eventually, processes_mentioning, real_qemu_is_missing};

/// What the guest has written to its console, once that holds `last`.
async fn console(cloud: &TestCloud, server: u64, last: &str) -> String {
    let path = cloud.guest_dir(server).join("console.log");
    eventually(last, async || fs::read_to_string(&path).ok().filter(|text| text.contains(last))).await
}

#[tokio::test]
async fn a_guest_knows_who_it_is_and_a_server_that_powers_itself_off_is_off() {
    if real_qemu_is_missing("a_guest_knows_who_it_is_and_a_server_that_powers_itself_off_is_off") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Qemu).await;
    let user_data = "\
        wget -q -O - http://169.254.169.254/hetzner/v1/metadata/instance-id; echo\n\
        wget -q -O - http://169.254.169.254/hetzner/v1/metadata\n\
        cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_serial\n\
        grep -c . /proc/modules\n\
        id task\n\
        echo the-end\n";
    let server = cloud.api.running_server("cattle-rex", json!({ "user_data": user_data })).await;
    let text = console(&cloud, server, "the-end").await;
    for expected in [
        format!("{server}\r\n"),
        format!("instance-id: {server}\r\n"),
        "hostname: \"cattle-rex\"".to_owned(),
        format!("Hetzner\r\n{server}\r\n"),
        "uid=1000(task) gid=1000(task)".to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected:?} is not in {text}");
    }
    cloud.api.becomes(server, "off").await;
    assert!(processes_mentioning(&cloud.guest_dir(server)).is_empty());
    let listed = cloud.api.get("/servers?status=off").await.expect(200);
    assert_eq!(listed.names("servers"), ["cattle-rex"], "a server that is off is still there");
}

#[tokio::test]
async fn a_guest_reaches_its_relays_and_nothing_else() {
    if real_qemu_is_missing("a_guest_reaches_its_relays_and_nothing_else") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Qemu).await;
    // Both listen on the machine, outside of the guest's namespace.
    let on_loopback = StdTcpListener::bind("127.0.0.1:0").unwrap();
    let on_every_address = StdTcpListener::bind("0.0.0.0:0").unwrap();
    let ports = [&on_loopback, &on_every_address].map(|listener| listener.local_addr().unwrap().port());
    let daemon = cloud.api.endpoint.endpoint.rsplit(':').next().unwrap().trim_end_matches("/v1").to_owned();
    let socket = cloud.folder().join("service.sock");
    let service = UnixListener::bind(&socket).unwrap();
    let relay = json!({ "selector": "cattle=true", "port": 18337, "path": socket });
    cloud.api.post("/_local/relays", relay).await.expect(201);

    let machine = address_of_this_machine();
    let mut user_data = "wget -q -O - http://10.0.2.2:18337/hello && echo relay-works\n".to_owned();
    let outside = [
        format!("10.0.2.2 {}", ports[0]),
        format!("10.0.2.2 {}", ports[1]),
        format!("10.0.2.2 {daemon}"),
        format!("{machine} {}", ports[1]),
        "10.0.2.3 53".to_owned(),
        "1.1.1.1 443".to_owned(),
        "169.254.169.254 8080".to_owned(),
    ];
    for (number, target) in outside.iter().enumerate() {
        user_data += &format!("nc -w 2 {target} < /dev/null && echo leak-{number} || echo closed-{number}\n");
    }
    user_data += "echo the-end\n";
    let more = json!({ "user_data": user_data, "labels": { "cattle": "true" } });
    let server = cloud.api.running_server("cattle-rex", more).await;

    let (mut stream, _) = service.accept().await.unwrap();
    let mut received = Vec::new();
    let (header, length) = loop {
        assert!(stream.read_buf(&mut received).await.unwrap() > 0);
        match decode(&received).unwrap() {
            Decoded::Complete { header, length } => break (header, length),
            Decoded::Incomplete { .. } => {}
        }
    };
    assert_eq!(header.server_id, server, "the relay says which server calls");
    while !received[length..].ends_with(b"\r\n\r\n") {
        assert!(stream.read_buf(&mut received).await.unwrap() > 0);
    }
    assert!(received[length..].starts_with(b"GET /hello HTTP/1.1\r\n"));
    stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nhi\n").await.unwrap();
    drop(stream);

    let text = console(&cloud, server, "the-end").await;
    assert!(text.contains("hi\r\nrelay-works"), "{text}");
    assert!(!text.contains("leak-"), "{text}");
    for (number, target) in outside.iter().enumerate() {
        assert!(text.contains(&format!("closed-{number}")), "{target}: {text}");
    }
    for listener in [on_loopback, on_every_address] {
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err(), "a connection arrived from the guest");
    }
}

/// An address of this machine that is not loopback, or one that nobody has when there is none.
fn address_of_this_machine() -> String {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    // Connecting a datagram socket sends nothing; it only chooses the address.
    let chosen = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr());
    chosen.map_or_else(|_| "192.0.2.1".to_owned(), |address| address.ip().to_string())
}

#[tokio::test]
async fn a_relay_opens_in_a_guest_that_runs_already_and_survives_the_daemon() {
    if real_qemu_is_missing("a_relay_opens_in_a_guest_that_runs_already_and_survives_the_daemon") {
        return;
    }
    let mut cloud = TestCloud::start(Emulator::Qemu).await;
    let user_data = "\
        echo waiting\n\
        until wget -q -O - http://10.0.2.2:18337/ 2>/dev/null; do sleep 0.1; done\n\
        echo relay-works; sleep 1000\n";
    let more = json!({ "user_data": user_data, "labels": { "cattle": "true" } });
    let server = cloud.api.running_server("late", more).await;
    console(&cloud, server, "waiting").await;
    let socket = cloud.folder().join("service.sock");
    let service = UnixListener::bind(&socket).unwrap();
    let relay = json!({ "selector": "cattle", "port": 18337, "path": socket });
    let told = cloud.api.post("/_local/relays", relay).await.expect(201);
    assert_eq!(told.body["servers_not_told"], json!([]));
    cloud.kill_daemon();
    let (mut stream, _) = service.accept().await.unwrap();
    let mut received = Vec::new();
    while !received.ends_with(b"\r\n\r\n") || received.len() < 60 {
        assert!(stream.read_buf(&mut received).await.unwrap() > 0);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    drop(stream);
    console(&cloud, server, "relay-works").await;

    cloud.restart().await;
    cloud.api.becomes(server, "running").await;
    cloud.api.remove(server).await;
    assert!(processes_mentioning(&cloud.guest_dir(server)).is_empty());
    assert!(!cloud.guest_dir(server).exists());
}

#[tokio::test]
async fn a_reset_boots_the_guest_again_and_endless_output_is_cut() {
    if real_qemu_is_missing("a_reset_boots_the_guest_again_and_endless_output_is_cut") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Qemu).await;
    let server = cloud.api.running_server("loud", json!({ "user_data": "echo up; sleep 1000\n" })).await;
    console(&cloud, server, "up\r\n").await;
    assert_eq!(cloud.api.act(server, "reset", json!({})).await["status"], "success");
    let path = cloud.guest_dir(server).join("console.log");
    eventually("it boots again", async || {
        let text = fs::read_to_string(&path).ok()?;
        (text.matches("up\r\n").count() == 2).then_some(())
    })
    .await;
    // An emulated serial port takes each byte by itself, so no more is written than must be cut.
    let loud = "dd if=/dev/zero bs=65536 count=18 2>/dev/null | tr '\\0' x; echo the-end; sleep 1000\n";
    let rebuilt =
        cloud.api.act(server, "rebuild", json!({ "image": "clawlets-cattle", "user_data": loud })).await;
    assert_eq!(rebuilt["status"], "success");
    console(&cloud, server, "the-end").await;
    let sizes: u64 = ["console.log", "console.log.1"]
        .map(|name| fs::metadata(cloud.guest_dir(server).join(name)).unwrap().len())
        .iter()
        .sum();
    assert!(sizes <= 1024 * 1024, "more than 1 MiB of output took {sizes} bytes");
}
