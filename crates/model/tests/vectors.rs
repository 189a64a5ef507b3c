//! Table tests: each file of `testdata/vectors` holds inputs with expected results. `CLAWLETS_VECTORS` names another
//! folder to run instead.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{net::Ipv4Addr, path::PathBuf};

use clawlets_model::{
    BotId, Channel, EnvVarName, HostName, LabelKey, LabelValue, OperatorId, PersonaName, SecretName, Task,
    Ttl,
    net::{AdminCidr, TargetHost, WorldOpen, is_tailnet_v4},
    ssh_key::SshPublicKey,
};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    match std::env::var_os("CLAWLETS_VECTORS") {
        Some(folder) => folder.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/vectors"),
    }
}

/// Runs `rule` over every case of a file and reports all that differ.
fn check(file: &str, rule: impl Fn(&Value) -> Value) {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!cases.is_empty(), "{file} holds no case");
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let got = rule(&case["input"]);
            (got != case["expect"])
                .then(|| format!("{}: {} gave {got}, expected {}", case["id"], case["input"], case["expect"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
}

fn text(input: &Value) -> &str {
    input.as_str().unwrap()
}

#[test]
fn vectors_ttl() {
    check("ttl.json", |input| json!({ "seconds": Ttl::parse(text(input)).ok().map(Ttl::seconds) }));
}

#[test]
fn vectors_label_value() {
    check("label-value.json", |input| LabelValue::parse(text(input)).is_ok().into());
}

#[test]
fn vectors_label_key() {
    check("label-key.json", |input| LabelKey::parse(text(input)).is_ok().into());
}

#[test]
fn vectors_identifier() {
    check("identifier.json", |input| {
        let name = text(&input["text"]);
        let ok = match text(&input["kind"]) {
            "host" => HostName::from_input(name).is_ok(),
            "bot" => BotId::from_input(name).is_ok(),
            "persona" => PersonaName::from_input(name).is_ok(),
            "secret" => SecretName::from_input(name).is_ok(),
            "env-var" => EnvVarName::from_input(name).is_ok(),
            "channel" => Channel::from_input(name).is_ok(),
            "operator" => OperatorId::from_input(name).is_ok(),
            other => panic!("no such kind of identifier: {other}"),
        };
        json!({ "ok": ok })
    });
}

#[test]
fn vectors_target_host() {
    check("target-host.json", |input| TargetHost::from_input(text(input)).is_ok().into());
}

#[test]
fn vectors_tailnet_ipv4() {
    check("tailnet-ipv4.json", |input| {
        text(input).trim().parse::<Ipv4Addr>().is_ok_and(is_tailnet_v4).into()
    });
}

#[test]
fn vectors_ssh_public_key() {
    check("ssh-public-key.json", |input| {
        json!(SshPublicKey::from_line(text(input)).map(|key| key.as_str().to_owned()))
    });
}

#[test]
fn vectors_admin_cidr() {
    check("admin-cidr.json", |input| {
        let world_open = if input["allowWorldOpen"] == true { WorldOpen::Allow } else { WorldOpen::Refuse };
        json!({ "ok": AdminCidr::parse(text(&input["cidr"]), world_open).is_ok() })
    });
}

#[test]
fn vectors_task() {
    check("task.json", |input| json!({ "ok": Task::parse(input.to_string().as_bytes()).is_ok() }));
}
