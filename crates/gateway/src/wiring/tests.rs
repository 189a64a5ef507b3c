//! What bots need, what they are given, and what is proposed.

use clawlets_fleet::Fleet;
use clawlets_model::BotId;

use super::{allowlist, needs, wire};

fn fleet(shared: &str) -> Fleet {
    let text = format!(r#"{{"schemaVersion": 13, "fleet": {shared}, "hosts": {{"h1": {{}}}}}}"#);
    Fleet::read(&text).unwrap_or_else(|error| panic!("{error:?}")).fleet
}

/// Each proposal in short: bot, variable, secret, the map's path, and `allow` where the bot's list lacks it.
fn proposed(fleet: &Fleet) -> Vec<String> {
    let text = |proposal: super::Proposal| {
        let mapping = proposal.mapping.map(|(place, secret)| format!("{secret} in {place}"));
        let allow = proposal.allowlist.map(|_| "allow".to_owned());
        let parts = [Some(proposal.variable.to_string()), mapping, allow];
        format!("{}: {}", proposal.bot, parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    wire(fleet).into_iter().map(text).collect()
}

fn needed(openclaw: &str) -> Vec<String> {
    let fleet = fleet(&format!(r#"{{"botOrder": ["a"], "bots": {{"a": {{"openclaw": {openclaw}}}}}}}"#));
    let bot = &fleet.shared.bots[&BotId::parse("a").unwrap()];
    let names = needs(&fleet, bot).into_iter().map(|need| need.variable.to_string());
    names.filter(|name| name != "OPENCLAW_GATEWAY_TOKEN").collect()
}

#[test]
fn each_variable_without_a_secret_gets_a_proposal_where_it_belongs() {
    let fleet = fleet(
        r#"{"botOrder": ["maren"], "bots": {"maren": {"openclaw": {
            "channels": {"telegram": {"enabled": true}},
            "hooks": {"token": "${HOOK_TOKEN}", "path": "$${LITERAL}"},
            "agents": {"defaults": {"model": {"primary": "zai/glm-4.7", "fallbacks": ["anthropic/claude"]}}}
        }, "profile": {"skills": {"entries": {"lab": {"apiKey": "${LAB_KEY}"}}}}}}}"#,
    );
    let own = "fleet.bots.maren.profile.secretEnv";
    let expected = [
        "maren: ANTHROPIC_API_KEY anthropic_api_key in fleet.secretEnv".to_owned(),
        format!("maren: HOOK_TOKEN hook_token_maren in {own}"),
        format!("maren: LAB_KEY lab_key_maren in {own}"),
        format!("maren: OPENCLAW_GATEWAY_TOKEN gateway_token_maren in {own}"),
        format!("maren: TELEGRAM_BOT_TOKEN telegram_token_maren in {own}"),
        "maren: ZAI_API_KEY z_ai_api_key in fleet.secretEnv".to_owned(),
    ];
    assert_eq!(proposed(&fleet), expected);
}

#[test]
fn a_provider_with_a_credential_gets_no_second_one_and_what_is_shared_is_mapped_once() {
    let fleet = fleet(
        r#"{"secretEnv": {"ANTHROPIC_OAUTH_TOKEN": "a"}, "botOrder": ["a", "b", "c"], "bots": {
            "a": {"openclaw": {"agents": {"defaults": {"model": "anthropic/claude"}}}, "profile": {"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "x"}}},
            "b": {"openclaw": {"agents": {"defaults": {"model": "zai/glm"}}}, "profile": {"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "y"}}},
            "c": {"openclaw": {"agents": {"defaults": {"model": "zai/glm"}}}, "profile": {"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "z"}}}
        }}"#,
    );
    assert_eq!(proposed(&fleet), ["b: ZAI_API_KEY z_ai_api_key in fleet.secretEnv"]);
}

#[test]
fn a_reference_needs_the_variable_that_it_names() {
    let fleet = fleet(
        r#"{"secretEnv": {"ANTHROPIC_OAUTH_TOKEN": "a"}, "botOrder": ["a"], "bots": {"a": {
            "openclaw": {"models": {"providers": {"anthropic": {"apiKey": "${ANTHROPIC_API_KEY}"}}},
                         "agents": {"defaults": {"model": "anthropic/claude"}}},
            "profile": {"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "x"}}
        }}}"#,
    );
    assert_eq!(proposed(&fleet), ["a: ANTHROPIC_API_KEY anthropic_api_key in fleet.secretEnv"]);
}

#[test]
fn models_and_chats_are_found_wherever_they_stand() {
    for (openclaw, expected) in [
        (r#"{"channels": {"discord": {"enabled": false}, "defaults": {}}}"#, &[][..]),
        (r#"{"channels": {"discord": {"token": "${MY_TOKEN}"}}}"#, &["MY_TOKEN"]),
        (r#"{"channels": {"slack": {}}}"#, &["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"]),
        (r#"{"channels": {"slack": {"mode": "http"}}}"#, &["SLACK_BOT_TOKEN"]),
        (r#"{"channels": {"telegram": {"accounts": {"x": {"tokenFile": "/t"}}}}}"#, &[]),
        (
            r#"{"agents": {"entries": {"x": {"model": "groq/llama"}}, "defaults": {"imageModel": {"primary": "google/g"}}}}"#,
            &["GEMINI_API_KEY", "GROQ_API_KEY"],
        ),
        (r#"{"hooks": {"mappings": [{"model": "xai/grok"}]}}"#, &["XAI_API_KEY"]),
        (
            r#"{"agents": {"defaults": {"model": "local/any"}}, "models": {"providers": {"local": {"baseUrl": "http://127.0.0.1"}}}}"#,
            &[],
        ),
        (
            r#"{"agents": {"defaults": {"model": "openai/gpt"}}, "models": {"providers": {"openai": {"apiKey": "${K}"}}}}"#,
            &["K"],
        ),
        (
            r#"{"models": {"providers": {"openai": {"apiKey": {"source": "env", "provider": "default", "id": "FROM_ENV"}}}}}"#,
            &["FROM_ENV"],
        ),
        (
            r#"{"env": {"vars": {"A": "1", "B": "${C}", "C": "${B}", "D": "${D}"}}, "ui": ["${A}", "${B}", "${D}"]}"#,
            &["B", "C", "D"],
        ),
    ] {
        assert_eq!(needed(openclaw), expected, "{openclaw}");
    }
}

#[test]
fn what_the_host_gives_needs_no_secret() {
    assert_eq!(needed(r#"{"ui": ["${HOME}/x", "${XDG_RUNTIME_DIR}", "${GITHUB_TOKEN}"]}"#), ["GITHUB_TOKEN"]);
    let fleet = fleet(
        r#"{"botOrder": ["a"], "bots": {"a": {"openclaw": {"ui": "${GITHUB_TOKEN}"}, "profile": {
            "github": {"appId": 1, "installationId": 2, "privateKeySecret": "key"},
            "secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "t"}
        }}}}"#,
    );
    assert_eq!(proposed(&fleet), Vec::<String>::new());
}

#[test]
fn a_list_of_variables_gives_a_bot_what_it_needs_and_no_more() {
    let fleet = fleet(
        r#"{"secretEnv": {"ANTHROPIC_OAUTH_TOKEN": "a", "OTHER": "o", "ZAI_API_KEY": "z"}, "botOrder": ["a"], "bots": {"a": {
            "openclaw": {"agents": {"defaults": {"model": {"primary": "anthropic/c", "fallbacks": ["zai/g"]}}}},
            "profile": {"secretEnv": {"MINE": "m", "OPENCLAW_GATEWAY_TOKEN": "x"}, "secretEnvAllowlist": ["ANTHROPIC_OAUTH_TOKEN"]}
        }}}"#,
    );
    let bot = &fleet.shared.bots[&BotId::parse("a").unwrap()];
    let names: Vec<_> = allowlist(&fleet, bot).iter().map(ToString::to_string).collect();
    assert_eq!(names, ["ANTHROPIC_OAUTH_TOKEN", "MINE", "OPENCLAW_GATEWAY_TOKEN", "ZAI_API_KEY"]);
    assert_eq!(proposed(&fleet), ["a: OPENCLAW_GATEWAY_TOKEN allow", "a: ZAI_API_KEY allow"]);
}

#[test]
fn a_variable_of_any_name_has_a_secret_of_a_valid_one() {
    let long = "X".repeat(128);
    let fleet = fleet(&format!(
        r#"{{"botOrder": ["abcdefghijklmnopqrstuvwxyz0"], "bots": {{"abcdefghijklmnopqrstuvwxyz0": {{"openclaw": {{"ui": ["${{{long}}}", "${{_A}}", "${{_}}", "${{_1}}"]}}}}}}}}"#
    ));
    let secrets: Vec<_> = wire(&fleet)
        .into_iter()
        .filter_map(|proposal| proposal.mapping)
        .map(|(_, secret)| secret.to_string())
        .collect();
    assert_eq!(secrets.len(), 5, "{secrets:?}");
    assert!(secrets.contains(&"a_abcdefghijklmnopqrstuvwxyz0".to_owned()), "{secrets:?}");
    let distinct: std::collections::BTreeSet<_> = secrets.iter().collect();
    assert_eq!(distinct.len(), 5, "{secrets:?}");
}

#[test]
fn a_bot_that_names_no_model_needs_the_key_of_its_hosts() {
    let fleet = |openclaw: &str| {
        let text = format!(
            r#"{{"schemaVersion": 13, "fleet": {{"botOrder": ["a"], "bots": {{"a": {{"openclaw": {openclaw}, "profile": {{"secretEnv": {{"OPENCLAW_GATEWAY_TOKEN": "t"}}}}}}}}}},
                "hosts": {{"h1": {{"agentModelPrimary": "zai/glm"}}, "h2": {{"agentModelPrimary": "openai/gpt"}}}}}}"#
        );
        Fleet::read(&text).unwrap_or_else(|error| panic!("{error:?}")).fleet
    };
    let expected = [
        "a: OPENAI_API_KEY openai_api_key in fleet.secretEnv",
        "a: ZAI_API_KEY z_ai_api_key in fleet.secretEnv",
    ];
    assert_eq!(proposed(&fleet("{}")), expected);
    let expected = ["a: GROQ_API_KEY groq_api_key in fleet.secretEnv"];
    assert_eq!(proposed(&fleet(r#"{"agents": {"defaults": {"model": "groq/x"}}}"#)), expected);
}
