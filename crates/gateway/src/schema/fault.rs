//! A fault against the schema, in words.

use clawlets_fleet::{JsonPath, variables_in};
use clawlets_model::document::nearest;
use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;

use super::RELEASE;

/// The most characters that are said of one value.
const LONGEST: usize = 300;

/// Something that the gateway would refuse to start with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// Where it is.
    pub path: JsonPath,
    /// What is wrong, in words that fit behind the path. It never holds the value, which may be a secret.
    pub message: String,
}

/// What is wrong, once for each place. Nothing where only the value of a variable can decide.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds are those of another library, and few are told apart"
)]
pub(super) fn described(error: &ValidationError<'_>, schema: &Value) -> Vec<SchemaFault> {
    let path = place(error);
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_keys(error, schema);
            unexpected.iter().map(|key| unknown(&path, key, &known)).collect()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } if options(context).is_none() => {
            match nearest_form(context, &path) {
                Some(errors) => errors.iter().flat_map(|error| described(error, schema)).collect(),
                None => one(error, path, "has none of the forms that are possible here"),
            }
        }
        Kind::PropertyNames { error: name } => {
            let key = name.instance().as_str().unwrap_or_default().to_owned();
            one(error, path.child(&key), &format!("is a key that {}", message(name)))
        }
        _ => one(error, path, &message(error)),
    }
}

fn one(error: &ValidationError<'_>, path: JsonPath, message: &str) -> Vec<SchemaFault> {
    let refers = error.instance().as_str().is_some_and(|text| variables_in(text).next().is_some());
    if refers && !matches!(error.kind(), Kind::Type { .. }) {
        return Vec::new();
    }
    vec![SchemaFault { path, message: message.chars().take(LONGEST).collect() }]
}

fn place(error: &ValidationError<'_>) -> JsonPath {
    let pointer = error.instance_path().to_string();
    let keys: Vec<_> =
        pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    JsonPath::of(keys.iter().map(String::as_str))
}

fn unknown(path: &JsonPath, key: &str, known: &[&str]) -> SchemaFault {
    let message = match nearest(key, known.iter().copied()) {
        _ if key == "$include" => {
            "is not followed: the settings of a bot stand in the fleet's declaration".to_owned()
        }
        Some(near) => format!("is no setting of OpenClaw {RELEASE}; did you mean '{near}'?"),
        None => format!("is no setting of OpenClaw {RELEASE}"),
    };
    SchemaFault { path: path.child(key), message }
}

/// The keys that the schema knows where it met one that it does not.
fn known_keys<'s>(error: &ValidationError<'_>, schema: &'s Value) -> Vec<&'s str> {
    let place = error.schema_path().to_string();
    let object = place.rsplit_once('/').map_or("", |(object, _)| object);
    let properties = schema.pointer(object).and_then(|object| object.get("properties")?.as_object());
    properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

/// The values among which one can be chosen, if that is what all forms come to.
fn options(forms: &[Vec<ValidationError<'_>>]) -> Option<Vec<Value>> {
    let mut found = Vec::new();
    for errors in forms {
        // A value of another kind is said to be that as well.
        let kinds =
            errors.iter().map(ValidationError::kind).filter(|kind| !matches!(kind, Kind::Type { .. }));
        match kinds.collect::<Vec<_>>().as_slice() {
            [Kind::Constant { expected_value }] => found.push(expected_value.clone()),
            [Kind::Enum { options: Value::Array(values) }] => found.extend(values.iter().cloned()),
            [Kind::AnyOf { context }] => found.extend(options(context)?),
            _ => return None,
        }
    }
    Some(found)
}

/// The one form that was probably meant: the only one of the value's kind, and of what it says that it is.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds are those of another library, and few are told apart"
)]
fn nearest_form<'e>(
    forms: &'e [Vec<ValidationError<'static>>],
    path: &JsonPath,
) -> Option<&'e [ValidationError<'static>]> {
    let is_other = |error: &ValidationError<'_>| match error.kind() {
        Kind::Constant { .. } => true,
        Kind::Type { .. } | Kind::Enum { .. } => place(error) == *path,
        _ => false,
    };
    let mut near = forms.iter().filter(|errors| !errors.iter().any(is_other));
    match (near.next(), near.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds are those of another library, and few are told apart"
)]
fn message(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Type { kind: TypeKind::Single(kind) } => format!("is not {}", called(*kind)),
        Kind::Type { kind: TypeKind::Multiple(kinds) } => {
            let kinds: Vec<_> = kinds.iter().map(called).collect();
            format!("is not {}", kinds.join(" or "))
        }
        Kind::Enum { options: Value::Array(values) } => among(values),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match options(context) {
            Some(values) => among(&values),
            None => "has none of the forms that are possible here".to_owned(),
        },
        Kind::Constant { expected_value } => format!("is not {expected_value}"),
        Kind::Required { property } => format!("lacks {property}"),
        Kind::Pattern { pattern } => format!("does not match {pattern}"),
        Kind::Format { format } => format!("is not of the form '{format}'"),
        // Everything else says what was expected, and takes a word for the value.
        _ => {
            let masked = error.masked_with("").to_string();
            masked.trim_start().to_owned()
        }
    }
}

fn among(values: &[Value]) -> String {
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    format!("is not one of: {}", values.join(", "))
}

const fn called(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a text",
    }
}
