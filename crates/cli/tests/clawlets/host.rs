//! `clawlets host`.

use std::fs;

use serde_json::{Value, json};

use crate::{
    bench::{clawlets_in, snapshot},
    declared::{Declared, FRESH},
};

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn the_first_host_that_is_added_becomes_the_default() {
    let project = Declared::fresh();
    project.ok("host add --host db-1 --provider aws --region eu-west-1");
    assert_eq!(project.at("/defaultHost"), json!("db-1"));
    project.ok("host add --host db-2");
    assert_eq!(project.at("/defaultHost"), json!("db-1"));
    snapshot!(project.ok("host list"));
    let names: Vec<_> = project.ok("host list --json").json()["hosts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|host| (host["name"].clone(), host["isDefault"].clone()))
        .collect();
    let row = |name: &str, is_default: bool| (Value::from(name), Value::from(is_default));
    assert_eq!(names, [row("web-1", false), row("db-1", true), row("db-2", false)]);
}

#[test]
fn a_host_that_was_touched_stays_the_default() {
    let project = Declared::fresh();
    project.ok("host set --target-host admin@203.0.113.1");
    project.ok("host add --host db-1");
    assert_eq!(project.at("/defaultHost"), json!("web-1"));
}

#[test]
fn a_host_is_named_or_the_default() {
    let project = Declared::fresh();
    project.ok("host add --host db-1");
    project.ok("host set --enable");
    project.ok("host set --host web-1 --disk-device /dev/vda");
    assert_eq!(
        (project.at("/hosts/db-1/enable"), project.at("/hosts/web-1/diskDevice")),
        (json!(true), json!("/dev/vda"))
    );
    project.ok("host set-default --host web-1");
    assert_eq!(project.at("/defaultHost"), json!("web-1"));
    for (line, code, fault) in [
        ("host set --host web-9 --enable", 3, "clawlets::host::unknown"),
        ("host set-default --host web-9", 3, "clawlets::host::unknown"),
        ("host rm --host web-9", 3, "clawlets::host::unknown"),
        ("host add --host web-1", 5, "clawlets::host::exists"),
        ("host add --host Web", 2, "clawlets::usage::value"),
        ("host add --host ../web", 2, "clawlets::usage::value"),
        ("host add --host all", 2, "clawlets::usage::value"),
        ("host add", 2, "clawlets::usage::arguments"),
        ("host set", 2, "clawlets::usage::arguments"),
    ] {
        assert_eq!(project.refused(line), (code, fault.to_owned()), "{line}");
    }
}

#[test]
fn the_last_host_is_not_removed() {
    let project = Declared::fresh();
    assert_eq!(project.refused("host rm --host web-1"), (6, "clawlets::fleet::refused".to_owned()));
    project.ok("host add --host db-1");
    project.ok("host add --host db-2");
    assert_eq!(project.refused("host rm --host db-1").0, 6);
    project.ok("host rm --host db-2");
    project.ok("host rm --host db-1");
    assert_eq!(project.at("/defaultHost"), json!("web-1"));
    assert_eq!(project.text(), FRESH);
}

#[test]
fn every_form_of_a_switch_means_the_same() {
    for (line, enable) in [
        ("host set --enable", true),
        ("host set --enable=true", true),
        ("host set --enable true --host web-1", true),
        ("host set --no-enable", false),
        ("host set --enable=false", false),
        ("host set --enable false", false),
        ("host set --enable --no-enable", false),
    ] {
        for start in ["host set --enable", "host set --no-enable"] {
            let project = Declared::fresh();
            project.ok(start);
            project.ok(line);
            assert_eq!(project.at("/hosts/web-1/enable"), json!(enable), "{line}");
        }
    }
}

#[test]
fn repeatable_flags_repeat() {
    let project = Declared::fresh();
    project.ok("host set --self-update-base-url https://a.example --self-update-base-url https://b.example");
    assert_eq!(
        project.at("/hosts/web-1/selfUpdate/baseUrls"),
        json!(["https://a.example", "https://b.example"])
    );
    project.ok("host set --add egress.allowDomains=a.example --add egress.allowDomains=b.example --add egress.allowDomains=a.example");
    assert_eq!(project.at("/hosts/web-1/egress/allowDomains"), json!(["a.example", "b.example"]));
    project.ok("host set --rm egress.allowDomains=a.example --add egress.allowDomains=c.example");
    assert_eq!(project.at("/hosts/web-1/egress/allowDomains"), json!(["b.example", "c.example"]));
    assert_eq!(
        project.refused("host set --rm egress.allowDomains=z.example"),
        (3, "clawlets::fleet::unknown_path".to_owned())
    );
    assert_eq!(project.refused("host set --add egress.allowDomain=z.example").0, 6);
}

#[test]
fn every_setting_has_its_place() {
    let project = Declared::fresh();
    for (flags, pointer, value) in [
        ("--provider hetzner", "/provider", json!("hetzner")),
        ("--flake-host web-x", "/flakeHost", json!("web-x")),
        ("--target-host admin@100.64.0.1", "/targetHost", json!("admin@100.64.0.1")),
        ("--admin-cidr 203.0.113.10/32", "/provisioning/adminCidr", json!("203.0.113.10/32")),
        ("--ssh-exposure tailnet", "/sshExposure/mode", json!("tailnet")),
        (
            "--ssh-pubkey-file ~/.ssh/id_ed25519.pub",
            "/provisioning/sshPubkeyFile",
            json!("~/.ssh/id_ed25519.pub"),
        ),
        ("--server-type cx23", "/hetzner/serverType", json!("cx23")),
        ("--location fsn1", "/hetzner/location", json!("fsn1")),
        ("--hetzner-location nbg1", "/hetzner/location", json!("nbg1")),
        ("--hetzner-image 12345", "/hetzner/image", json!("12345")),
        ("--image debian-13", "/hetzner/image", json!("debian-13")),
        ("--root-volume-gb 80", "/aws/rootVolumeGb", json!(80)),
        ("--tailnet tailscale", "/tailnet/mode", json!("tailscale")),
        ("--egress none", "/egress/mode", json!("none")),
        ("--garnix-private-cache true", "/cache/netrc/enable", json!(true)),
        ("--cache-netrc-secret my_netrc", "/cache/netrc/secretName", json!("my_netrc")),
        ("--self-update-interval 15m", "/selfUpdate/interval", json!("15m")),
        ("--self-update-channel staging", "/selfUpdate/channel", json!("staging")),
        ("--self-update-allow-unsigned", "/selfUpdate/allowUnsigned", json!(true)),
        ("--self-update-allow-reboot", "/selfUpdate/allowReboot", json!(true)),
        (
            "--self-update-revoked-key 0123456789ABCDEF",
            "/selfUpdate/revokedKeys",
            json!(["0123456789ABCDEF"]),
        ),
        ("--self-update-max-age 3d", "/selfUpdate/maxAge", json!("3d")),
        ("--agent-model-primary zai/glm-4.7", "/agentModelPrimary", json!("zai/glm-4.7")),
        ("--operator-deploy", "/operator/deploy/enable", json!(true)),
    ] {
        project.ok(&format!("host set {flags}"));
        assert_eq!(project.at(&format!("/hosts/web-1{pointer}")), value, "{flags}");
    }
    let clear = clawlets_in(project.folder(), &["host", "set", "--target-host", "", "--admin-cidr="]);
    assert_eq!(clear.code, Some(0), "{clear}");
    assert_eq!(
        (project.at("/hosts/web-1/targetHost"), project.at("/hosts/web-1/provisioning/adminCidr")),
        (json!(""), json!(""))
    );
}

#[test]
fn the_world_is_let_in_only_when_that_is_said() {
    let project = Declared::fresh();
    snapshot!(project.run("host set --admin-cidr 0.0.0.0/0"));
    for line in [
        "host set --admin-cidr ::/0",
        "host set --admin-cidr 0.0.0.0/1",
        "host set --admin-cidr 203.0.113.10",
    ] {
        assert_eq!(project.refused(line), (2, "clawlets::usage::value".to_owned()), "{line}");
    }
    project.ok("host set --admin-cidr 0.0.0.0/0 --admin-cidr-allow-world-open");
    // Taking the leave back would leave a network that nothing allows.
    assert_eq!(project.refused("host set --admin-cidr-allow-world-open false").0, 6);
    project.ok("host set --admin-cidr ::/0");
}

#[test]
fn nobody_is_locked_out() {
    let project = Declared::fresh();
    assert_eq!(
        project.refused("host set --ssh-exposure tailnet --tailnet none"),
        (6, "clawlets::fleet::refused".to_owned())
    );
    assert_eq!(project.refused("host set --ssh-exposure nobody").0, 2);
}

#[test]
fn vectors_of_admin_networks_and_targets_hold_for_the_flags() {
    let vectors = |name: &str| -> Value {
        let file = format!("{}/../../testdata/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    };
    for case in vectors("admin-cidr").as_array().unwrap() {
        let project = Declared::fresh();
        let allow = format!("--admin-cidr-allow-world-open={}", case["input"]["allowWorldOpen"]);
        let cidr = case["input"]["cidr"].as_str().unwrap();
        let ran = clawlets_in(project.folder(), &["host", "set", "--admin-cidr", cidr, &allow]);
        assert_eq!(ran.code == Some(0), case["expect"]["ok"].as_bool().unwrap(), "{case}: {ran}");
    }
    for case in vectors("target-host").as_array().unwrap() {
        let project = Declared::fresh();
        let target = format!("--target-host={}", case["input"].as_str().unwrap());
        let ran = clawlets_in(project.folder(), &["host", "set", &target]);
        // No target at all is how one is taken away.
        let expected = case["expect"].as_bool().unwrap() || case["input"].as_str().unwrap().trim().is_empty();
        assert_eq!(ran.code == Some(0), expected, "{case}: {ran}");
    }
}

#[test]
fn keys_of_the_fleet_are_public_and_stand_once() {
    let project = Declared::fresh();
    let add = |key: &str| clawlets_in(project.folder(), &["host", "set", "--add-ssh-key", key]);
    assert_eq!(add(&format!("{KEY} me@laptop")).code, Some(0));
    let ran = add(&format!("restrict {KEY}"));
    assert!(ran.code == Some(0) && ran.talk.contains("options"), "{ran}");
    assert_eq!(project.at("/fleet/sshAuthorizedKeys"), json!([KEY]));
    let private = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n";
    let ran = add(private);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"));
    assert!(!ran.to_string().contains("b3Blbn"), "{ran}");
    fs::write(project.folder().join("id"), private).unwrap();
    fs::write(project.folder().join("id.pub"), format!("# mine\n{KEY} me\n")).unwrap();
    assert_eq!(project.refused("host set --ssh-pubkey-file id").0, 2);
    assert_eq!(project.refused("host set --add-ssh-key-file id").0, 2);
    assert_eq!(project.refused("host set --add-ssh-key-file nothing").0, 7);
    project.ok("host set --clear-ssh-keys");
    assert_eq!(project.at("/fleet/sshAuthorizedKeys"), json!([]));
    project.ok("host set --ssh-pubkey-file id.pub --add-ssh-key-file id.pub");
    assert_eq!(project.at("/fleet/sshAuthorizedKeys"), json!([KEY]));
}
