//! `clawlets fleet`, and the commands of older documents.

use std::fs;

use serde_json::json;

use crate::{
    bench::{clawlets_in, snapshot},
    declared::{Declared, FRESH, changed_lines},
};

#[test]
fn the_commands_of_older_documents_work_as_they_stand_there() {
    let project = Declared::fresh();
    for line in [
        "fleet set --guild-id 123456789012345678",
        "bot add --bot maren",
        "host add --host clawdbot-fleet-host",
        "host set-default --host clawdbot-fleet-host",
        "host set --host clawdbot-fleet-host --enable true --ssh-exposure bootstrap --admin-cidr 203.0.113.10/32 --ssh-pubkey-file ~/.ssh/id_ed25519.pub",
        "host set --disk-device /dev/sda --enable true",
        "host set --tailnet tailscale",
        "host set --hetzner-image 12345",
        "host set --target-host admin@100.64.0.1",
        "host set --ssh-exposure tailnet",
        "config set --path fleet.bots.maren.profile.skills.allowBundled --value-json [\"github\",\"brave-search\"]",
        "config get --path fleet.bots.maren.profile.skills.allowBundled",
    ] {
        project.ok(line);
    }
    assert_eq!(project.at("/fleet/discord/guildId"), json!("123456789012345678"));
    assert_eq!(project.at("/fleet/botOrder"), json!(["maren"]));
    assert_eq!(
        project.at("/hosts/clawdbot-fleet-host"),
        json!({
            "enable": true,
            "provider": "hetzner",
            "provisioning": { "adminCidr": "203.0.113.10/32", "sshPubkeyFile": "~/.ssh/id_ed25519.pub" },
            "sshExposure": { "mode": "tailnet" },
            "tailnet": { "mode": "tailscale" },
            "diskDevice": "/dev/sda",
            "hetzner": { "image": "12345" },
            "targetHost": "admin@100.64.0.1",
        })
    );
}

#[test]
fn a_server_is_set_for_all_bots() {
    let project = Declared::fresh();
    project.ok("fleet set --guild-id 42424242424242424");
    assert_eq!(
        changed_lines(FRESH, &project.text()).1,
        [r#"    "discord": { "guildId": "42424242424242424" },"#]
    );
    for id in ["my-server", "12x", "123456789012345678901"] {
        assert_eq!(project.refused(&format!("fleet set --guild-id {id}")).0, 2, "{id}");
    }
    assert_eq!(project.refused("fleet set"), (2, "clawlets::usage::arguments".to_owned()));
    let cleared = clawlets_in(project.folder(), &["fleet", "set", "--guild-id", ""]);
    assert_eq!((cleared.code, project.text().as_str()), (Some(0), FRESH));
}

#[test]
fn secrets_are_given_to_all_bots_by_name() {
    let project = Declared::fresh();
    project.ok("fleet set --secret-env ZAI_API_KEY=z_ai_api_key --secret-env OPENAI_API_KEY=openai");
    assert_eq!(
        project.at("/fleet/secretEnv"),
        json!({ "ZAI_API_KEY": "z_ai_api_key", "OPENAI_API_KEY": "openai" })
    );
    project.ok("fleet set --rm-secret-env OPENAI_API_KEY");
    assert_eq!(project.at("/fleet/secretEnv"), json!({ "ZAI_API_KEY": "z_ai_api_key" }));
    for line in
        ["fleet set --secret-env zai=x", "fleet set --secret-env ZAI=1x", "fleet set --secret-env ZAI"]
    {
        assert_eq!(project.refused(line).0, 2, "{line}");
    }
    assert_eq!(project.refused("fleet set --rm-secret-env NOPE").0, 3);
}

#[test]
fn what_is_declared_is_shown_in_short() {
    let project = Declared::fresh();
    project.ok("bot add --bot maren");
    project.ok("fleet set --guild-id 42424242424242424");
    snapshot!(project.ok("fleet show"));
    let document = project.ok("fleet show --json").json();
    assert_eq!((&document["bots"], &document["hosts"]), (&json!(["maren"]), &json!(["web-1"])));
}

const REGISTRY: &str = r#"{
  "clawdinator-1": {
    "host": "clawdinator-1",
    "instanceType": "t3.large",
    "bootstrapPrefix": "bootstrap/clawdinator-1",
    "discordTokenSecret": "clawdinator-discord-token-1"
  },
  "clawdinator-2": {
    "host": "babelfish",
    "instanceType": "t3.xlarge",
    "bootstrapPrefix": "bootstrap/babelfish",
    "discordTokenSecret": "clawdinator-discord-token-2"
  }
}
"#;

#[test]
fn an_imported_registry_comes_out_as_it_went_in() {
    let project = Declared::fresh();
    assert_eq!(project.ok("fleet instances --json").json(), json!({}));
    fs::write(project.folder().join("instances.json"), REGISTRY).unwrap();
    project.ok("fleet import-instances instances.json");
    let registry: serde_json::Value = serde_json::from_str(REGISTRY).unwrap();
    assert_eq!(project.ok("fleet instances --json").json(), registry);
    assert_eq!(project.at("/defaultHost"), json!("clawdinator-1"));
    snapshot!(project.ok("fleet instances"));
    // A second time, the hosts exist.
    assert_eq!(
        project.refused("fleet import-instances instances.json"),
        (5, "clawlets::host::exists".to_owned())
    );
}

#[test]
fn a_registry_is_imported_whole_or_not_at_all() {
    let twice = REGISTRY.replace("bootstrap/babelfish", "bootstrap/clawdinator-1");
    let unknown = REGISTRY.replace("instanceType", "instancetype");
    let name = REGISTRY.replace("\"clawdinator-2\": {", "\"../x\": {");
    for (text, code) in [(twice.as_str(), 6), (&unknown, 2), (&name, 2), ("{}", 2), ("[]", 2), ("{", 2)] {
        let project = Declared::fresh();
        fs::write(project.folder().join("instances.json"), text).unwrap();
        assert_eq!(project.refused("fleet import-instances instances.json").0, code, "{text}");
    }
    assert_eq!(Declared::fresh().refused("fleet import-instances nothing.json").0, 7);
}
