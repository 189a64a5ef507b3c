//! A bot's unit on a real systemd, in a container: what the bot is given, and what it cannot reach.

use serde_json::json;

use crate::{
    bots::{two_bots, unit_file},
    desk::{Desk, texts},
    empty_provider::EmptyProvider,
    host::Host,
};

/// In the gateway's place: says what a prompt-injected one would try.
const PROBE: &str = r#"#!/bin/bash
say() { "${@:2}" >/dev/null 2>&1 && echo "$1 yes" || echo "$1 no"; }
echo "given $ZAI_API_KEY $OPENCLAW_GATEWAY_TOKEN"
say workspace touch /srv/clawlets/maren/workspace/file
say state touch "$OPENCLAW_STATE_DIR/file"
say temporary touch /tmp/file
say own-secret cat /run/clawlets/secrets/gateway_token_maren
say foreign-secret cat /run/clawlets/secrets/hcloud_token
say list-of-secrets ls /run/clawlets/secrets
say foreign-workspace ls /srv/clawlets/jonas
say configuration touch /etc/file
say new-user-namespace unshare --user true
say foreign-process cat /proc/1/cmdline
echo done
exec sleep infinity
"#;

#[test]
fn a_bot_gets_its_own_secrets_and_reaches_nothing_that_is_not_its_own() {
    let test = "a_bot_gets_its_own_secrets_and_reaches_nothing_that_is_not_its_own";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    let provider = EmptyProvider::start();
    let Some(host) = Host::boot(test, &provider) else { return };
    let put = |path: &str, text: &str| {
        host.root(&format!("cat > {path} <<'END_OF_FILE'\n{text}\nEND_OF_FILE\n")).succeeds();
    };
    let start = desk.text("web-1", "systemd.services.clawlets-bot-maren.serviceConfig.ExecStart");
    let gateway = start.split_whitespace().find(|word| word.ends_with("/bin/openclaw")).unwrap();
    put("/opt/start", &start.replace(gateway, "/opt/openclaw"));
    put("/opt/openclaw", PROBE);
    let mut service = desk.config("web-1", "systemd.services.clawlets-bot-maren");
    service["serviceConfig"]["ExecStart"] = json!("/opt/start");
    put("/etc/systemd/system/clawlets-bot-maren.service", &unit_file(&service));
    put("/etc/tmpfiles.d/clawlets.conf", &texts(&desk.config("web-1", "systemd.tmpfiles.rules")).join("\n"));
    host.root("chmod 755 /opt/start /opt/openclaw; useradd --system bot-jonas").succeeds();
    host.root("systemd-tmpfiles --create && systemctl daemon-reload").succeeds();

    assert!(!host.root("systemctl start clawlets-bot-maren").ok(), "its secrets are not there yet");
    // As `clawlets-secrets` puts them there.
    host.root("install -d -m 0711 /run/clawlets/secrets.d/1; ln -s secrets.d/1 /run/clawlets/secrets")
        .succeeds();
    for secret in ["z_ai_api_key", "gateway_token_maren", "hcloud_token", "deploy_key"] {
        put(&format!("/run/clawlets/secrets/{secret}"), &format!("made-up-{secret}"));
    }
    host.root("chmod 400 /run/clawlets/secrets/*; systemd-tmpfiles --create --prefix=/run/clawlets")
        .succeeds();
    host.root("systemctl reset-failed; systemctl start clawlets-bot-maren").succeeds();
    let said = clawlets_tests::eventually("the probe has ended", || {
        let said = host.root("journalctl -u clawlets-bot-maren --no-pager -o cat").out();
        said.contains("\ndone\n").then_some(said)
    });
    for line in [
        "given made-up-z_ai_api_key made-up-gateway_token_maren",
        "workspace yes",
        "state yes",
        "temporary yes",
        "own-secret no",
        "foreign-secret no",
        "list-of-secrets no",
        "foreign-workspace no",
        "configuration no",
        "new-user-namespace no",
        "foreign-process no",
    ] {
        assert!(said.lines().any(|found| found == line), "{line} is not in\n{said}");
    }
    // A file that the fleet gives to this bot alone is its own, where it was promised.
    let file = "/var/lib/clawlets/secrets/bots/maren/key";
    assert_eq!(host.bot(&format!("cat {file}")).succeeds().trim(), "made-up-deploy_key");
    assert!(!host.of("bot-jonas", &format!("cat {file}")).ok());
}
