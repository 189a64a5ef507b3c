//! A boot, a look of a running host, a newer bundle, another boot.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, net::UnixDatagram},
    process::Command,
};

use clawlets_tests::Run;

use crate::world::World;

const COMMANDS: [&str; 4] = ["seed", "memory", "token", "start"];

#[test]
fn a_host_starts_from_its_bundle_with_the_role_of_its_instance() {
    let Some(world) = World::new("a_host_starts_from_its_bundle_with_the_role_of_its_instance") else {
        return;
    };
    let told = world.run(&["bootstrap", "run", "--json"]).json();
    assert_eq!((&told["phase"], &told["instance"]), (&"ready".into(), &"web-1".into()));
    assert_eq!(told["applied"]["version"], 1);
    assert_eq!(world.log(), COMMANDS);
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
    assert_eq!(world.secret("discord-token").as_deref(), Some("a-discord-token"));
    assert_eq!(world.secret("openai-api-key"), None);
    for name in ["z_ai_api_key", "anthropic-api-key", "discord-token", "github-app-pem"] {
        let mode = fs::metadata(world.link().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o400, "{name}");
    }
    let seeds = fs::read_to_string(world.path("seeds/repo-seeds.tar.zst")).unwrap();
    assert_eq!(seeds, "snapshot of bundle 1");
    // The region and the keys came from the instance, and version 1 of that service was never spoken.
    let asked = world.metadata.requests();
    assert!(
        asked.iter().any(|request| request.ends_with("/security-credentials/fleet-instance")),
        "{asked:?}"
    );
    assert!(!asked.iter().any(|request| request.ends_with("without a token")), "{asked:?}");
    // Nothing that is secret lies on the disk.
    let mut grep = Command::new("grep");
    grep.args(["-rlE", "key of bundle 1$|a-discord-token"]).arg(world.path("state")).arg(world.path("shelf"));
    let found = grep.output().unwrap();
    assert!(found.stdout.is_empty(), "{}", String::from_utf8_lossy(&found.stdout));
}

#[test]
fn a_running_host_brings_in_what_is_newer_and_nothing_else() {
    let Some(world) = World::new("a_running_host_brings_in_what_is_newer_and_nothing_else") else { return };
    world.boot().succeeds();
    let set = fs::read_link(world.link()).unwrap();
    world.log();
    world.boot().succeeds();
    assert_eq!(world.log(), Vec::<String>::new());
    assert_eq!(fs::read_link(world.link()).unwrap(), set);

    world.publish(2);
    world.tell("PutSecretValue", r#"{"SecretId":"fleet/web-1-discord","SecretString":"another-token"}"#);
    world.boot().succeeds();
    assert_eq!(world.log(), ["seed", "memory", "token", "restart"]);
    assert_eq!(world.version().as_deref(), Some("key of bundle 2"));
    assert_eq!(world.secret("discord-token").as_deref(), Some("another-token"));
    let bundles = fs::read_dir(world.path("state/bundles")).unwrap().count();
    assert_eq!(bundles, 1, "the former bundle is gone once the new one is in");
}

#[test]
fn systemd_hears_of_every_pass_that_ends_well_that_whoever_waits_may_start() {
    let test = "systemd_hears_of_every_pass_that_ends_well_that_whoever_waits_may_start";
    let Some(world) = World::new(test) else { return };
    let path = world.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_nonblocking(true).unwrap();
    let boot = || {
        let run = Run::of(world.command(&["bootstrap", "run"]).env("NOTIFY_SOCKET", &path));
        let mut heard = Vec::new();
        let mut message = [0; 512];
        while let Ok(length) = socket.recv(&mut message) {
            heard.push(String::from_utf8_lossy(&message[..length]).into_owned());
        }
        (run.code(), heard.iter().any(|message| message.lines().any(|line| line == "READY=1")))
    };
    assert_eq!(boot(), (0, true), "the first boot");
    assert_eq!(boot(), (0, true), "a look that finds nothing new");
    world.publish(2);
    assert_eq!(boot(), (0, true), "a newer bundle");
    world.write("bootstrap-bucket", "no-such-bucket");
    assert!(matches!(boot(), (7, false)), "one that cannot be had");
}

#[test]
fn a_host_that_cannot_reach_its_bucket_boots_with_the_bundle_from_before() {
    let Some(world) = World::new("a_host_that_cannot_reach_its_bucket_boots_with_the_bundle_from_before")
    else {
        return;
    };
    world.boot().succeeds();
    world.reboot(2);
    world.log();
    world.write("bootstrap-bucket", "no-such-bucket");
    let boot = world.boot();
    boot.succeeds();
    assert!(boot.talk().contains("the bundle from before"), "{}", boot.talk());
    assert_eq!(world.log(), COMMANDS);
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
    let status = world.status();
    assert_eq!((&status["isReady"], &status["failure"]["phase"]), (&true.into(), &"bundle".into()));
    // Once it can be reached again, all is as it was.
    world.write("bootstrap-bucket", crate::bundles::BUCKET);
    world.publish(2);
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 2"));
    assert!(world.status()["failure"].is_null());
}

#[test]
fn a_disk_of_another_instance_says_nothing_about_this_one() {
    let Some(world) = World::new("a_disk_of_another_instance_says_nothing_about_this_one") else { return };
    world.publish(7);
    world.boot().succeeds();
    world.reboot(2);
    world.write("instance-name", "web-2");
    world.write("bootstrap-prefix", "s3://fleet-bucket/bootstrap/web-2/");
    world.publisher.store("bootstrap/web-2", &world.publisher.make("web-2", 1));
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
    assert_eq!(world.status()["floor"]["version"], 1);
}

#[test]
fn a_bundle_that_was_damaged_on_the_disk_is_fetched_again() {
    let Some(world) = World::new("a_bundle_that_was_damaged_on_the_disk_is_fetched_again") else { return };
    world.boot().succeeds();
    world.reboot(2);
    let bundles = fs::read_dir(world.path("state/bundles")).unwrap();
    for bundle in bundles {
        fs::write(bundle.unwrap().path().join("secrets.tgz"), "damaged").unwrap();
    }
    let boot = world.boot();
    assert_eq!(boot.code(), 6, "{}", boot.talk());
    assert_eq!(world.version(), None);
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
}

#[test]
fn the_key_that_opens_the_bundle_may_come_from_secrets_manager() {
    let Some(world) = World::new("the_key_that_opens_the_bundle_may_come_from_secrets_manager") else {
        return;
    };
    fs::remove_file(world.path("age-key")).unwrap();
    let boot = world.boot();
    assert_ne!(boot.code(), 0);
    assert!(boot.talk().contains("the host's key"), "{}", boot.talk());
    assert_eq!(world.secret("discord-token"), None, "all of a set, or none");
    let key = world.publisher.host.to_secret();
    world.tell(
        "CreateSecret",
        &format!(r#"{{"Name":"fleet/web-1-age-key","SecretString":"{}"}}"#, key.expose().trim()),
    );
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
    assert_eq!(world.secret("host-age-key"), None, "no bot needs it");
}
