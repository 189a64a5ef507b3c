//! A fault as a user meets it: what happened, why, and what to do.

use std::error::Error;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::FaultCode;

/// What happened, in one sentence, with its causes and a hint. Every fallible verb of a program ends in one of these.
///
/// What `--json` prints of one can be read again, by a program that started another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(serialize_with = "code_text", deserialize_with = "known_code")]
    code: FaultCode,
    message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

fn code_text<S: serde::Serializer>(code: &FaultCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

fn known_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FaultCode, D::Error> {
    let text = String::deserialize(deserializer)?;
    let known = FaultCode::all().find(|code| code.as_str() == text);
    known.ok_or_else(|| de::Error::custom(format!("{text} is not a code of this release")))
}

impl Fault {
    /// A fault with its code and one sentence, without a full stop at its end.
    #[must_use]
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), causes: Vec::new(), hint: None }
    }

    /// A fault whose sentence is the error, and whose causes are the error's.
    #[must_use]
    pub fn of(code: FaultCode, error: &dyn Error) -> Self {
        let fault = Self::new(code, error.to_string());
        match error.source() {
            Some(cause) => fault.because(cause),
            None => fault,
        }
    }

    /// Adds an error and the chain of its sources as causes.
    #[must_use]
    pub fn because(mut self, error: &dyn Error) -> Self {
        let mut next = Some(error);
        while let Some(cause) = next {
            let text = cause.to_string();
            if self.causes.last() != Some(&text) {
                self.causes.push(text);
            }
            next = cause.source();
        }
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> FaultCode {
        self.code
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Why, outermost first.
    #[must_use]
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What to do next.
    #[must_use]
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}
