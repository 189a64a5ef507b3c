//! Updates and secrets on a host: its file, its units, and who owns what.

use std::{collections::BTreeMap, fs, process::Command};

use clawlets_tests::{Run, program};
use serde_json::{Value, json};

use crate::{
    bots::two_bots,
    desk::{Desk, texts},
};

const PUBLIC_KEY: &str = "RWQBAgMEBQYHCAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A fleet that uses what a host's file can say.
fn updating() -> Value {
    let mut fleet = two_bots();
    fleet["cattle"] = json!({
        "enabled": true, "hetzner": { "image": "clawlets-cattle" }, "secretEnv": { "ZAI_API_KEY": "z_ai_api_key" },
    });
    fleet["fleet"]["secretFiles"] = json!({
        "tls": { "secretName": "tls_key", "targetPath": "/var/lib/clawlets/tls.key", "owner": "nginx", "mode": "0440" },
    });
    fleet["hosts"]["web-1"]["selfUpdate"] = json!({
        "enable": true, "interval": "15m", "channel": "staging", "baseUrls": ["https://releases.example.com"],
        "publicKeys": [PUBLIC_KEY], "revokedKeys": ["FFFFFFFFFFFFFFFF"], "maxAge": "3d",
        "health": { "units": ["sshd.service"], "probation": "90s", "checks": [
            { "kind": "http", "url": "http://127.0.0.1:8080/", "need": "wanted", "grace": "20s" },
        ] },
    });
    fleet
}

#[test]
fn a_host_carries_the_file_that_the_program_renders_and_its_own_program_takes() {
    let test = "a_host_carries_the_file_that_the_program_renders_and_its_own_program_takes";
    let Some(desk) = Desk::declaring(test, &updating()) else { return };
    let system = desk.build("packages.x86_64-linux.\"web-1-system\"");
    let file = system.join("etc/clawlets/host.toml");
    let rendered = desk.clawlets(&["host", "config", "--dir", "project", "--host", "web-1"]).succeeds();
    assert_eq!(fs::read_to_string(&file).unwrap(), rendered);
    assert!(system.join("sw/bin/clawlets-host").exists(), "a system without it is never switched to");

    // It is read as a whole, though nothing has happened on this host yet.
    let mut status = Command::new(program("clawlets-host"));
    let text = rendered + &format!("[paths]\ncurrent_system = '{}'\n", desk.path("current").display());
    desk.write("host.toml", &text);
    std::os::unix::fs::symlink(system.to_str().unwrap(), desk.path("current")).unwrap();
    let read = Run::of(status.args(["update", "verify-state", "--config"]).arg(desk.path("host.toml")));
    assert!(!read.talk().contains("clawlets::config::"), "{}", read.talk());
}

#[test]
fn the_file_names_the_loader_that_the_host_boots_with() {
    let test = "the_file_names_the_loader_that_the_host_boots_with";
    let Some(desk) = Desk::declaring(test, &updating()) else { return };
    let loader = || {
        let text = desk.text("web-1", "environment.etc.\"clawlets/host.toml\".source");
        text.lines().find_map(|line| line.strip_prefix("loader = ").map(str::to_owned)).unwrap()
    };
    assert_eq!(loader(), "\"grub\"");
    let flake = fs::read_to_string(desk.path("project/flake.nix")).unwrap();
    let module = "modules = [ { boot.loader.systemd-boot.enable = true; } ];";
    desk.write("project/flake.nix", &flake.replace("modules = [ ];", module));
    assert_eq!(loader(), "\"systemd-boot\"");
}

#[test]
fn a_host_that_may_reboot_leaves_a_kernel_that_panics_or_hangs() {
    let test = "a_host_that_may_reboot_leaves_a_kernel_that_panics_or_hangs";
    let mut fleet = updating();
    fleet["hosts"]["web-1"]["selfUpdate"]["allowReboot"] = json!(true);
    let Some(desk) = Desk::declaring(test, &fleet) else { return };
    assert_eq!(texts(&desk.config("web-1", "boot.kernelParams")), ["panic=30", "boot.panic_on_fail"]);
    assert_eq!(texts(&desk.config("web-1", "boot.initrd.kernelModules")), ["softdog"]);
    let watchdog = "environment.etc.\"systemd/system.conf.d/50-clawlets-watchdog.conf\".text";
    let watchdog = desk.config("web-1", watchdog);
    assert!(watchdog.as_str().unwrap().contains("[Manager]\nRuntimeWatchdogSec=1min\n"), "{watchdog}");
    let file = desk.text("web-1", "environment.etc.\"clawlets/host.toml\".source");
    assert!(file.contains("[reboot]\nallowed = true\n"), "{file}");
}

#[test]
fn the_owners_of_secrets_are_the_same_in_the_file_and_in_the_modules() {
    let test = "the_owners_of_secrets_are_the_same_in_the_file_and_in_the_modules";
    let Some(desk) = Desk::declaring(test, &updating()) else { return };
    let of_modules = desk.config("web-1", "clawlets.secrets");
    let of_file = desk.clawlets(&["host", "config", "--dir", "project", "--json"]).json();
    assert_eq!(of_modules, of_file["secrets"]["owners"]);
    let names: BTreeMap<String, Value> = serde_json::from_value(of_modules).unwrap();
    assert_eq!(names["tls_key"], json!({ "owner": "nginx", "group": "nginx", "mode": "0440" }));
    assert_eq!(names["z_ai_api_key"]["owner"], "clf-orchestrator");
    assert_eq!(names["deploy_key"]["owner"], "bot-maren");
}

#[test]
fn the_timer_comes_as_often_as_the_fleet_says() {
    let Some(desk) = Desk::declaring("the_timer_comes_as_often_as_the_fleet_says", &updating()) else {
        return;
    };
    let timer = |desk: &Desk| desk.config("web-1", "systemd.timers.clawlets-update-fetch");
    let found = timer(&desk);
    assert_eq!(found["wantedBy"], json!(["timers.target"]));
    let expected = json!({ "OnBootSec": ["", "2min"], "OnUnitActiveSec": "900", "RandomizedDelaySec": "90" });
    assert_eq!(found["timerConfig"], expected);
    for (interval, seconds, delay) in [("45s", "45", "4"), ("6h", "21600", "300"), ("1d", "86400", "300")] {
        let mut fleet = updating();
        fleet["hosts"]["web-1"]["selfUpdate"]["interval"] = json!(interval);
        desk.declare(&fleet);
        let found = timer(&desk)["timerConfig"].clone();
        assert_eq!(
            (&found["OnUnitActiveSec"], &found["RandomizedDelaySec"]),
            (&json!(seconds), &json!(delay)),
            "{interval}"
        );
    }
    let apply = desk.config("web-1", "systemd.services.clawlets-update-apply.wantedBy");
    assert_eq!(apply, json!(["multi-user.target"]));
}

#[test]
fn a_host_that_does_not_update_itself_has_no_timer_and_opens_its_secrets_all_the_same() {
    let test = "a_host_that_does_not_update_itself_has_no_timer_and_opens_its_secrets_all_the_same";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    assert!(desk.config("web-1", "systemd.timers")["clawlets-update-fetch"].is_null());
    let services = desk.config("web-1", "systemd.services");
    assert!(services["clawlets-update-apply"].is_null(), "{services}");
    let secrets = &services["clawlets-secrets"];
    assert_eq!(secrets["wantedBy"], json!(["multi-user.target"]));
    assert_eq!(secrets["aliases"], json!(["clawdinator-secrets.service"]));
    let rules = desk.config("web-1", "systemd.tmpfiles.rules");
    for rule in [
        "L+ /run/agenix - - - - /run/clawlets/secrets",
        "L+ /run/secrets - - - - /run/clawlets/secrets",
        "L+ /var/lib/clawd/secrets - - - - /var/lib/clawlets/secrets",
    ] {
        assert!(texts(&rules).contains(&rule), "{rule} is not in {rules:#}");
    }
}

#[test]
fn a_unit_starts_again_when_a_secret_of_it_changes_and_at_no_other_time() {
    let test = "a_unit_starts_again_when_a_secret_of_it_changes_and_at_no_other_time";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    let triggers = |unit: &str| desk.config("web-1", &format!("systemd.services.{unit}.restartTriggers"));
    let all = ["clawlets-secrets", "clawlets-bot-maren", "clawlets-bot-jonas"];
    let put = |secret: &str, text: &str| {
        desk.write(&format!("project/secrets/hosts/web-1/{secret}.yaml"), text);
    };
    put("z_ai_api_key", "one");
    put("unrelated", "one");
    let before = all.map(triggers);
    desk.write("project/README.md", "something else");
    assert_eq!(all.map(triggers), before);
    put("unrelated", "two");
    let after = all.map(triggers);
    assert_ne!(after[0], before[0], "the bundle is another");
    assert_eq!(after[1..], before[1..], "no bot has it");
    put("z_ai_api_key", "two");
    let last = all.map(triggers);
    assert_ne!((&last[0], &last[1]), (&after[0], &after[1]));
    assert_eq!(last[2], after[2], "the list of jonas allows none");
}

#[test]
fn a_gateway_is_asked_for_its_health_as_its_bot_and_with_its_credentials() {
    let test = "a_gateway_is_asked_for_its_health_as_its_bot_and_with_its_credentials";
    let Some(desk) = Desk::declaring(test, &updating()) else { return };
    let file = desk.clawlets(&["host", "config", "--dir", "project", "--json"]).json();
    let argv = &file["health"]["gateways"]["maren"];
    assert_eq!(*argv, json!(["/etc/clawlets/gateway-health", "maren"]));
    let script = desk.text("web-1", "environment.etc.\"clawlets/gateway-health\".source");
    desk.write("gateway-health", &script);
    // Shows its words, one on a line, in systemd's place.
    desk.write("bin/systemd-run", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    let run = |bot: &str| {
        let path = format!("{}:{}", desk.path("bin").display(), std::env::var("PATH").unwrap());
        Run::of(Command::new("bash").arg(desk.path("gateway-health")).arg(bot).env("PATH", path))
    };
    Run::of(Command::new("chmod").arg("+x").arg(desk.path("bin/systemd-run"))).succeeds();
    let words = run("maren").succeeds();
    let has = |word: &str| words.lines().any(|line| line == word);
    assert!(has("--uid=bot-maren") && has("--pipe") && has("--wait"), "{words}");
    assert!(has("--property=LoadCredential=ZAI_API_KEY:/run/clawlets/secrets/z_ai_api_key"), "{words}");
    assert!(has("--setenv=OPENCLAW_STATE_DIR=/var/lib/clawlets/bots/maren"), "{words}");
    let asked = fs::read_to_string(words.lines().last().unwrap()).unwrap();
    assert!(asked.ends_with("/bin/openclaw health --json\n"), "{asked}");
    assert_eq!(run("nobody").code(), 3);
}
