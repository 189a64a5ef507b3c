//! The JSON object in a request, read field by field, so that one answer names everything that is wrong.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use clawlets_model::{LabelKey, LabelValue, label::Labels};
use serde_json::{Map, Value};

use super::problem::Problem;
use crate::cloud::{Failure, FieldError};

/// The longest request body, in bytes. User data may have 32 KiB, and JSON may escape every one of them.
pub(super) const MAX_BODY: usize = 512 * 1024;

/// The fields of a request. Unknown ones are ignored, as the vendor does.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    pub(super) fn new(values: Map<String, Value>) -> Self {
        Self { values, errors: Vec::new() }
    }

    /// The value of a field, unless it is missing or null.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// Notes that a field is wrong.
    pub(super) fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError { name: name.to_owned(), message: message.into() });
    }

    /// A text, if it is there.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.read(name, "must be a string", |value| value.as_str().map(str::to_owned))
    }

    /// A text that is not empty and must be there.
    pub(super) fn required_text(&mut self, name: &str) -> String {
        self.required(name);
        let text = self.text(name).unwrap_or_default();
        if text.is_empty() && self.value(name).is_some_and(Value::is_string) {
            self.refuse(name, "must not be empty");
        }
        text
    }

    /// A yes or no, if it is there.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        self.read(name, "must be true or false", Value::as_bool)
    }

    /// A number that is an id, if it is there.
    pub(super) fn id(&mut self, name: &str) -> Option<u64> {
        self.read(name, "must be a whole number", Value::as_u64)
    }

    /// A name, or an id as number or text, as text.
    pub(super) fn required_reference(&mut self, name: &str) -> String {
        self.required(name);
        self.reference(name).unwrap_or_default()
    }

    /// A name or id, if it is there.
    pub(super) fn reference(&mut self, name: &str) -> Option<String> {
        self.read(name, "must be a name or an id", reference)
    }

    /// Names or ids; none if it is missing.
    pub(super) fn references(&mut self, name: &str) -> Vec<String> {
        let read = |value: &Value| value.as_array()?.iter().map(reference).collect();
        self.read(name, "must be a list of names or ids", read).unwrap_or_default()
    }

    /// Objects; none if it is missing.
    pub(super) fn objects(&mut self, name: &str) -> Vec<Map<String, Value>> {
        let read = |value: &Value| value.as_array()?.iter().map(|one| one.as_object().cloned()).collect();
        self.read(name, "must be a list of objects", read).unwrap_or_default()
    }

    /// An object, if it is there.
    pub(super) fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        self.read(name, "must be an object", |value| value.as_object().cloned())
    }

    /// Texts; none if it is missing.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let read =
            |value: &Value| value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect();
        self.read(name, "must be a list of strings", read).unwrap_or_default()
    }

    /// Labels, if they are there.
    pub(super) fn labels(&mut self) -> Option<Labels> {
        let pairs = self.object("labels")?;
        let mut labels = Labels::new();
        for (key, value) in pairs {
            let parsed = value.as_str().ok_or_else(|| "must be a string".to_owned()).and_then(|value| {
                let key = LabelKey::parse(&key).map_err(|error| error.to_string())?;
                let value = LabelValue::parse(value).map_err(|error| error.to_string())?;
                Ok((key, value))
            });
            match parsed {
                Ok((key, value)) => drop(labels.insert(key, value)),
                Err(message) => self.refuse(&format!("labels.{key}"), message),
            }
        }
        Some(labels)
    }

    /// Whether everything that was read made sense.
    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Failure::InvalidInput { fields: self.errors }.into())
        }
    }

    fn required(&mut self, name: &str) {
        if self.value(name).is_none() {
            self.refuse(name, "Missing data for required field.");
        }
    }

    fn read<T>(&mut self, name: &str, expected: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.value(name)?;
        let read = read(value);
        if read.is_none() {
            self.refuse(name, expected);
        }
        read
    }
}

fn reference(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|id| id.to_string()))
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, state).await.map_err(|_| Problem::too_large(MAX_BODY))?;
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice(&body).map_err(|error| Problem::not_json(error.to_string()))? {
            Value::Object(values) => Ok(Self::new(values)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(Problem::not_json("the request body must be a JSON object"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: &Value) -> Fields {
        Fields::new(value.as_object().unwrap().clone())
    }

    #[test]
    fn one_answer_names_every_wrong_field() {
        let mut fields =
            fields(&json!({ "name": "", "image": [], "start": "yes", "labels": { "a b": "", "c": 1 } }));
        fields.required_text("name");
        fields.required_reference("image");
        fields.required_reference("server_type");
        fields.flag("start");
        fields.labels();
        let problem = fields.finish().unwrap_err();
        let named: Vec<&str> = problem.details["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, ["name", "image", "server_type", "start", "labels.a b", "labels.c"]);
    }

    #[test]
    fn null_is_like_missing_and_an_id_may_be_a_number_or_text() {
        let mut fields =
            fields(&json!({ "labels": null, "image": 7, "location": "nbg1", "ssh_keys": ["a", 1] }));
        assert_eq!(fields.labels(), None);
        assert_eq!(fields.required_reference("image"), "7");
        assert_eq!(fields.reference("location").as_deref(), Some("nbg1"));
        assert_eq!(fields.references("ssh_keys"), ["a", "1"]);
        fields.finish().unwrap();
    }
}
