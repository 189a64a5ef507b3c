//! `clawlets config wire-secrets` and `clawlets config derive-allowlist`.

use serde_json::{Value, json};

use crate::{
    bench::snapshot,
    declared::{Declared, changed_lines},
    gateway,
};

/// A project with these bots, and these secrets for all of them, that is on no Discord server.
fn with(bots: &Value, secret_env: &Value) -> Declared {
    let project = gateway::with(bots, secret_env);
    project.ok("fleet set --guild-id=");
    project
}

/// Two bots with the same model, one with a chat and hooks.
fn project() -> Declared {
    let model =
        json!({ "defaults": { "model": { "primary": "zai/glm-4.7", "fallbacks": ["anthropic/claude"] } } });
    let maren = json!({
        "openclaw": {
            "agents": model, "channels": { "telegram": { "dmPolicy": "allowlist" } },
            "hooks": { "enabled": true, "token": "${HOOK_TOKEN}", "path": "/$${LITERAL}" },
        },
        "profile": { "skills": { "entries": { "lab": { "apiKey": "${LAB_KEY}" } } } },
    });
    let sonja = json!({ "openclaw": { "agents": model } });
    with(
        &json!({ "maren": maren, "sonja": sonja }),
        &json!({ "ANTHROPIC_OAUTH_TOKEN": "anthropic_oauth_token" }),
    )
}

#[test]
fn every_variable_gets_a_secret_once_and_only_when_that_is_said() {
    let project = project();
    let before = project.text();
    snapshot!(project.ok("config wire-secrets"));
    let ran = project.ok("config wire-secrets --json");
    assert_eq!(project.text(), before);
    assert_eq!((&ran.json()["ok"], &ran.json()["file"]["written"]), (&json!(true), &json!(false)));
    project.ok("config wire-secrets --write");
    let own = |bot: &str| project.at(&format!("/fleet/bots/{bot}/profile/secretEnv"));
    assert_eq!(
        project.at("/fleet/secretEnv"),
        json!({ "ANTHROPIC_OAUTH_TOKEN": "anthropic_oauth_token", "ZAI_API_KEY": "z_ai_api_key" })
    );
    assert_eq!(
        own("maren"),
        json!({
            "HOOK_TOKEN": "hook_token_maren", "LAB_KEY": "lab_key_maren",
            "OPENCLAW_GATEWAY_TOKEN": "gateway_token_maren", "TELEGRAM_BOT_TOKEN": "telegram_token_maren",
        })
    );
    assert_eq!(own("sonja"), json!({ "OPENCLAW_GATEWAY_TOKEN": "gateway_token_sonja" }));
    let after = project.text();
    let ran = project.ok("config wire-secrets --write");
    assert!(project.text() == after && ran.talk.contains("has its secret"), "{ran}");
    project.ok("config validate --strict");
    let ran = project.ok("gateway validate --json");
    let unwired = |row: &&Value| row["kind"] == "no_secret";
    assert_eq!(ran.json()["warnings"].as_array().unwrap().iter().filter(unwired).count(), 0, "{ran}");
}

#[test]
fn an_inline_token_is_a_warning_and_stops_everything_under_strict() {
    let secret = format!("hunter2-{}", std::process::id());
    clawlets_stand_in::never_said(&secret);
    let bot = json!({ "openclaw": {
        "channels": { "telegram": { "botToken": secret } },
        "models": { "providers": { "x": { "apiKey": secret, "baseUrl": "https://x.example" } } },
    } });
    let project = with(&json!({ "maren": bot }), &json!({}));
    for strict in ["config wire-secrets --strict --write --json", "config validate --strict --json"] {
        let before = project.text();
        let ran = project.run(strict);
        let document = ran.json();
        let paths: Vec<_> = document["errors"].as_array().unwrap().iter().map(|row| &row["path"]).collect();
        assert_eq!(
            (ran.code, paths),
            (
                Some(6),
                vec![
                    &json!("fleet.bots.maren.openclaw.channels.telegram.botToken"),
                    &json!("fleet.bots.maren.openclaw.models.providers.x.apiKey"),
                ]
            ),
            "{ran}"
        );
        assert_eq!((&document["ok"], project.text()), (&json!(false), before));
    }
    assert_eq!(
        project.refused("config wire-secrets --strict --write"),
        (6, "clawlets::gateway::invalid".to_owned())
    );
    let ran = project.ok("config wire-secrets --write --json");
    assert_eq!(
        (ran.json()["warnings"].as_array().unwrap().len(), &ran.json()["ok"]),
        (2, &json!(true)),
        "{ran}"
    );
    assert_eq!(
        project.at("/fleet/bots/maren/profile/secretEnv"),
        json!({ "OPENCLAW_GATEWAY_TOKEN": "gateway_token_maren" })
    );
}

#[test]
fn a_bot_with_a_list_is_given_what_is_wired() {
    let bot = json!({
        "openclaw": { "agents": { "defaults": { "model": "zai/glm" } } },
        "profile": { "secretEnv": { "OPENCLAW_GATEWAY_TOKEN": "t" }, "secretEnvAllowlist": [] },
    });
    let project = with(&json!({ "maren": bot }), &json!({}));
    let ran = project.ok("config wire-secrets --write --json");
    let proposals = ran.json()["proposals"].clone();
    assert_eq!(
        (&proposals[0]["variable"], &proposals[0]["secret"]),
        (&json!("OPENCLAW_GATEWAY_TOKEN"), &json!(null))
    );
    assert_eq!(
        (&proposals[1]["variable"], &proposals[1]["secret"]),
        (&json!("ZAI_API_KEY"), &json!("z_ai_api_key"))
    );
    let list = project.at("/fleet/bots/maren/profile/secretEnvAllowlist");
    assert_eq!(list, json!(["OPENCLAW_GATEWAY_TOKEN", "ZAI_API_KEY"]));
}

#[test]
fn a_bot_is_given_what_it_needs_and_no_more() {
    let project = project();
    project.ok("config wire-secrets --write");
    project.ok("config set fleet.secretEnv.OTHER_KEY other_key");
    let before = project.text();
    snapshot!(project.ok("config derive-allowlist --bot sonja"));
    assert_eq!(project.text(), before);
    let ran = project.ok("config derive-allowlist --write --json");
    let sonja = json!(["ANTHROPIC_OAUTH_TOKEN", "OPENCLAW_GATEWAY_TOKEN", "ZAI_API_KEY"]);
    assert_eq!(
        ran.json()["bots"][1],
        json!({ "bot": "sonja", "allowlist": sonja, "withheld": ["OTHER_KEY"], "missing": [] })
    );
    assert_eq!(project.at("/fleet/bots/sonja/profile/secretEnvAllowlist"), sonja);
    let maren = project.at("/fleet/bots/maren/profile/secretEnvAllowlist");
    assert_eq!(maren.as_array().unwrap().len(), 6, "{maren}");
    // Everything else stays as it was.
    let after = project.text();
    let (gone, _) = changed_lines(&before, &after);
    assert!(gone.len() <= 2, "{gone:?}");
    project.ok("gateway validate --strict");
    assert_eq!(
        project.refused("config derive-allowlist --bot nobody --write"),
        (3, "clawlets::bot::unknown".to_owned())
    );
}

#[test]
fn a_variable_that_a_list_leaves_out_is_told() {
    let bot = json!({
        "openclaw": { "agents": { "defaults": { "model": "zai/glm" } } },
        "profile": { "secretEnv": { "OPENCLAW_GATEWAY_TOKEN": "t" }, "secretEnvAllowlist": ["OPENCLAW_GATEWAY_TOKEN"] },
    });
    let project = with(&json!({ "maren": bot }), &json!({ "ZAI_API_KEY": "z_ai_api_key" }));
    let ran = project.run("gateway validate --strict --json");
    let row = &ran.json()["errors"][0];
    assert_eq!(
        (&row["kind"], &row["path"]),
        (&json!("withheld"), &json!("fleet.bots.maren.profile.secretEnvAllowlist"))
    );
    project.ok("config derive-allowlist --write");
    project.ok("gateway validate --strict");
}

#[test]
fn an_earlier_version_is_migrated_before_it_is_wired() {
    let project = Declared::of(
        r#"{ "schemaVersion": 12, "fleet": { "botOrder": ["a"], "bots": { "a": {} } }, "hosts": { "web-1": {} } }"#,
    );
    for line in ["config wire-secrets --write", "config derive-allowlist --write"] {
        assert_eq!(project.refused(line), (6, "clawlets::fleet::earlier_version".to_owned()), "{line}");
    }
}
