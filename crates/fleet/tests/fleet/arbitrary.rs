//! Documents made by chance: of the right keys with values that are sometimes wrong.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON, with keys that the declaration uses now and then.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-5_i64..20_000).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "schemaVersion",
        "hosts",
        "fleet",
        "cattle",
        "bots",
        "botOrder",
        "profile",
        "openclaw",
        "clawdbot",
        "selfUpdate",
        "hetzner",
        "cache",
        "netrc",
        "labels",
        "secretEnv",
        "secretFiles",
        "modelSecrets",
        "guildId",
        "web-1",
        "maren",
        "health",
        "baseUrl",
        "publicKeys",
        "channels",
        "discord",
        "token",
        "x.y",
        "",
    ])
    .prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9_/.:-]{0,12}",
        "\\PC{0,6}",
        Just("https://example.com".to_owned()),
        Just("2h".to_owned())
    ]
}

/// A document of an earlier version that can be read, with its earlier forms.
pub(crate) fn earlier_document() -> impl Strategy<Value = Value> {
    let switch = any::<bool>;
    let secret = || "[a-z]{1,8}(_oauth)?";
    let host = (
        prop::option::of(prop::collection::vec("ssh-ed25519 AAAA[a-c]", 0..3)),
        prop::option::of((switch(), secret(), 1..9_000_u32)),
        prop::option::of(("(30min|1h|45m|1h 30min|daily)?", "(https://example\\.com/x)?", "(K[0-9])?", "(a\\.service)?")),
        prop::option::of(switch()),
    )
        .prop_map(|(keys, netrc, update, public)| {
            let mut host = json!({});
            if let Some(keys) = keys {
                host["sshAuthorizedKeys"] = json!(keys);
            }
            if let Some((enable, secret, ttl)) = netrc {
                let private = json!({ "enable": enable, "netrcSecret": secret, "narinfoCachePositiveTtl": ttl });
                host["cache"] = json!({ "garnix": { "private": private } });
            }
            if let Some((interval, url, key, unit)) = update {
                host["selfUpdate"] = json!({
                    "interval": if interval.is_empty() || interval == "daily" { "30min".to_owned() } else { interval },
                    "manifestUrl": url, "publicKey": key, "signatureUrl": "", "healthCheckUnit": unit,
                });
            }
            if let Some(public) = public {
                host["publicSsh"] = json!({ "enable": public });
            }
            host
        });
    let bot = (prop::option::of(secret()), prop::option::of(switch()), prop::option::of(secret())).prop_map(
        |(token, discord, model)| {
            let mut bot = json!({ "profile": {} });
            if let Some(token) = token {
                bot["profile"]["discordTokenSecret"] = json!(token);
            }
            if let Some(model) = model {
                bot["profile"]["modelSecrets"] = json!({ "openai": model });
            }
            if let Some(enabled) = discord {
                bot["clawdbot"] = json!({ "channels": { "discord": { "enabled": enabled } } });
            }
            bot
        },
    );
    (
        8..=12_u32,
        prop::collection::hash_map("[a-h][a-z0-9]{0,4}", host, 1..4),
        prop::collection::hash_map("[a-h][a-z]{0,4}", bot, 0..3),
        prop::option::of("[0-9]{1,9}"),
        prop::collection::hash_map("(zai|openai|anthropic|my-lab)", secret(), 0..3),
        prop::option::of(prop::collection::hash_map(
            "(ANTHROPIC_API_KEY|ANTHROPIC_OAUTH_TOKEN|OTHER)",
            secret(),
            0..3,
        )),
    )
        .prop_map(|(version, hosts, bots, guild, models, env)| {
            let order: Vec<_> = bots.keys().cloned().collect();
            let mut fleet =
                json!({ "bots": bots, "botOrder": order, "codex": { "enable": false, "bots": [] } });
            if let Some(guild) = guild {
                fleet["guildId"] = json!(guild);
            }
            if !models.is_empty() {
                fleet["modelSecrets"] = json!(models);
            }
            if let Some(env) = env {
                fleet["envSecrets"] = json!(env);
            }
            json!({ "fleet": fleet, "schemaVersion": version, "hosts": hosts })
        })
}
