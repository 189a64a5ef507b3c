//! `clawlets config get`, `set` and `unset`.

use std::fs;

use serde_json::json;

use crate::{
    bench::snapshot,
    declared::{Declared, FRESH, changed_lines},
};

#[test]
fn a_value_is_set_where_it_stands_and_nothing_else_moves() {
    let project = Declared::fresh();
    project.ok("config set fleet.discord.guildId 123456789012345678");
    assert_eq!(
        changed_lines(FRESH, &project.text()),
        (
            vec![r#"    "discord": { "guildId": "" },"#],
            vec![r#"    "discord": { "guildId": "123456789012345678" },"#]
        )
    );
    project.ok("config set fleet.discord.guildId --json-value \"\"");
    assert_eq!(project.text(), FRESH);
}

#[test]
fn a_value_has_the_type_that_the_schema_wants() {
    let project = Declared::fresh();
    for (line, pointer, value) in [
        ("config set hosts.web-1.enable true", "/hosts/web-1/enable", json!(true)),
        ("config set hosts.web-1.flakeHost web-2", "/hosts/web-1/flakeHost", json!("web-2")),
        ("config set cattle.hetzner.maxInstances 3", "/cattle/hetzner/maxInstances", json!(3)),
        ("config set cattle.hetzner.labels.\"a.b\" true", "/cattle/hetzner/labels/a.b", json!("true")),
        (r#"config set fleet.sshKnownHosts ["a"]"#, "/fleet/sshKnownHosts", json!(["a"])),
        ("config set fleet.sshKnownHosts.1 b", "/fleet/sshKnownHosts/1", json!("b")),
        (
            "config set --path hosts.web-1.diskDevice --value /dev/vda",
            "/hosts/web-1/diskDevice",
            json!("/dev/vda"),
        ),
        (r#"config set --path fleet.sshKnownHosts --value-json []"#, "/fleet/sshKnownHosts", json!([])),
    ] {
        project.ok(line);
        assert_eq!(project.at(pointer), value, "{line}");
    }
}

#[test]
fn what_would_break_the_configuration_is_refused() {
    let project = Declared::fresh();
    for (line, code, fault) in [
        ("config set hosts.web-1.enable yes", 2, "clawlets::usage::value"),
        ("config set hosts.web-1.enabel true", 6, "clawlets::fleet::refused"),
        ("config set hosts.web-1.provisioning.adminCidr nonsense", 6, "clawlets::fleet::refused"),
        ("config set defaultHost db-1", 6, "clawlets::fleet::refused"),
        ("config set schemaVersion 12", 6, "clawlets::fleet::earlier_version"),
        ("config set schemaVersion 99", 6, "clawlets::fleet::refused"),
        ("config set hosts.web-1.enable.deep true", 2, "clawlets::usage::value"),
        ("config set hosts..x 1", 2, "clawlets::usage::value"),
        ("config set hosts.web-1.enable --json-value {", 2, "clawlets::usage::value"),
        ("config set hosts.web-1.enable", 2, "clawlets::usage::arguments"),
        ("config unset schemaVersion", 6, "clawlets::fleet::refused"),
        ("config unset hosts.web-1", 6, "clawlets::fleet::refused"),
        ("config unset hosts.web-1.nothing", 3, "clawlets::fleet::unknown_path"),
        ("config get hosts.web-1.enabel", 3, "clawlets::fleet::unknown_path"),
    ] {
        assert_eq!(project.refused(line), (code, fault.to_owned()), "{line}");
    }
    snapshot!(project.run("config set hosts.web-1.provisioning.adminCidr 10.0.0.1/8"));
}

#[test]
fn a_broken_file_is_repaired_one_value_at_a_time() {
    let project = Declared::of(
        r#"{ "schemaVersion": 13, "hosts": { "web-1": { "enabel": true, "enable": "yes", "diskDevice": 1 } } }"#,
    );
    assert_eq!(project.refused("host list"), (6, "clawlets::fleet::invalid".to_owned()));
    let ran = project.ok("config set hosts.web-1.enable true");
    assert!(ran.talk.contains("still has 2 problems"), "{ran}");
    // Another wrong value is no repair, and a new fault is not hidden among the old ones.
    assert_eq!(project.refused("config set hosts.web-1.diskDevice --json-value 2").0, 6);
    assert_eq!(project.refused("config set hosts.web-1.other 2").0, 6);
    project.ok("host set --disk-device /dev/sda");
    let ran = project.ok("config unset hosts.web-1.enabel");
    assert!(!ran.talk.contains("warning"), "{ran}");
    project.ok("host list");
}

#[test]
fn a_value_is_read_as_it_is_written_or_as_the_default_has_it() {
    let project = Declared::fresh();
    for (line, out) in [
        ("config get defaultHost", "web-1\n"),
        ("config get defaultHost --json", "\"web-1\"\n"),
        ("config get --path hosts.web-1.sshExposure.mode", "bootstrap\n"),
        ("config get hosts.web-1.enable", "false\n"),
        ("config get hosts.web-1.diskDevice", "/dev/sda\n"),
        ("config get fleet.botOrder", "[]\n"),
    ] {
        assert_eq!(project.ok(line).out, out, "{line}");
    }
    assert_eq!(project.ok("config get").json(), project.json());
}

#[test]
fn a_dry_run_shows_the_change_and_makes_none() {
    let project = Declared::fresh();
    snapshot!(project.ok("config set hosts.web-1.sshExposure.mode tailnet --dry-run"));
    assert_eq!(project.text(), FRESH);
    let document = project.ok("config set hosts.web-1.enable true --dry-run --json").json();
    assert_eq!((&document["changed"], &document["dryRun"]), (&json!(true), &json!(true)));
    assert!(document["diff"].as_str().unwrap().contains("+      \"enable\": true,"));
    assert_eq!(project.text(), FRESH);
}

#[test]
fn what_is_so_already_is_not_written() {
    let project = Declared::fresh();
    let before = fs::metadata(project.path()).unwrap().modified().unwrap();
    let document = project.ok("config set hosts.web-1.enable false --json").json();
    assert_eq!((&document["changed"], &document["remaining"]), (&json!(false), &json!([])));
    assert_eq!(fs::metadata(project.path()).unwrap().modified().unwrap(), before);
}

#[test]
fn an_earlier_version_is_read_and_not_edited() {
    let project = Declared::of(r#"{ "schemaVersion": 12, "fleet": {}, "hosts": { "h1": {} } }"#);
    let ran = project.ok("host list");
    assert!(ran.talk.contains("config migrate"), "{ran}");
    assert_eq!(project.refused("host set --enable"), (6, "clawlets::fleet::earlier_version".to_owned()));
    let project = Declared::of("{\n  \"schemaVersion\": 13,\n}\n");
    assert_eq!(project.refused("host set --enable"), (6, "clawlets::fleet::invalid".to_owned()));
    snapshot!(project.run("host set --enable"));
}
