//! Values that are texts with a grammar.

use serde_json::{Value as Json, json};

use super::{Form, Reader};
use crate::{json::Node, problem::ProblemCode};

/// A value with a grammar. White space around it is dropped, since people write these.
pub(crate) trait Text: Sized {
    /// Reads a text without white space around it; the error says what was expected.
    fn parse(text: &str) -> Result<Self, String>;

    /// The value as text.
    fn text(&self) -> String;

    /// The JSON Schema of the text.
    fn schema() -> Json;

    /// What is reported of a text that is none.
    const CODE: ProblemCode = ProblemCode::InvalidValue;

    /// What was probably meant by a text that is none.
    fn suggest(text: &str) -> Option<String> {
        let slug = clawlets_model::label::slug(text, text.len())?;
        (Self::parse(&slug).is_ok()).then_some(slug)
    }
}

impl<T: Text> Form for T {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(text) = node.text() else {
            reader.wrong_type(node, "a text");
            return None;
        };
        match T::parse(text.trim()) {
            Ok(value) => Some(value),
            Err(expected) => {
                reader.invalid(node, T::CODE, &expected, T::suggest(text));
                None
            }
        }
    }

    fn schema() -> Json {
        <T as Text>::schema()
    }

    fn to_json(&self) -> Json {
        Json::String(self.text())
    }
}

/// A value that may be left out, which the empty text says as well.
impl<T: Text> Form for Option<T> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if node.text().is_some_and(|text| text.trim().is_empty()) {
            return Some(None);
        }
        T::read(node, reader).map(Some)
    }

    fn schema() -> Json {
        json!({ "anyOf": [{ "const": "" }, <T as Text>::schema()] })
    }

    fn to_json(&self) -> Json {
        Json::String(self.as_ref().map(T::text).unwrap_or_default())
    }
}

/// Any text.
impl Text for String {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
    fn text(&self) -> String {
        self.clone()
    }
    fn schema() -> Json {
        json!({ "type": "string" })
    }
}

/// Makes a type of the model a value of the file: its `parse` has an [`clawlets_model::ident::InvalidName`] as error, and
/// its schema is the one that the model gives it.
macro_rules! text_form {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::form::Text for $type {
            fn parse(text: &str) -> Result<Self, String> {
                <$type>::parse(text).map_err(|error| error.expected.to_owned())
            }
            fn text(&self) -> String {
                self.to_string()
            }
            fn schema() -> serde_json::Value {
                let mut generator = schemars::SchemaGenerator::default();
                <$type as schemars::JsonSchema>::json_schema(&mut generator).to_value()
            }
        }
    )+};
}
pub(crate) use text_form;
