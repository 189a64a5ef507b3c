//! From a type's schema to a table of its fields, those of the types inside of it included.

use schemars::{JsonSchema, schema_for};
use serde_json::{Map, Value};

/// A type's schema with those of the types that it is made of.
pub(super) struct Shape(Value);

impl Shape {
    pub(super) fn of<T: JsonSchema>() -> Self {
        Self(schema_for!(T).to_value())
    }

    /// A table of all fields, each by its path.
    pub(super) fn rows(&self) -> String {
        let mut page = "| Key | Form | Meaning |\n|---|---|---|\n".to_owned();
        self.add(&mut page, "", &self.0);
        page
    }

    fn add(&self, page: &mut String, path: &str, schema: &Value) {
        let none = Map::new();
        for (name, field) in schema["properties"].as_object().unwrap_or(&none) {
            let path = format!("{path}{name}");
            let (inner, suffix) = self.inner(field);
            let form = inner.map_or_else(|| form(self.behind(field)), |_| suffix.form().to_owned());
            page.push_str(&format!("| `{path}` | {form} | {} |\n", meaning(field)));
            if let Some(inner) = inner {
                self.add(page, &format!("{path}{}", suffix.path()), inner);
            }
        }
    }

    /// The type of fields that stands behind one, and how often.
    fn inner<'a>(&'a self, field: &'a Value) -> (Option<&'a Value>, Suffix) {
        let found =
            |value: &'a Value| Some(self.behind(value)).filter(|schema| schema["properties"].is_object());
        if let Some(inner) = field.get("items").and_then(found) {
            return (Some(inner), Suffix::Each);
        }
        if let Some(inner) =
            field.get("additionalProperties").filter(|values| values.is_object()).and_then(found)
        {
            return (Some(inner), Suffix::Named);
        }
        (found(field), Suffix::One)
    }

    /// What a reference leads to.
    fn behind<'a>(&'a self, field: &'a Value) -> &'a Value {
        let direct = field["$ref"].as_str();
        let choices = field["anyOf"].as_array();
        let optional = choices.and_then(|choices| choices.iter().find_map(|choice| choice["$ref"].as_str()));
        let all = field["allOf"].as_array().and_then(|parts| parts.first()?["$ref"].as_str());
        let name = direct.or(optional).or(all).and_then(|reference| reference.rsplit('/').next());
        name.map_or(field, |name| &self.0["$defs"][name])
    }
}

/// How often a type stands behind a field.
#[derive(Clone, Copy)]
enum Suffix {
    One,
    Each,
    Named,
}

impl Suffix {
    const fn path(self) -> &'static str {
        match self {
            Self::One => ".",
            Self::Each => "[].",
            Self::Named => ".NAME.",
        }
    }

    const fn form(self) -> &'static str {
        match self {
            Self::One => "table",
            Self::Each => "list",
            Self::Named => "table of tables",
        }
    }
}

/// What a value looks like, in a word.
fn form(schema: &Value) -> String {
    let words =
        schema["oneOf"].as_array().into_iter().flatten().filter_map(|choice| choice["const"].as_str());
    let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
    if !words.is_empty() {
        return words.join(" \\| ");
    }
    let kinds = schema["type"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let kind = schema["type"].as_str().or_else(|| kinds.into_iter().find(|kind| *kind != "null"));
    match (kind, schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => "time".to_owned(),
        (Some("array"), _) => format!("list of {}", form(&schema["items"])),
        (Some(kind), _) => kind.to_owned(),
        (None, _) => "any".to_owned(),
    }
}

fn meaning(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    // Links of the code's own documentation lead nowhere on a page.
    text.split("\n\n").next().unwrap_or_default().replace('\n', " ").replace(['[', ']'], "")
}
