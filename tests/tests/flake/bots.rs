//! Bots as services.

use std::{fmt::Write, process::Command};

use clawlets_tests::{Run, skip};
use serde_json::{Value, json};

use crate::desk::{Desk, declaration, texts};

/// How exposed a bot's service may be by the count of `systemd-analyze security`, from 0 to 10.
const EXPOSURE: &str = "--threshold=25";

/// A fleet with a bot that has secrets of its own, and one that has none and may spawn nothing.
pub(crate) fn two_bots() -> Value {
    let mut fleet = declaration(&json!({}));
    fleet["fleet"]["secretEnv"] = json!({ "ZAI_API_KEY": "z_ai_api_key" });
    fleet["fleet"]["botOrder"] = json!(["maren", "jonas"]);
    fleet["fleet"]["bots"] = json!({
        "maren": { "profile": {
            "secretEnv": { "OPENCLAW_GATEWAY_TOKEN": "gateway_token_maren" },
            "secretFiles": { "key": { "secretName": "deploy_key", "targetPath": "/var/lib/clawlets/secrets/bots/maren/key" } },
            "resources": { "memoryMax": "2G" },
        } },
        "jonas": { "profile": { "secretEnvAllowlist": [] }, "clf": { "cattle": { "allow": false } } },
    });
    fleet
}

#[test]
fn each_bot_has_a_user_and_the_secrets_of_nobody_else() {
    let test = "each_bot_has_a_user_and_the_secrets_of_nobody_else";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    let services = desk.config("web-1", "systemd.services");
    let service = |bot: &str| services[format!("clawlets-bot-{bot}")].clone();
    let credentials = |bot: &str| service(bot)["serviceConfig"]["LoadCredential"].clone();
    let given = [
        "OPENCLAW_GATEWAY_TOKEN:/run/clawlets/secrets/gateway_token_maren",
        "ZAI_API_KEY:/run/clawlets/secrets/z_ai_api_key",
    ];
    assert_eq!(texts(&credentials("maren")), given);
    assert_eq!(credentials("jonas"), json!([]), "its list allows none");
    for bot in ["maren", "jonas"] {
        let user = &service(bot)["serviceConfig"]["User"];
        assert_eq!(*user, format!("bot-{bot}"));
        assert_eq!(
            service(bot)["serviceConfig"]["InaccessiblePaths"],
            json!(["-/run/clawlets/secrets", "-/run/clawlets/secrets.d"])
        );
        assert_eq!(service(bot)["serviceConfig"]["RestartPreventExitStatus"], "78");
        assert_eq!(service(bot)["aliases"], json!([format!("clawdbot-{bot}.service")]));
    }
    assert_eq!(service("maren")["serviceConfig"]["MemoryMax"], "2G");
    assert_eq!(service("jonas")["serviceConfig"]["MemoryMax"], "4G");
    let users = desk.config("web-1", "users.users");
    assert_eq!(users["bot-maren"]["extraGroups"], json!(["clf-memory", "clf-bots"]));
    assert_eq!(users["bot-jonas"]["extraGroups"], json!(["clf-memory"]), "it may spawn nothing");
    let rules = desk.config("web-1", "systemd.tmpfiles.rules");
    for rule in [
        "z /run/clawlets/secrets/deploy_key 0400 bot-maren bot-maren -",
        "L+ /var/lib/clawlets/secrets/bots/maren/key - - - - /run/clawlets/secrets/deploy_key",
        "d /srv/clawlets/jonas 0700 bot-jonas bot-jonas -",
    ] {
        assert!(texts(&rules).contains(&rule), "{rule} is not in {rules:#}");
    }
}

#[test]
fn a_bots_start_hands_its_variables_to_the_gateway_and_to_nothing_before_it() {
    let test = "a_bots_start_hands_its_variables_to_the_gateway_and_to_nothing_before_it";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    let script = desk.text("web-1", "systemd.services.clawlets-bot-maren.serviceConfig.ExecStart");
    let gateway = script.split_whitespace().find(|word| word.ends_with("/bin/openclaw")).unwrap().to_owned();
    desk.write("openclaw", "#!/bin/sh\necho \"$ZAI_API_KEY|$OPENCLAW_GATEWAY_TOKEN|$*\"\n");
    desk.write("start", &script.replace(&gateway, &format!("sh {}", desk.path("openclaw").display())));
    desk.write("credentials/ZAI_API_KEY", "made up\n");
    let run = || {
        let mut command = Command::new("bash");
        Run::of(command.arg(desk.path("start")).env("CREDENTIALS_DIRECTORY", desk.path("credentials")))
    };
    assert!(!run().ok(), "a secret is missing, so the gateway does not start");
    desk.write("credentials/OPENCLAW_GATEWAY_TOKEN", "also made up");
    assert_eq!(run().succeeds().trim(), "made up|also made up|gateway run --bind loopback");
}

/// What the guide "Redeploy from your phone" has people declare.
#[test]
fn a_bot_asks_the_control_api_with_its_hosts_token() {
    let mut fleet = two_bots();
    fleet["fleet"]["secretEnv"]["CONTROL_API_TOKEN"] = json!("control-api-token");
    fleet["control"] = json!({ "url": "https://control.example.net/" });
    let Some(desk) = Desk::declaring("a_bot_asks_the_control_api_with_its_hosts_token", &fleet) else {
        return;
    };
    let of_bot = |part: &str| format!("systemd.services.clawlets-bot-maren.{part}");
    let credentials = desk.config("web-1", &of_bot("serviceConfig.LoadCredential"));
    let given = "CONTROL_API_TOKEN:/run/clawlets/secrets/control-api-token";
    assert!(texts(&credentials).contains(&given), "{credentials}");
    // Whoever runs the gateway's commands finds these.
    let script = desk.text("web-1", &of_bot("serviceConfig.ExecStart"));
    assert!(script.contains("for variable in CONTROL_API_TOKEN "), "{script}");
    let path = desk.config("web-1", &of_bot("path"));
    assert!(texts(&path).iter().any(|package| package.contains("clf")), "{path}");
    let files = desk.config("web-1", "environment.etc");
    assert_eq!(files["clawlets/control-url"]["text"], "https://control.example.net/\n");
    assert_eq!(files["clawlets/instance-name"]["text"], "web-1\n");
    // A bot whose list does not have the variable asks for nothing.
    let jonas = desk.config("web-1", "systemd.services.clawlets-bot-jonas.serviceConfig.LoadCredential");
    assert_eq!(jonas, json!([]));
}

#[test]
fn a_gateway_has_the_configuration_that_the_program_renders() {
    let test = "a_gateway_has_the_configuration_that_the_program_renders";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    for bot in ["maren", "jonas"] {
        let environment = format!("systemd.services.clawlets-bot-{bot}.environment");
        let config = desk.text("web-1", &format!("{environment}.OPENCLAW_CONFIG_PATH"));
        let rendered = desk.clawlets(&["gateway", "render", "--dir", "project", "--bot", bot]).succeeds();
        assert_eq!(config, rendered);
        let config: Value = serde_json::from_str(&config).unwrap();
        assert_eq!(
            (&config["gateway"]["mode"], &config["gateway"]["bind"]),
            (&json!("local"), &json!("loopback"))
        );
        // A managed host: what the gateway would write itself is decided in the repository.
        assert_eq!(desk.config("web-1", &environment)["OPENCLAW_NIX_MODE"], "1");
    }
}

/// The unit file of a service, as NixOS would write it.
pub(crate) fn unit_file(service: &Value) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Null | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    };
    let mut text = format!("[Unit]\nDescription={}\n", word(&service["description"]));
    let mut section = |name: &str, values: &Value| {
        writeln!(text, "[{name}]").unwrap();
        for (key, value) in values.as_object().unwrap() {
            let lines =
                value.as_array().map_or_else(|| vec![word(value)], |list| list.iter().map(word).collect());
            lines.iter().for_each(|line| writeln!(text, "{key}={line}").unwrap());
        }
    };
    section("Unit", &service["unitConfig"]);
    section("Service", &service["serviceConfig"]);
    for (name, value) in service["environment"].as_object().unwrap() {
        writeln!(text, "Environment={name}={}", word(value)).unwrap();
    }
    text
}

#[test]
fn systemd_knows_every_setting_of_a_bots_unit_and_finds_little_exposed() {
    let test = "systemd_knows_every_setting_of_a_bots_unit_and_finds_little_exposed";
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return skip(test, "systemd-analyze is missing");
    }
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    let mut service = desk.config("web-1", "systemd.services.clawlets-bot-maren");
    service["serviceConfig"]["ExecStart"] = json!("/bin/true");
    desk.write("clawlets-bot-maren.service", &unit_file(&service));
    let unit = desk.path("clawlets-bot-maren.service");
    let analyze = |words: &[&str]| Run::of(Command::new("systemd-analyze").args(words).arg(&unit));
    let verified = analyze(&["verify", "--man=no", "--recursive-errors=no"]);
    assert!(verified.ok() && verified.talk().is_empty(), "{}", verified.talk());
    analyze(&["security", "--offline=true", "--no-pager", EXPOSURE]).succeeds();
}
