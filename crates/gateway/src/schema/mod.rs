//! The schema of the pinned release.

mod dialect;
mod fault;

use std::{io::Read, sync::LazyLock};

use flate2::read::GzDecoder;
use jsonschema::Validator;
use serde_json::Value;

pub use fault::SchemaFault;

/// The release of OpenClaw whose schema is used.
pub const RELEASE: &str = "2026.9.6";

const COMPRESSED: &[u8] = include_bytes!("../../data/openclaw-2026.9.6.schema.json.gz");
/// The most faults that are told of one configuration.
const MOST: usize = 1_000;

/// The schema, and what holds documents against it.
struct Schema {
    document: Value,
    validator: Validator,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut text = String::new();
    GzDecoder::new(COMPRESSED).read_to_string(&mut text).expect("the schema was compressed with gzip");
    let mut document: Value = serde_json::from_str(&text).expect("the schema is JSON");
    dialect::translate(&mut document);
    let validator = jsonschema::validator_for(&document).expect("the schema is a JSON Schema");
    Schema { document, validator }
});

/// Everything in a configuration that the pinned release refuses, a thousand faults at most. What a text that refers to a
/// variable will be is not known, so that only its kind is looked at.
#[must_use]
pub fn schema_faults(config: &Value) -> Vec<SchemaFault> {
    let errors = SCHEMA.validator.iter_errors(config);
    errors.flat_map(|error| fault::described(&error, &SCHEMA.document)).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(config: &Value) -> Vec<(String, String)> {
        schema_faults(config).into_iter().map(|fault| (fault.path.to_string(), fault.message)).collect()
    }

    #[test]
    fn what_the_gateway_takes_has_no_faults() {
        for config in [
            json!({}),
            json!({ "gateway": { "mode": "local" } }),
            json!({ "hooks": { "mappings": [{ "forEach": "items" }] } }),
            json!({ "messages": { "queue": { "mode": "${MODE}" } }, "channels": { "discord": { "token": "${T}" } } }),
        ] {
            assert_eq!(faults(&config), [], "{config}");
        }
    }

    #[test]
    fn what_the_gateway_refuses_is_told_at_its_place() {
        let told = |path: &str, message: &str| (path.to_owned(), message.to_owned());
        for (config, expected) in [
            (
                json!({ "gatway": {} }),
                told("gatway", "is no setting of OpenClaw 2026.9.6; did you mean 'gateway'?"),
            ),
            (json!({ "gateway": { "port": "x" } }), told("gateway.port", "is not a whole number")),
            (json!({ "gateway": { "port": "${PORT}" } }), told("gateway.port", "is not a whole number")),
            (
                json!({ "gateway": { "mode": "lokal" } }),
                told("gateway.mode", "is not one of: \"local\", \"remote\""),
            ),
            (
                json!({ "messages": { "queue": { "mode": "queue" } } }),
                told(
                    "messages.queue.mode",
                    "is not one of: \"steer\", \"followup\", \"collect\", \"interrupt\"",
                ),
            ),
            (
                json!({ "gateway": { "bind": 7 } }),
                told(
                    "gateway.bind",
                    "is not one of: \"auto\", \"lan\", \"loopback\", \"custom\", \"tailnet\"",
                ),
            ),
            (
                json!({ "hooks": { "mappings": [{ "forEach": "a[b" }] } }),
                told("hooks.mappings.0.forEach", r"does not match ^[^.\[\]]+$"),
            ),
        ] {
            assert!(faults(&config).contains(&expected), "{config}: {:?}", faults(&config));
        }
    }

    #[test]
    fn values_are_not_repeated() {
        let secret = "a value that is nobody's business";
        let config = json!({
            "gateway": { "port": secret, "mode": secret, "auth": secret },
            "channels": { "discord": { "token": [secret], "dmPolicy": { "a": secret } }, "telegram": secret },
            "hooks": { "mappings": secret }, "models": { "providers": { "x": { "baseUrl": [secret], "api": secret } } },
            "secrets": { "providers": { "UPPER": { "source": secret } } },
        });
        let found = faults(&config);
        assert!(found.len() >= 6, "{found:?}");
        assert!(found.iter().all(|(_, message)| !message.contains(secret)), "{found:?}");
    }

    #[test]
    fn a_configuration_of_nothing_but_faults_is_cut() {
        let config: Value = (0..5_000).map(|at| (format!("key-{at}"), json!(1))).collect();
        assert_eq!(schema_faults(&config).len(), MOST);
    }
}
