//! From a type's schema to a table of its fields.

use schemars::{JsonSchema, Schema, schema_for};
use serde_json::{Map, Value};

/// One field of a type.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) form: String,
    pub(super) meaning: String,
    /// The name of the type that stands behind it, where that has fields of its own.
    pub(super) inner: Option<String>,
}

/// A type's schema with those of the types that it is made of.
pub(super) struct Shape {
    schema: Value,
}

impl Shape {
    pub(super) fn of<T: JsonSchema>() -> Self {
        let schema: Schema = schema_for!(T);
        Self { schema: schema.to_value() }
    }

    /// What the type is.
    pub(super) fn meaning(&self) -> String {
        first_paragraph(&self.schema)
    }

    /// The fields of the type itself.
    pub(super) fn fields(&self) -> Vec<Field> {
        self.fields_in(&self.schema)
    }

    /// The fields of one of the types that it is made of; none for a type without fields.
    pub(super) fn fields_of(&self, inner: &str) -> Vec<Field> {
        self.schema["$defs"].get(inner).map(|schema| self.fields_in(schema)).unwrap_or_default()
    }

    fn fields_in(&self, schema: &Value) -> Vec<Field> {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required: Vec<_> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        properties
            .iter()
            .map(|(name, property)| {
                let optional = if required.contains(&name.as_str()) { "" } else { "?" };
                Field {
                    name: format!("{name}{optional}"),
                    form: self.form(property),
                    meaning: first_paragraph(property),
                    inner: self.inner(property),
                }
            })
            .collect()
    }

    /// What a value looks like, in a few words.
    fn form(&self, property: &Value) -> String {
        if let Some(name) = reference(property) {
            let target = &self.schema["$defs"][name];
            return match words(target) {
                words if !words.is_empty() => words.join(" \\| "),
                _ if target["properties"].is_object() => format!("`{name}`"),
                _ => self.form(target),
            };
        }
        if let Some(choices) = property["anyOf"].as_array() {
            let forms: Vec<_> =
                choices.iter().filter(|c| c["type"] != "null").map(|c| self.form(c)).collect();
            return forms.join(" or ");
        }
        let kind = &property["type"];
        let first_of_several =
            || kind.as_array()?.iter().filter_map(Value::as_str).find(|kind| *kind != "null");
        let kind = kind.as_str().or_else(first_of_several);
        match kind {
            Some("array") => format!("list of {}", self.form(&property["items"])),
            Some("object") => match values(property) {
                Some(values) => format!("table of {}", self.form(values)),
                None => "table".to_owned(),
            },
            Some("string") if property["format"] == "date-time" => "time".to_owned(),
            Some(kind) => kind.to_owned(),
            None => "any".to_owned(),
        }
    }

    fn inner(&self, property: &Value) -> Option<String> {
        let behind = [Some(property), property.get("items"), values(property)];
        let name = behind.into_iter().flatten().find_map(reference)?;
        (!self.fields_of(name).is_empty()).then(|| name.to_owned())
    }
}

/// What the values of a map look like; its keys may be bound to a pattern.
fn values(property: &Value) -> Option<&Value> {
    let any = property.get("additionalProperties").filter(|values| values.is_object());
    any.or_else(|| property["patternProperties"].as_object()?.values().next())
}

fn reference(property: &Value) -> Option<&str> {
    let direct = property["$ref"].as_str();
    let optional = || property["anyOf"].as_array()?.iter().find_map(|choice| choice["$ref"].as_str());
    direct.or_else(optional)?.rsplit('/').next()
}

/// The words of an enumeration.
fn words(schema: &Value) -> Vec<String> {
    let listed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let described =
        schema["oneOf"].as_array().into_iter().flatten().filter_map(|choice| choice["const"].as_str());
    listed.chain(described).map(|word| format!("`{word}`")).collect()
}

fn first_paragraph(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    // Links of the code's own documentation lead nowhere on a page.
    text.split("\n\n").next().unwrap_or_default().replace('\n', " ").replace(['[', ']'], "")
}

/// The fields as rows of a table.
pub(super) fn rows(fields: &[Field]) -> String {
    let row = |field: &Field| format!("| `{}` | {} | {} |\n", field.name, field.form, field.meaning);
    fields.iter().map(row).collect()
}
