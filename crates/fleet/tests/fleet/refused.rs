//! What is refused, and where.

use base64::{Engine, engine::general_purpose::STANDARD};
use clawlets_fleet::{Fleet, ProblemCode, Severity, Strictness};
use serde_json::{Value, json};

use crate::bench::{errors, read, warnings, with};

/// Each case: settings besides one host, and the errors that they give.
#[test]
fn each_rule_points_at_its_value() {
    use ProblemCode::*;
    let key = |byte: char| byte.to_string().repeat(8);
    let minisign = |id: [u8; 8]| STANDARD.encode([&b"Ed"[..], &id, &[7; 32]].concat());
    let cases: Vec<(Value, &[(&str, ProblemCode)])> = vec![
        (json!({}), &[]),
        (json!({ "colour": 1 }), &[("colour", UnknownKey)]),
        (json!({ "hosts": { "web-1": { "enabel": true } } }), &[("hosts.web-1.enabel", UnknownKey)]),
        (json!({ "hosts": { "all": {} } }), &[("hosts.all", InvalidValue)]),
        (json!({ "hosts": { "web-1": [] } }), &[("hosts.web-1", WrongType)]),
        (json!({ "hosts": [] }), &[("hosts", WrongType)]),
        (json!({ "defaultHost": "web-2" }), &[("defaultHost", UnknownReference)]),
        (json!({ "defaultHost": "web-1" }), &[]),
        (json!({ "fleet": { "bots": { "maren": {} } } }), &[("fleet.botOrder", Required)]),
        (json!({ "fleet": { "bots": { "maren": {} }, "botOrder": ["maren"] } }), &[]),
        (
            json!({ "fleet": { "bots": { "maren": {} }, "botOrder": ["maren", "sonja"] } }),
            &[("fleet.botOrder.1", UnknownReference)],
        ),
        (
            json!({ "fleet": { "bots": { "maren": {} }, "botOrder": ["maren", 7] } }),
            &[("fleet.botOrder.1", WrongType)],
        ),
        (
            json!({ "fleet": { "bots": { "operator": {} }, "botOrder": ["operator"] } }),
            &[("fleet.bots.operator", InvalidValue)],
        ),
        (
            json!({ "fleet": { "bots": { "a": { "profile": { "gatewayPort": 80 } } }, "botOrder": ["a"] } }),
            &[("fleet.bots.a.profile.gatewayPort", OutOfRange)],
        ),
        (
            json!({ "fleet": { "botOrder": ["a", "b"], "bots": {
                "a": { "profile": { "gatewayPort": 18800 } }, "b": { "profile": { "gatewayPort": 18800 } } } } }),
            &[("fleet.bots.b.profile.gatewayPort", Conflict)],
        ),
        (
            // The port of maren follows from the name.
            json!({ "fleet": { "botOrder": ["a", "maren"], "bots": {
                "a": { "profile": { "gatewayPort": 23424 } }, "maren": {} } } }),
            &[("fleet.bots.maren.profile.gatewayPort", Conflict)],
        ),
        (json!({ "fleet": { "secretEnv": { "lower": "x" } } }), &[("fleet.secretEnv.lower", InvalidValue)]),
        (
            json!({ "fleet": { "secretFiles": { "a": { "targetPath": "/var/lib/clawlets/a" } } } }),
            &[("fleet.secretFiles.a.secretName", Missing)],
        ),
        (
            json!({ "fleet": { "secretFiles": { "a": { "secretName": "x", "targetPath": "/etc/shadow" } } } }),
            &[("fleet.secretFiles.a.targetPath", InvalidValue)],
        ),
        (
            json!({ "fleet": { "secretFiles": {
                "a": { "secretName": "x", "targetPath": "/var/lib/clawlets/x" },
                "b": { "secretName": "y", "targetPath": "/var/lib/clawlets/x" } } } }),
            &[("fleet.secretFiles.b.targetPath", Conflict)],
        ),
        (
            json!({ "fleet": { "botOrder": ["a"], "bots": { "a": { "profile": { "secretFiles": {
                "k": { "secretName": "x", "targetPath": "/var/lib/clawlets/secrets/bots/b/k" } } } } } } }),
            &[("fleet.bots.a.profile.secretFiles.k.targetPath", InvalidValue)],
        ),
        (
            json!({ "fleet": { "botOrder": ["a"], "bots": { "a": { "clf": { "cattle": { "secretEnv": ["ZAI_API_KEY"] } } } } } }),
            &[("fleet.bots.a.clf.cattle.secretEnv.0", UnknownReference)],
        ),
        (
            json!({ "fleet": { "discord": { "guildId": "my server" } } }),
            &[("fleet.discord.guildId", InvalidValue)],
        ),
        (json!({ "cattle": { "enabled": true } }), &[("cattle.hetzner.image", Required)]),
        (
            json!({ "cattle": { "enabled": true, "hetzner": { "image": 5 } } }),
            &[("cattle.hetzner.image", WrongType)],
        ),
        (json!({ "cattle": { "enabled": true, "provider": "local" } }), &[]),
        (
            json!({ "cattle": { "hetzner": { "defaultTtl": "8d" } } }),
            &[("cattle.hetzner.defaultTtl", OutOfRange)],
        ),
        (
            json!({ "cattle": { "hetzner": { "maxInstances": 0 } } }),
            &[("cattle.hetzner.maxInstances", OutOfRange)],
        ),
        (
            json!({ "cattle": { "hetzner": { "maxInstances": 2.5 } } }),
            &[("cattle.hetzner.maxInstances", OutOfRange)],
        ),
        (
            json!({ "cattle": { "hetzner": { "labels": { "-x": "y" } } } }),
            &[("cattle.hetzner.labels.-x", InvalidValue)],
        ),
        (
            json!({ "cattle": { "egress": { "allow": ["https://x"] } } }),
            &[("cattle.egress.allow.0", InvalidValue)],
        ),
        (
            json!({ "cattle": { "budget": { "monthlyEur": -1 } } }),
            &[("cattle.budget.monthlyEur", OutOfRange)],
        ),
        (
            json!({ "hosts": { "web-1": { "sshExposure": { "mode": "tailnet" }, "tailnet": { "mode": "none" } } } }),
            &[("hosts.web-1.sshExposure.mode", LockedOut)],
        ),
        (
            json!({ "hosts": { "web-1": { "provisioning": { "adminCidr": "0.0.0.0/0" } } } }),
            &[("hosts.web-1.provisioning.adminCidr", WorldOpen)],
        ),
        (
            json!({ "hosts": { "web-1": { "provisioning": { "adminCidr": "0.0.0.0/0", "adminCidrAllowWorldOpen": true } } } }),
            &[],
        ),
        (
            json!({ "hosts": { "web-1": { "provisioning": { "adminCidr": "203.0.113.10/24" } } } }),
            &[("hosts.web-1.provisioning.adminCidr", InvalidValue)],
        ),
        (
            json!({ "hosts": { "web-1": { "provisioning": { "sshPubkeyFile": "ssh-ed25519 AAAA" } } } }),
            &[("hosts.web-1.provisioning.sshPubkeyFile", InvalidValue)],
        ),
        (
            json!({ "hosts": { "web-1": { "targetHost": "admin@web:22" } } }),
            &[("hosts.web-1.targetHost", InvalidValue)],
        ),
        (json!({ "hosts": { "web-1": { "targetHost": "" } } }), &[]),
        (json!({ "hosts": { "web-1": { "targetHost": null } } }), &[("hosts.web-1.targetHost", WrongType)]),
        (
            json!({ "hosts": { "web-1": { "diskDevice": "sda" } } }),
            &[("hosts.web-1.diskDevice", InvalidValue)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "enable": true } } } }),
            &[("hosts.web-1.selfUpdate.baseUrls", Required), ("hosts.web-1.selfUpdate.publicKeys", Required)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "interval": "30min" } } } }),
            &[("hosts.web-1.selfUpdate.interval", InvalidValue)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "previousPublicKeys": [key('a')] } } } }),
            &[("hosts.web-1.selfUpdate.previousPublicKeysValidUntil", Required)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "previousPublicKeys": [key('a')], "previousPublicKeysValidUntil": "soon" } } } }),
            &[("hosts.web-1.selfUpdate.previousPublicKeysValidUntil", InvalidValue)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "revokedKeys": ["beef", "0123456789abcdef"] } } } }),
            &[("hosts.web-1.selfUpdate.revokedKeys.0", InvalidValue)],
        ),
        (
            // The name of a key is its id, the last byte first.
            json!({ "hosts": { "web-1": { "selfUpdate": { "publicKeys": [minisign([1, 2, 3, 4, 5, 6, 7, 8])], "revokedKeys": ["0807060504030201"] } } } }),
            &[("hosts.web-1.selfUpdate.publicKeys.0", Conflict)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "health": { "checks": [{ "kind": "http" }] } } } } }),
            &[("hosts.web-1.selfUpdate.health.checks.0.url", Required)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "health": { "checks": [{}] } } } } }),
            &[("hosts.web-1.selfUpdate.health.checks.0.kind", Missing)],
        ),
        (
            json!({ "hosts": {
                "a": { "provider": "aws", "aws": { "bootstrapPrefix": "x", "discordTokenSecret": "t1" } },
                "b": { "provider": "aws", "aws": { "bootstrapPrefix": "x", "discordTokenSecret": "t2" } } } }),
            &[("hosts.b.aws.bootstrapPrefix", Conflict)],
        ),
        (
            json!({ "hosts": { "a": { "provider": "aws" }, "b": { "provider": "aws" } } }),
            &[("hosts.b.aws.discordTokenSecret", Conflict)],
        ),
        (json!({ "memory": { "backend": "s3" } }), &[("memory.backend", InvalidValue)]),
        (
            json!({ "memory": { "backend": "nfs", "server": "*.example.com" } }),
            &[("memory.server", InvalidValue)],
        ),
        (json!({ "memory": { "mountPoint": "memory" } }), &[("memory.mountPoint", InvalidValue)]),
        (json!({ "control": { "url": "ftp://x" } }), &[("control.url", InvalidValue)]),
        (json!({ "aws": { "region": "Frankfurt" } }), &[("aws.region", InvalidValue)]),
    ];
    for (settings, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(path, code)| ((*path).to_owned(), *code)).collect();
        let mut found = errors(&with(settings.clone()));
        found.sort();
        assert_eq!(found, expected, "{settings}");
    }
}

#[test]
fn what_somebody_should_look_at_is_a_warning() {
    use ProblemCode::*;
    let speaking = |openclaw: Value| json!({ "fleet": { "botOrder": ["a"], "bots": { "a": { "openclaw": openclaw } } } });
    let cases: Vec<(Value, &[(&str, ProblemCode)])> = vec![
        (
            json!({ "hosts": { "web-1": { "enable": true } } }),
            &[("hosts.web-1.sshExposure.mode", ExposedSsh)],
        ),
        (
            json!({ "hosts": { "web-1": { "sshExposure": { "mode": "public" } } } }),
            &[("hosts.web-1.sshExposure.mode", ExposedSsh)],
        ),
        (json!({ "hosts": { "web-1": { "enable": true, "sshExposure": { "mode": "tailnet" } } } }), &[]),
        (
            json!({ "cattle": { "hetzner": { "labels": { "job-id": "x", "team": "y" } } } }),
            &[("cattle.hetzner.labels.job-id", NoEffect)],
        ),
        (
            json!({ "hosts": { "web-1": { "selfUpdate": { "baseUrls": [
                "https://a.example", "http://b.example", "http://127.0.0.1:8080", "http://[::1]", "http://localhost/x",
            ] } } } }),
            &[("hosts.web-1.selfUpdate.baseUrls.1", PlainHttp)],
        ),
        (
            json!({ "fleet": { "sshAuthorizedKeys": ["ssh-ed25519 AAAA"] } }),
            &[("fleet.sshAuthorizedKeys.0", DoubtfulKey)],
        ),
        (
            json!({ "fleet": { "backups": { "restic": { "enable": true } } } }),
            &[("fleet.backups.restic.repository", Incomplete)],
        ),
        (json!({ "memory": { "backend": "efs" } }), &[("memory.server", Incomplete)]),
        (
            json!({ "fleet": { "secretEnv": { "ANTHROPIC_API_KEY": "x", "ANTHROPIC_OAUTH_TOKEN": "x" } } }),
            &[("fleet.secretEnv.ANTHROPIC_OAUTH_TOKEN", CredentialTwice)],
        ),
        (
            speaking(json!({ "gateway": { "auth": { "token": "hunter2" } } })),
            &[("fleet.bots.a.openclaw.gateway.auth.token", InlineSecret)],
        ),
        (speaking(json!({ "gateway": { "auth": { "token": "${TOKEN}" } } })), &[]),
        (
            speaking(json!({ "gateway": { "auth": { "token": "$${TOKEN}" } } })),
            &[("fleet.bots.a.openclaw.gateway.auth.token", InlineSecret)],
        ),
        (
            speaking(json!({ "channels": { "discord": {} } })),
            &[("fleet.bots.a.openclaw.messages.queue.byChannel.discord", GatewayPolicy)],
        ),
        (speaking(json!({ "channels": { "discord": { "enabled": false } } })), &[]),
        (
            speaking(
                json!({ "channels": { "discord": {} }, "messages": { "queue": { "byChannel": { "discord": "interrupt" } } } }),
            ),
            &[],
        ),
    ];
    for (settings, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(path, code)| ((*path).to_owned(), *code)).collect();
        assert_eq!(warnings(&with(settings.clone())), expected, "{settings}");
    }
}

#[test]
fn strictness_makes_errors_of_mistakes_and_not_of_advice() {
    let document = with(json!({
        "hosts": { "web-1": { "enable": true } },
        "fleet": { "botOrder": ["a"], "bots": { "a": { "openclaw": { "botToken": "hunter2" } } } }
    }));
    let strict: Vec<_> =
        read(&document).unwrap().warnings.into_iter().map(|p| p.weighed(Strictness::Strict)).collect();
    let severity = |code| strict.iter().find(|problem| problem.code == code).map(|problem| problem.severity);
    assert_eq!(severity(ProblemCode::InlineSecret), Some(Severity::Error));
    assert_eq!(severity(ProblemCode::ExposedSsh), Some(Severity::Warning));
}

#[test]
fn what_was_probably_meant_is_said() {
    let cases = [
        (json!({ "hosts": { "web-1": { "enabel": true } } }), "enable"),
        (json!({ "hosts": { "Web 2": {} } }), "web-2"),
        (json!({ "defaultHost": "web1" }), "web-1"),
        (json!({ "hosts": { "web-1": { "tailnet": { "mode": "tailscail" } } } }), "tailscale"),
        (json!({ "hosts": { "web-1": { "selfUpdate": { "interval": "30min" } } } }), "30m"),
        (json!({ "hosts": { "web-1": { "targetHost": "admin@web:22" } } }), "admin@web"),
        (
            json!({ "hosts": { "web-1": { "provisioning": { "adminCidr": "203.0.113.10/24" } } } }),
            "203.0.113.0/24",
        ),
        (
            json!({ "hosts": { "web-1": { "provisioning": { "adminCidr": "203.0.113.10" } } } }),
            "203.0.113.10/32",
        ),
        (json!({ "cattle": { "egress": { "allow": ["https://api.example.com/v1"] } } }), "api.example.com"),
        (json!({ "control": { "url": "control.example.com" } }), "https://control.example.com"),
    ];
    for (settings, meant) in cases {
        let invalid = read(&with(settings)).unwrap_err();
        assert_eq!(invalid.problems[0].suggestion.as_deref(), Some(meant), "{invalid}");
    }
}

#[test]
fn a_secret_that_was_pasted_is_never_shown() {
    let secret: String = "sk-".chars().chain(('a'..='z').zip('0'..='9').flat_map(|(a, b)| [a, b])).collect();
    let documents = [
        with(json!({ "fleet": { "secretEnv": { "ZAI_API_KEY": secret } } })),
        with(json!({ "fleet": { "secretEnv": { secret.clone(): "x" } } })),
        with(json!({ secret.clone(): 1 })),
        with(json!({ "fleet": { "botOrder": ["a"], "bots": { "a": { "openclaw": { "x": secret } } } } })),
        with(json!({ "hosts": { "web-1": { "targetHost": format!("-{secret}") } } })),
    ];
    for document in documents {
        for problem in crate::bench::problems(read(&document)) {
            let said = [Some(problem.message), problem.expected, problem.found, problem.suggestion];
            for text in said.into_iter().flatten() {
                assert!(!text.contains(&secret[..12]), "{text}");
            }
        }
    }
}

#[test]
fn every_error_comes_in_one_run() {
    let text = r#"{
  "schemaVersion": 13,
  "defaultHost": 7,
  "fleet": { "botOrder": ["a", "a"], "bots": { "a": { "profile": { "resources": { "cpuQuota": "all" } } } } },
  "cattle": { "enabled": "yes" },
  "hosts": { "H1": { "enable": 1 }, "h2": { "cache": { "substituters": [] } } }
}"#;
    let invalid = Fleet::read(text).unwrap_err();
    let found: Vec<_> = invalid.errors().map(|problem| (problem.path.to_string(), problem.line)).collect();
    let expected = [
        ("defaultHost", 3),
        ("fleet.botOrder.1", 4),
        ("fleet.bots.a.profile.resources.cpuQuota", 4),
        ("cattle.enabled", 5),
        ("hosts.H1", 6),
        ("hosts.H1.enable", 6),
        ("hosts.h2.cache.substituters", 6),
    ];
    assert_eq!(found, expected.map(|(path, line)| (path.to_owned(), line)));
}

#[test]
fn a_version_that_cannot_be_read_is_the_one_error() {
    for (version, code) in [
        (json!(7), ProblemCode::Version),
        (json!(14), ProblemCode::Version),
        (json!(12.5), ProblemCode::Version),
        (json!("12"), ProblemCode::WrongType),
        (json!(null), ProblemCode::WrongType),
    ] {
        let document = json!({ "schemaVersion": version, "nonsense": true });
        assert_eq!(errors(&document), [("schemaVersion".to_owned(), code)], "{version}");
    }
    let found = errors(&json!({ "hosts": { "H": {} } }));
    assert_eq!(found[0], ("schemaVersion".to_owned(), ProblemCode::Missing));
    assert_eq!(found[1], ("hosts.H".to_owned(), ProblemCode::InvalidValue));
}

#[test]
fn a_fragment_lacks_sections_and_no_rule() {
    let fragment = |document: Value| Fleet::read_fragment(&document.to_string());
    assert!(
        fragment(json!({ "schemaVersion": 13, "cattle": { "enabled": true, "hetzner": { "image": "x" } } }))
            .is_ok()
    );
    assert!(fragment(json!({ "schemaVersion": 13, "cattle": { "enabled": true } })).is_err());
    assert!(fragment(json!({ "schemaVersion": 13, "kattle": {} })).is_err());
    assert!(fragment(json!({ "cattle": {} })).is_err());
    assert!(Fleet::read(&json!({ "schemaVersion": 13, "cattle": {} }).to_string()).is_err());
}
