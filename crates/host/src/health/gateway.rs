//! What a gateway says about itself. Its own health pages stay green while its channels are cut off, so they are not
//! asked.

use serde_json::Value;

/// Whether a gateway's health document shows one that works: every channel that says so is connected, and no plugin
/// failed to load.
pub(super) fn is_healthy(health: &Value) -> bool {
    let is_cut_off = |channel: &Value| channel["connected"] == Value::Bool(false);
    let has_channels = match &health["channels"] {
        Value::Object(channels) => !channels.values().any(is_cut_off),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
    };
    let has_plugins = match &health["plugins"]["errors"] {
        Value::Array(errors) => errors.is_empty(),
        Value::Object(errors) => errors.is_empty(),
        Value::Number(errors) => errors.as_u64() == Some(0),
        Value::Null => true,
        Value::Bool(_) | Value::String(_) => false,
    };
    health.is_object() && health["ok"] != Value::Bool(false) && has_channels && has_plugins
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_gateway_whose_channel_is_cut_off_or_whose_plugin_failed_does_not_work() {
        for (health, is_fine) in [
            (
                json!({ "ok": true, "channels": { "discord": { "connected": true } }, "plugins": { "errors": [] } }),
                true,
            ),
            (json!({ "ok": true, "channels": { "discord": { "connected": false } } }), false),
            (json!({ "ok": true, "plugins": { "errors": ["discord: cannot load"] } }), false),
            (json!({ "ok": false }), false),
            (json!({}), true),
            (json!("ok"), false),
        ] {
            assert_eq!(is_healthy(&health), is_fine, "{health}");
        }
    }
}
