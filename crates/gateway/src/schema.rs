//! The schema of the pinned release.

use std::{io::Read, sync::LazyLock};

use clawlets_fleet::JsonPath;
use flate2::read::GzDecoder;
use jsonschema::Validator;
use serde_json::Value;

/// The release of OpenClaw whose schema is used.
pub const RELEASE: &str = "2026.9.6";

const COMPRESSED: &[u8] = include_bytes!("../data/openclaw-2026.9.6.schema.json.gz");
/// The most that is said of one value.
const LONGEST: usize = 300;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let mut text = String::new();
    GzDecoder::new(COMPRESSED).read_to_string(&mut text).expect("the schema was compressed with gzip");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
});

/// Something that the gateway would refuse to start with.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SchemaFault {
    /// Where it is.
    pub path: JsonPath,
    /// What is wrong, without the value, which may be a secret.
    pub message: String,
}

/// Everything in a configuration that the pinned release refuses. A reference `${NAME}` counts as a text.
#[must_use]
pub fn schema_faults(config: &Value) -> Vec<SchemaFault> {
    let fault = |error: jsonschema::ValidationError<'_>| {
        let place = error.instance_path().to_string();
        let segments: Vec<String> =
            place.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
        let message: String = error.masked_with("this value").to_string().chars().take(LONGEST).collect();
        SchemaFault { path: JsonPath::of(segments.iter().map(String::as_str)), message }
    };
    SCHEMA.iter_errors(config).map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_gateway_refuses_is_found_and_values_are_not_repeated() {
        assert_eq!(schema_faults(&json!({ "gateway": { "mode": "local" } })), []);
        let secret = "a value that is nobody's business";
        let faults = schema_faults(&json!({ "gateway": { "port": secret }, "gatway": {} }));
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.to_string()).collect();
        assert!(paths.contains(&"gateway.port".to_owned()) && paths.contains(&String::new()), "{faults:?}");
        assert!(faults.iter().all(|fault| !fault.message.contains(secret)), "{faults:?}");
    }
}
