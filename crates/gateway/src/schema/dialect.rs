//! The schema as it is written, in the dialect that the validator reads.
//!
//! Patterns are those of JavaScript. Within brackets JavaScript takes `[`, `&&`, `--` and `~~` as they are; here they would
//! begin another class or combine two. And `\0` is the character zero there, and none here.
//!
//! The schemas of plugins are set into that of the gateway as they are. What they refer to as `#/$defs/NAME` stands in
//! their own definitions, not in those of the whole.
//!
//! It describes a configuration with every default filled in, so that what has a default counts as required. In a file it
//! is not.

use serde_json::{Map, Value};

/// Rewrites every pattern, every reference and every list of what is required.
pub(crate) fn translate(schema: &mut Value) {
    rewrite(schema, "", "");
}

/// Rewrites what stands at a pointer. `root` is the pointer of the schema that references are relative to.
fn rewrite(schema: &mut Value, here: &str, root: &str) {
    let root = if schema.get("$defs").is_some() { here } else { root };
    match schema {
        Value::Object(keywords) => {
            let defaults = with_defaults(keywords);
            for (keyword, value) in keywords {
                match (keyword.as_str(), value) {
                    ("pattern", Value::String(pattern)) => *pattern = escaped(pattern),
                    ("$ref", Value::String(target)) if target.starts_with("#/") => {
                        target.insert_str(1, root);
                    }
                    ("required", Value::Array(names)) => {
                        names.retain(|name| !defaults.iter().any(|default| name == default));
                    }
                    (keyword, value) => {
                        let key = keyword.replace('~', "~0").replace('/', "~1");
                        rewrite(value, &format!("{here}/{key}"), root);
                    }
                }
            }
        }
        Value::Array(schemas) => {
            for (at, schema) in schemas.iter_mut().enumerate() {
                rewrite(schema, &format!("{here}/{at}"), root);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The properties of a schema that have a default.
fn with_defaults(keywords: &Map<String, Value>) -> Vec<String> {
    let properties = keywords.get("properties").and_then(Value::as_object).into_iter().flatten();
    let defaults = properties.filter(|(_, schema)| schema.get("default").is_some());
    defaults.map(|(name, _)| name.clone()).collect()
}

/// A pattern with a backslash before each character that only JavaScript takes literally within brackets.
fn escaped(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                match chars.next() {
                    Some('0') => written.push_str(r"\x00"),
                    next => written.extend([c].into_iter().chain(next)),
                }
                continue;
            }
            '[' if in_class => written.push('\\'),
            '[' => in_class = true,
            ']' => in_class = false,
            '&' | '~' | '-' if in_class && chars.peek() == Some(&c) => written.push('\\'),
            _ => {}
        }
        written.push(c);
    }
    written
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_plugin_refers_to_is_its_own() {
        let mut schema = json!({ "properties": { "a/b": {
            "$defs": { "x": { "type": "string" } }, "items": [{ "$ref": "#/$defs/x" }],
        } } });
        translate(&mut schema);
        let target = &schema["properties"]["a/b"]["items"][0]["$ref"];
        assert_eq!(target, "#/properties/a~1b/$defs/x");
    }

    #[test]
    fn what_has_a_default_is_not_required() {
        let mut schema = json!({
            "required": ["a", "b", "c"], "properties": { "a": { "default": 1 }, "b": { "type": "string" } },
        });
        translate(&mut schema);
        assert_eq!(schema["required"], json!(["b", "c"]));
    }

    #[test]
    fn what_javascript_takes_literally_is_escaped() {
        for (javascript, ours) in [
            (r"^[^.[\]]+$", r"^[^.\[\]]+$"),
            (r"[a&&b]--[~~]", r"[a\&&b]--[\~~]"),
            (r"\[[a-z\[]", r"\[[a-z\[]"),
            (r"^[^\0]*\\0$", r"^[^\x00]*\\0$"),
            (r"^(?!\s)[^\p{Cs}]{1,128}$", r"^(?!\s)[^\p{Cs}]{1,128}$"),
        ] {
            assert_eq!(escaped(javascript), ours, "{javascript}");
        }
    }
}
