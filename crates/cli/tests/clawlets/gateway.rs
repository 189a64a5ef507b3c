//! `clawlets gateway`.

use std::{fs, os::unix::fs::MetadataExt, process::Command};

use clawlets_gateway::schema_faults;
use clawlets_stand_in::{Ran, never_said};
use serde_json::{Value, json};

use crate::{bench::snapshot, declared::Declared, edits::in_own_mounts};

/// A project with these bots, in the order of their names.
pub(crate) fn with_bots(bots: &Value) -> Declared {
    with(bots, &json!({}))
}

/// A project with these bots, and these secrets for all of them.
pub(crate) fn with(bots: &Value, secret_env: &Value) -> Declared {
    let order: Vec<_> = bots.as_object().unwrap().keys().collect();
    let document = json!({
        "schemaVersion": 13,
        "fleet": {
            "discord": { "guildId": "123456789012345678" },
            "secretEnv": secret_env, "botOrder": order, "bots": bots,
        },
        "hosts": { "web-1": {} },
    });
    Declared::of(&format!("{}\n", serde_json::to_string_pretty(&document).unwrap()))
}

/// Settings that nothing is to be said about.
fn careful() -> Value {
    json!({
        "openclaw": {
            "agents": { "defaults": { "model": { "primary": "zai/glm-4.7" } } },
            "channels": {
                "discord": { "token": "${DISCORD_BOT_TOKEN}", "dmPolicy": "allowlist", "allowFrom": ["7"] },
                "telegram": { "dmPolicy": "allowlist", "allowFrom": ["tg:7"] },
            },
            "hooks": { "enabled": true, "token": "${OPENCLAW_HOOKS_TOKEN}", "mappings": [{ "forEach": "items" }] },
            "messages": { "queue": { "byChannel": { "discord": "interrupt" } } },
        },
        "profile": {
            "secretEnv": {
                "DISCORD_BOT_TOKEN": "discord_token_maren", "OPENCLAW_GATEWAY_TOKEN": "gateway_token_maren",
                "OPENCLAW_HOOKS_TOKEN": "hooks_token_maren", "TELEGRAM_BOT_TOKEN": "telegram_token_maren",
                "LAB_KEY": "lab_key_maren",
            },
            "skills": { "entries": { "image-lab": { "apiKey": "${LAB_KEY}" } } },
        },
    })
}

fn careful_project() -> Declared {
    with(&json!({ "maren": careful() }), &json!({ "ZAI_API_KEY": "z_ai_api_key" }))
}

/// Settings with much to say about.
fn careless() -> Value {
    json!({
        "openclaw": {
            "gateway": { "bind": "lan", "port": 18_790, "auth": { "mode": "none" } },
            "channels": {
                "discord": {
                    "token": "${DISCORD_BOT_TOKEN}", "dmPolicy": "open",
                    "guilds": { "1": { "requireMention": false, "channels": { "2": { "allow": true } } } },
                },
            },
            "agents": { "list": [{ "id": "main" }] },
            "cron": { "store": "jobs.json" },
            "messages": { "queue": { "byChannel": { "discord": "queue" } } },
        },
        "profile": { "secretEnv": {
            "DISCORD_BOT_TOKEN": "discord_token_maren", "OPENCLAW_GATEWAY_TOKEN": "gateway_token_maren",
        } },
    })
}

fn config(project: &Declared, bot: &str) -> Value {
    project.ok(&format!("gateway render --bot {bot}")).json()
}

/// The paths and kinds of findings, without what all paths begin with.
fn told(ran: &Ran, list: &str) -> Vec<(String, String)> {
    let document = ran.json();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let short = |path: String| path.replacen("fleet.bots.maren.", "", 1);
    let rows = document[list].as_array().unwrap();
    rows.iter().map(|row| (short(text(row, "path")), text(row, "kind"))).collect()
}

#[test]
fn what_must_hold_is_filled_in_and_the_schema_takes_it() {
    let project = careful_project();
    let config = config(&project, "maren");
    assert_eq!(schema_faults(&config), []);
    assert_eq!(
        config["gateway"],
        json!({
            "mode": "local", "bind": "loopback", "port": 23_424,
            "auth": { "mode": "token", "token": "${OPENCLAW_GATEWAY_TOKEN}" }, "tailscale": { "mode": "off" },
        })
    );
    assert_eq!(config["agents"]["defaults"]["workspace"], "/srv/clawlets/maren/workspace");
    assert_eq!(config["channels"]["discord"]["joinIntro"], false);
    assert_eq!(config["channels"]["discord"]["guilds"]["123456789012345678"]["requireMention"], true);
    assert_eq!(config["skills"]["entries"]["image-lab"]["apiKey"], "${LAB_KEY}");
    let document = project.ok("gateway render --bot maren --json").json();
    assert_eq!((&document["bot"], &document["port"]), (&json!("maren"), &json!(23_424)));
    assert_eq!(document["config"], config);
}

/// The program itself, where a machine has it: `CLAWLETS_OPENCLAW` names its `openclaw.mjs`, `CLAWLETS_NODE` the node.
#[test]
fn the_gateway_itself_takes_what_is_rendered() {
    let Some(program) = std::env::var_os("CLAWLETS_OPENCLAW") else {
        use std::io::Write;
        let why =
            "skipped: the_gateway_itself_takes_what_is_rendered: CLAWLETS_OPENCLAW names no openclaw.mjs";
        writeln!(std::io::stderr(), "{why}").unwrap();
        return;
    };
    let project = careful_project();
    fs::write(project.folder().join("openclaw.json"), config(&project, "maren").to_string()).unwrap();
    let node = std::env::var_os("CLAWLETS_NODE").unwrap_or_else(|| "node".into());
    let ran = Ran::of(
        Command::new(node)
            .arg(program)
            .args(["config", "validate", "--json"])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("OPENCLAW_OFFLINE", "1")
            .env("HOME", project.folder())
            .env("OPENCLAW_HOME", project.folder())
            .env("OPENCLAW_STATE_DIR", project.folder().join("state"))
            .env("OPENCLAW_CONFIG_PATH", project.folder().join("openclaw.json")),
    );
    assert_eq!((ran.code, &ran.json()["valid"]), (Some(0), &json!(true)), "{ran}");
}

#[test]
fn a_port_stays_when_bots_come_and_go_and_belongs_to_one() {
    let alone = config(&with_bots(&json!({ "maren": {} })), "maren")["gateway"]["port"].clone();
    let project = with_bots(&json!({ "anna": {}, "maren": {}, "zoe": {} }));
    assert_eq!(config(&project, "maren")["gateway"]["port"], alone);
    project.ok("bot add --bot berta");
    project.ok("bot rm --bot anna");
    assert_eq!(config(&project, "maren")["gateway"]["port"], alone);
    let listed = project.ok("bot list --json").json();
    assert_eq!(
        listed["bots"][0],
        json!({ "name": "maren", "gatewayPort": alone, "maxActive": 2, "maxTtl": "2h" })
    );
    // Another bot cannot take it, and a file in which one did says how to mend that.
    let (code, fault) = project.refused(&format!("config set fleet.bots.zoe.profile.gatewayPort {alone}"));
    assert_eq!((code, fault.as_str()), (6, "clawlets::fleet::refused"));
    let project = with_bots(&json!({ "anna": { "profile": { "gatewayPort": alone } }, "maren": {} }));
    let ran = project.run("gateway render --bot maren");
    let mend = "clawlets config set fleet.bots.maren.profile.gatewayPort 23544";
    assert!(ran.code == Some(6) && ran.talk.contains(mend), "{ran}");
    project.ok("config set fleet.bots.maren.profile.gatewayPort 23544");
    assert_eq!(config(&project, "maren")["gateway"]["port"], 23_544);
}

#[test]
fn a_declaration_that_contradicts_what_must_hold_is_refused_with_every_reason() {
    let project = with_bots(&json!({ "maren": careless() }));
    let ran = project.run("gateway render --bot maren");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::gateway::invalid"), "{ran}");
    snapshot!(ran);
}

#[test]
fn everything_that_is_wrong_is_listed_with_its_line() {
    let project = careful_project();
    let ran = project.ok("gateway validate");
    assert!(ran.out.is_empty() && ran.talk.contains("nothing is wrong"), "{ran}");
    let project = with_bots(&json!({ "maren": careless() }));
    let ran = project.run("gateway validate");
    assert_eq!(ran.code, Some(6), "{ran}");
    snapshot!(ran);
    let ran = project.run("gateway validate --bot maren --json");
    assert_eq!(
        (ran.code, &ran.json()["ok"], &ran.json()["release"]),
        (Some(6), &json!(false), &json!("2026.9.6"))
    );
    for row in ran.json()["errors"].as_array().unwrap() {
        let key = row["path"].as_str().unwrap().rsplit('.').next().unwrap();
        let line = row["line"].as_u64().unwrap() as usize;
        let text = project.text();
        assert!(text.lines().nth(line - 1).unwrap().contains(key), "{row} in {text}");
    }
}

#[test]
fn what_strict_refuses_is_a_warning_otherwise() {
    let mut bot = careful();
    bot["openclaw"]["channels"]["telegram"]["dmPolicy"] = json!("open");
    bot["profile"]["secretEnv"].as_object_mut().unwrap().remove("LAB_KEY");
    let project = with(&json!({ "maren": bot }), &json!({ "ZAI_API_KEY": "z_ai_api_key" }));
    let ran = project.ok("gateway validate --json");
    let told = |ran: &Ran, list: &str| told(ran, list);
    let expected = [
        ("openclaw.channels.telegram.dmPolicy".to_owned(), "policy".to_owned()),
        ("profile.secretEnv".to_owned(), "no_secret".to_owned()),
    ];
    assert_eq!((told(&ran, "errors").len(), told(&ran, "warnings").as_slice()), (0, &expected[..]), "{ran}");
    let ran = project.run("gateway validate --strict --json");
    assert_eq!((ran.code, told(&ran, "errors").as_slice()), (Some(6), &expected[..]), "{ran}");
}

#[test]
fn safe_values_are_proposed_and_written_when_that_is_said() {
    let project = with_bots(&json!({ "maren": careless() }));
    let before = project.text();
    let ran = project.ok("gateway harden --bot maren");
    assert_eq!(project.text(), before);
    snapshot!(ran);
    let ran = project.ok("gateway harden --bot maren --write --json");
    let document = ran.json();
    assert_eq!(document["file"]["written"], true);
    assert_eq!(document["byHand"][0]["path"], "fleet.bots.maren.openclaw.agents.list");
    let openclaw = project.at("/fleet/bots/maren/openclaw");
    assert_eq!(openclaw["gateway"], json!({ "auth": {} }));
    assert_eq!(
        openclaw["channels"]["discord"],
        json!({
            "token": "${DISCORD_BOT_TOKEN}", "dmPolicy": "allowlist",
            "guilds": { "1": { "requireMention": true, "channels": { "2": { "enabled": true } } } },
        })
    );
    assert_eq!(openclaw["messages"]["queue"]["byChannel"]["discord"], "interrupt");
    assert_eq!(openclaw["cron"], json!({}));
    // What is left is what a person must decide; then nothing is.
    let ran = project.run("gateway validate --json");
    assert_eq!(told(&ran, "errors"), [("openclaw.agents.list".to_owned(), "retired".to_owned())], "{ran}");
    project.ok("config unset fleet.bots.maren.openclaw.agents");
    project.ok("gateway validate --strict");
    let ran = project.ok("gateway harden --bot maren --write");
    assert!(ran.out.is_empty() && ran.talk.contains("as safe as it can be"), "{ran}");
}

#[test]
fn settings_under_their_earlier_name_are_hardened_there() {
    let project = with_bots(&json!({ "maren": { "clawdbot": { "gateway": { "bind": "lan" } } } }));
    project.ok("gateway harden --bot maren --write");
    assert_eq!(project.at("/fleet/bots/maren"), json!({ "clawdbot": { "gateway": {} } }));
}

#[test]
fn a_bot_that_is_not_there_is_named_with_the_nearest_that_is() {
    let project = careful_project();
    for line in
        ["gateway render --bot marn", "gateway harden --bot marn --write", "gateway validate --bot marn"]
    {
        assert_eq!(project.refused(line), (3, "clawlets::bot::unknown".to_owned()), "{line}");
        assert!(project.run(line).talk.contains("did you mean maren?"), "{line}");
    }
    assert_eq!(project.refused("gateway render").0, 2);
    let none = with_bots(&json!({}));
    assert_eq!(none.ok("gateway validate --json").json()["bots"], json!([]));
}

#[test]
fn a_token_in_the_settings_is_never_printed() {
    let secret = format!("hunter2-{}-{}", std::process::id(), fs::metadata("/proc/self").unwrap().ino());
    never_said(&secret);
    let mut bot = careless();
    bot["openclaw"]["channels"]["discord"]["token"] = json!(secret);
    bot["openclaw"]["models"] = json!({ "providers": { "x": { "apiKey": secret, "baseUrl": 7 } } });
    bot["profile"]["skills"] = json!({ "entries": { "lab": { "apiKey": secret, "odd": 1 } } });
    let project = with_bots(&json!({ "maren": bot }));
    for line in [
        "gateway render --bot maren",
        "gateway validate",
        "gateway validate --strict --json",
        "gateway harden --bot maren",
        "gateway harden --bot maren --json",
        "gateway harden --bot maren --write --json",
        "gateway render --bot maren --json",
        "config wire-secrets",
        "config wire-secrets --json",
        "config set fleet.bots.maren.openclaw.channels.discord.token ${DISCORD_BOT_TOKEN} --dry-run",
    ] {
        let ran = project.run(line);
        assert!(ran.code.is_some_and(|code| code == 0 || code == 6), "{line}: {ran}");
        assert!(!ran.out.contains("hunter2") && !ran.talk.contains("hunter2"), "{line}: {ran}");
    }
    assert!(project.text().contains(&secret), "the file keeps it");
}

#[test]
fn hostile_settings_are_told_of_and_steer_nothing() {
    let mut deep = json!("${DEEP}");
    for _ in 0..90 {
        deep = json!({ "a": deep });
    }
    let wide: Value = (0..4_000).map(|at| (format!("key-{at}"), json!("${A$${B}${C"))).collect();
    let odd = json!({
        "a\u{202e}b\u{1b}[2J": "${X}\u{2066}", "\u{9b}": "${Y}", "__proto__": { "x": 1 }, "": "${Z}",
        "dangerouslyX": true, "\n": true,
    });
    let project = with_bots(&json!({ "maren": { "openclaw": { "deep": deep, "wide": wide, "odd": odd } } }));
    for line in [
        "gateway validate",
        "gateway validate --json",
        "gateway render --bot maren",
        "gateway harden --bot maren",
        "gateway harden --bot maren --json",
        "config wire-secrets",
        "config wire-secrets --json",
        "config derive-allowlist --json",
    ] {
        let ran = project.run(line);
        assert!(ran.code.is_some_and(|code| code == 0 || code == 6), "{line}: {:?}", ran.code);
        let steers = |c: char| c.is_control() && c != '\n' || ('\u{2028}'..='\u{2069}').contains(&c);
        assert!(!ran.out.contains(steers) && !ran.talk.contains(steers), "{line}");
        assert!(line.ends_with("json") || line.contains("render") || ran.out.lines().count() < 400, "{line}");
    }
}

#[test]
fn looking_needs_no_right_to_write_and_writing_says_what_it_lacks() {
    let project = with_bots(&json!({ "maren": careless() }));
    let script = "mount --bind fleet fleet && mount -o remount,bind,ro fleet || exit 77
        $1 gateway harden --bot maren --json >shown.json && $1 gateway validate --json >checked.json
        [ $? = 6 ] || exit 78
        exec $1 gateway harden --bot maren --write";
    let ran = in_own_mounts(&project, script);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    let shown: Value =
        serde_json::from_slice(&fs::read(project.folder().join("shown.json")).unwrap()).unwrap();
    assert_eq!((&shown["file"]["changed"], &shown["file"]["written"]), (&json!(true), &json!(false)));
}
