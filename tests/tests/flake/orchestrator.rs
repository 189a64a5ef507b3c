//! The orchestrator on a host.

use std::fs;

use serde_json::{Value, json};

use crate::desk::{Desk, declaration, texts};

fn with_cattle() -> Value {
    let mut fleet =
        declaration(&json!({ "enable": true, "provisioning": { "adminCidr": "203.0.113.7/32" } }));
    fleet["cattle"] = json!({
        "enabled": true, "hetzner": { "image": "clawlets-cattle" }, "secretEnv": { "ANTHROPIC_API_KEY": "anthropic_key" },
    });
    fleet
}

#[test]
fn a_host_carries_the_configuration_that_the_program_renders_and_the_units_that_ship() {
    let test = "a_host_carries_the_configuration_that_the_program_renders_and_the_units_that_ship";
    let Some(desk) = Desk::declaring(test, &with_cattle()) else { return };
    let system = desk.build("packages.x86_64-linux.\"web-1-system\"");
    let rendered =
        desk.clawlets(&["cattle", "orchestrator-config", "--dir", "project", "--host", "web-1"]).succeeds();
    assert_eq!(fs::read_to_string(system.join("etc/clf/orchestrator.toml")).unwrap(), rendered);
    assert!(system.join("etc/clf/cattle-personas/rex/SOUL.md").is_file());
    assert_eq!(fs::read_to_string(system.join("etc/clawlets/instance-name")).unwrap(), "web-1\n");
    for (unit, line) in [
        ("clf-orchestrator.service", "--config /etc/clf/orchestrator.toml"),
        ("clf-sweep.service", "sweep --config /etc/clf/orchestrator.toml"),
        ("clf-orchestrator.socket", "ListenStream=/run/clf/orchestrator.sock"),
        ("clf-sweep.timer", "OnUnitActiveSec="),
    ] {
        let text = fs::read_to_string(system.join("units").join(unit)).unwrap();
        assert!(text.contains(line) && !text.contains("/usr/bin"), "{unit}: {text}");
    }
}

#[test]
fn its_secrets_are_its_own_and_vms_reach_it_over_the_tailnet() {
    let test = "its_secrets_are_its_own_and_vms_reach_it_over_the_tailnet";
    let Some(desk) = Desk::declaring(test, &with_cattle()) else { return };
    let owners = desk.config("web-1", "clawlets.secrets");
    let own = json!({ "owner": "clf-orchestrator", "group": "clf-orchestrator", "mode": "0400" });
    for secret in ["anthropic_key", "hcloud_token", "tailscale_oauth_client", "tailscale_auth_key"] {
        assert_eq!(owners[secret], own, "{secret}");
    }
    let rules = desk.config("web-1", "systemd.tmpfiles.rules");
    let rule = "z /run/clawlets/secrets/hcloud_token 0400 clf-orchestrator clf-orchestrator -";
    assert!(texts(&rules).contains(&rule), "{rules}");
    let ports = desk.config("web-1", "networking.firewall.interfaces.tailscale0.allowedTCPPorts");
    assert_eq!(ports, json!([22, 18337]));
    let user = desk.config("web-1", "users.users.clf-orchestrator");
    assert_eq!((&user["isSystemUser"], &user["extraGroups"]), (&json!(true), &json!([])));
}

#[test]
fn a_fleet_without_disposable_vms_has_no_orchestrator() {
    let test = "a_fleet_without_disposable_vms_has_no_orchestrator";
    let Some(desk) = Desk::declaring(test, &declaration(&json!({}))) else { return };
    let packages = desk.config("web-1", "systemd.packages");
    assert!(texts(&packages).iter().all(|package| !package.contains("clf-units")), "{packages}");
    assert_eq!(desk.config("web-1", "systemd.sockets"), json!({}));
    assert_eq!(desk.config("web-1", "clawlets.secrets"), json!({}));
    let ports = desk.config("web-1", "networking.firewall.interfaces.tailscale0.allowedTCPPorts");
    assert_eq!(ports, json!([22]));
}
