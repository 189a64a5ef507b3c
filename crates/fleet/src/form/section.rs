//! Objects with a fixed set of keys.

use serde_json::{Map, Value as Json, json};

/// Declares an object of the file: a type, its keys, their types, defaults and documentation.
///
/// `checked by` names a function that holds the values against each other when all of them are read.
macro_rules! section {
    (
        $(#[doc = $doc:literal])*
        $name:ident $(checked by $check:path)? {
            $($(#[doc = $field_doc:literal])* $field:ident: $type:ty = $key:literal or $default:expr;)*
        }
    ) => {
        $crate::form::form_struct! {
            $(#[doc = $doc])*
            $name $(checked by $check)? {
                $($(#[doc = $field_doc])* $field: $type = $key or $default;)*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }
    };
}

/// Declares an object of which some keys must be there.
macro_rules! entry {
    ($($body:tt)*) => { $crate::form::form_struct! { $($body)* } };
}

macro_rules! form_struct {
    (@read $fields:ident, $type:ty, $key:literal) => { $fields.required::<$type>($key) };
    (@read $fields:ident, $type:ty, $key:literal, $default:expr) => {
        Some($fields.value::<$type>($key).unwrap_or_else(|| $default))
    };
    (@default $type:ty) => { None };
    (@default $type:ty, $default:expr) => { Some(<$type as $crate::form::Form>::to_json(&$default)) };
    (
        $(#[doc = $doc:literal])*
        $name:ident $(checked by $check:path)? {
            $($(#[doc = $field_doc:literal])* $field:ident: $type:ty = $key:literal $(or $default:expr)?;)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[doc = $field_doc])* pub $field: $type,)*
        }

        impl $crate::form::Form for $name {
            fn read(node: &$crate::json::Node, reader: &mut $crate::form::Reader<'_>) -> Option<Self> {
                let mut fields = $crate::form::Fields::open(node, reader, &[$($key),*])?;
                $(let $field = $crate::form::form_struct!(@read fields, $type, $key $(, $default)?);)*
                let value = Self { $($field: $field?,)* };
                $($check(&value, &mut fields);)?
                Some(value)
            }

            fn schema() -> serde_json::Value {
                $crate::form::object_schema(&[$($doc),*], vec![$($crate::form::FieldForm {
                    key: $key,
                    doc: &[$($field_doc),*],
                    schema: <$type as $crate::form::Form>::schema(),
                    default: $crate::form::form_struct!(@default $type $(, $default)?),
                }),*])
            }

            fn to_json(&self) -> serde_json::Value {
                let mut object = serde_json::Map::new();
                $(object.insert($key.to_owned(), $crate::form::Form::to_json(&self.$field));)*
                serde_json::Value::Object(object)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&$crate::form::Form::to_json(self), serializer)
            }
        }
    };
}
pub(crate) use {entry, form_struct, section};

/// One key of an object for its schema.
pub(crate) struct FieldForm {
    pub(crate) key: &'static str,
    pub(crate) doc: &'static [&'static str],
    pub(crate) schema: Json,
    pub(crate) default: Option<Json>,
}

/// The schema of an object with these keys and no others.
pub(crate) fn object_schema(doc: &[&str], fields: Vec<FieldForm>) -> Json {
    let required: Vec<_> =
        fields.iter().filter(|field| field.default.is_none()).map(|field| field.key).collect();
    let mut properties = Map::new();
    for field in fields {
        let mut schema = field.schema;
        if let Json::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), prose(field.doc).into());
            if let Some(default) = field.default.filter(|default| !default.is_object()) {
                schema.insert("default".to_owned(), default);
            }
        }
        properties.insert(field.key.to_owned(), schema);
    }
    let mut object = json!({
        "type": "object",
        "description": prose(doc),
        "additionalProperties": false,
        "properties": properties,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// The lines of a documentation comment as prose, without its marks of code.
fn prose(lines: &[&str]) -> String {
    let text: Vec<_> = lines.iter().map(|line| line.trim()).collect();
    text.join(" ").replace('`', "'").trim().to_owned()
}
