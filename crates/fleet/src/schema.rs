//! The JSON Schema of the file, for editors.

use serde_json::{Value as Json, json};

use crate::{fleet::Fleet, form::Form};

impl Fleet {
    /// The name of the file that holds the JSON Schema, beside `clawlets.json`: what `$schema` names.
    pub const SCHEMA_FILE: &'static str = "clawlets.schema.json";

    /// The JSON Schema (draft 2020-12) of the current version. It comes from the same declarations as the reader. What
    /// needs two values to decide, such as a default host that must exist, is not in it.
    #[must_use]
    pub fn json_schema() -> Json {
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Clawlets fleet",
        });
        let body = <Self as Form>::schema();
        if let (Some(schema), Json::Object(body)) = (schema.as_object_mut(), body) {
            schema.extend(body);
        }
        schema["required"] = json!(["schemaVersion", "hosts"]);
        schema["properties"]["hosts"]["minProperties"] = json!(1);
        schema
    }
}
