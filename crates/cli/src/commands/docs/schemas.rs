//! JSON Schemas of what people write.

use clawlets_fleet::Fleet;
use clawlets_model::{persona::PersonaConfig, task::TaskDocument};
use schemars::JsonSchema;

/// The schema of a task.
pub(super) fn task() -> String {
    schema::<TaskDocument>()
}

/// The schema of a persona's `config.json`.
pub(super) fn persona() -> String {
    schema::<PersonaConfig>()
}

/// The schema of `fleet/clawlets.json`.
pub(super) fn fleet() -> String {
    let text = serde_json::to_string_pretty(&Fleet::json_schema()).expect("a schema has only text keys");
    format!("{text}\n")
}

fn schema<T: JsonSchema>() -> String {
    let text =
        serde_json::to_string_pretty(&schemars::SchemaGenerator::default().into_root_schema_for::<T>())
            .expect("a schema has only text keys");
    format!("{text}\n")
}
