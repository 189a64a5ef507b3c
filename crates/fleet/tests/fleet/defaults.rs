//! What a setting is when nobody says it.

use clawlets_fleet::{Fleet, SchemaVersion, SshExposureMode};
use serde_json::{Value, json};

use crate::bench::{read, with};

/// Everything that a minimal declaration leaves out.
fn documented() -> Value {
    json!({
        "schemaVersion": 13, "defaultHost": "", "baseFlake": "",
        "fleet": {
            "discord": { "guildId": "" }, "secretEnv": {}, "secretFiles": {}, "sshAuthorizedKeys": [],
            "sshKnownHosts": [], "botOrder": [], "bots": {},
            "backups": { "restic": { "enable": false, "repository": "" } }
        },
        "cattle": {
            "enabled": false, "provider": "hetzner",
            "hetzner": {
                "image": "", "serverType": "cx23", "fallbackServerTypes": [], "location": "nbg1",
                "fallbackLocations": [], "maxInstances": 10, "defaultTtl": "2h",
                "labels": { "managed-by": "clawlets" }, "endpoint": ""
            },
            "defaults": { "autoShutdown": true, "callbackUrl": "" },
            "secretEnv": {}, "egress": { "allow": [] }, "budget": { "monthlyEur": 0, "perRequesterMonthlyEur": 0 }
        },
        "hosts": { "web-1": {
            "enable": false, "provider": "hetzner", "diskDevice": "/dev/sda", "flakeHost": "", "targetHost": "",
            "hetzner": { "serverType": "cx43", "image": "", "location": "nbg1" },
            "aws": {
                "instanceType": "t3.large", "region": "eu-central-1", "ami": "", "rootVolumeGb": 40,
                "bootstrapPrefix": "bootstrap/web-1", "discordTokenSecret": ""
            },
            "provisioning": { "adminCidr": "", "adminCidrAllowWorldOpen": false, "sshPubkeyFile": "" },
            "sshExposure": { "mode": "bootstrap" }, "tailnet": { "mode": "tailscale" },
            "egress": { "mode": "smtp-block", "allowDomains": [] },
            "cache": {
                "substituters": ["https://cache.nixos.org", "https://cache.garnix.io"],
                "trustedPublicKeys": [
                    "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
                    "cache.garnix.io:CTFPyKSLcx5RMJKfLo5EEPUObbA78b0YQ2DTCJXqr9g="
                ],
                "netrc": {
                    "enable": false, "secretName": "garnix_netrc", "path": "/etc/nix/netrc",
                    "narinfoCachePositiveTtl": 3600
                }
            },
            "operator": { "deploy": { "enable": false } },
            "selfUpdate": {
                "enable": false, "interval": "30m", "baseUrls": [], "channel": "prod", "publicKeys": [],
                "previousPublicKeys": [], "previousPublicKeysValidUntil": "", "recoveryPublicKeys": [],
                "revokedKeys": [], "maxAge": "7d", "allowUnsigned": false, "allowRollback": false,
                "allowReboot": false,
                "health": { "units": [], "checks": [], "probation": "2m" }
            },
            "agentModelPrimary": ""
        } },
        "aws": { "region": "eu-central-1", "bucket": "", "secretsPrefix": "clawdinator/" },
        "memory": { "backend": "local", "mountPoint": "/memory", "server": "", "export": "", "protected": [] },
        "control": { "url": "", "repo": "", "workflow": "fleet-deploy.yml", "ref": "main", "botsMayPinImage": false }
    })
}

#[test]
fn a_minimal_declaration_has_the_documented_defaults() {
    let loaded = read(&with(json!({}))).unwrap();
    assert_eq!(loaded.from_version, SchemaVersion::CURRENT);
    assert_eq!(loaded.warnings, []);
    let (found, expected) = (loaded.fleet.effective(), documented());
    assert_eq!(
        serde_json::to_string_pretty(&found).unwrap(),
        serde_json::to_string_pretty(&expected).unwrap()
    );
}

#[test]
fn a_bot_has_the_documented_defaults() {
    let loaded = read(&with(json!({ "fleet": { "botOrder": ["maren"], "bots": { "maren": {} } } }))).unwrap();
    let expected = json!({
        "profile": {
            "secretEnv": {}, "secretFiles": {}, "secretEnvAllowlist": null,
            "skills": { "allowBundled": [], "load": { "extraDirs": [] }, "entries": {} },
            "github": {
                "appId": 0, "installationId": 0, "privateKeySecret": "", "org": "", "repos": [],
                "permissions": { "contents": "read", "issues": "read", "pull_requests": "read" },
                "sync": { "enable": false, "interval": "15m" }
            },
            "resources": { "memoryMax": "4G", "cpuQuota": "200%", "tasksMax": 4096 },
            "workspace": { "seedDir": "" }, "gatewayPort": 0
        },
        "openclaw": {},
        "clf": { "cattle": { "allow": true, "maxActive": 2, "maxTtl": "2h", "personas": [], "secretEnv": [] } }
    });
    assert_eq!(loaded.fleet.effective()["fleet"]["bots"]["maren"], expected);
}

#[test]
fn the_effective_declaration_reads_back_as_the_same_fleet() {
    let document = with(json!({
        "defaultHost": "web-1",
        "hosts": { "web-1": {
            "sshExposure": { "mode": "tailnet" }, "provider": "aws", "targetHost": "admin@[2001:db8::1]",
            "provisioning": { "adminCidr": "203.0.113.0/24" }, "agentModelPrimary": "zai/glm-4.7",
            "selfUpdate": { "health": { "checks": [{ "kind": "unit", "unit": "x.service", "need": "wanted" }] } }
        } },
        "cattle": { "budget": { "monthlyEur": 9.5 }, "egress": { "allow": ["api.example.com", "[::1]:8443"] } },
    }));
    let fleet = read(&document).unwrap().fleet;
    assert_eq!(read(&fleet.effective()).unwrap().fleet, fleet);
    assert_eq!(fleet.hosts[0].ssh_exposure.mode, SshExposureMode::Tailnet);
}

#[test]
fn the_host_that_is_meant_is_the_default_or_the_only_one() {
    let implied = |settings| read(&with(settings)).unwrap().fleet.implied_host().map(ToString::to_string);
    assert_eq!(implied(json!({})).as_deref(), Some("web-1"));
    assert_eq!(implied(json!({ "hosts": { "web-2": {} } })), None);
    assert_eq!(
        implied(json!({ "hosts": { "web-2": {} }, "defaultHost": "web-2" })).as_deref(),
        Some("web-2")
    );
}

#[test]
fn white_space_around_a_value_is_dropped() {
    let document =
        with(json!({ "defaultHost": " web-1 ", "hosts": { "web-1": { "targetHost": "\tadmin@web\n" } } }));
    let fleet = read(&document).unwrap().fleet;
    assert_eq!(fleet.hosts[0].target_host.as_ref().map(|host| host.as_str()), Some("admin@web"));
    assert!(Fleet::read(r#"{ "schemaVersion": 13, "hosts": { " web-1": {} } }"#).is_err());
}
