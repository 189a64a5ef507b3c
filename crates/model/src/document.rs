//! Strict reading of JSON that people write: where the fault is, and what was probably meant.

use serde::de::DeserializeOwned;
use thiserror::Error;

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{message}", self.place())]
pub struct DocumentError {
    /// The JSON path of the fault, such as `inputs[0].name`; empty for the document itself.
    pub path: String,
    /// One-based line, where it is known.
    pub line: Option<usize>,
    /// One-based column, where it is known.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// The known key that was probably meant.
    pub suggestion: Option<String>,
}

impl DocumentError {
    /// A fault at a path that was found after parsing.
    #[must_use]
    pub fn at(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, column: None, message: message.into(), suggestion: None }
    }

    fn place(&self) -> String {
        match (self.path.as_str(), self.line, self.column) {
            ("", Some(line), Some(column)) => format!("line {line}, column {column}: "),
            ("", _, _) => String::new(),
            (path, Some(line), Some(column)) => format!("{path} (line {line}, column {column}): "),
            (path, _, _) => format!("{path}: "),
        }
    }
}

/// Reads a JSON document of type `T`.
///
/// # Errors
/// [`DocumentError`] with the path and position of the first fault.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." => String::new(),
            path => path,
        };
        describe(error.inner(), path)
    })?;
    deserializer.end().map_err(|error| describe(&error, String::new()))?;
    Ok(value)
}

/// Reads a JSON value that has been parsed already. There is no position then, only a path.
///
/// # Errors
/// As [`from_json`].
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, DocumentError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." => String::new(),
            path => path,
        };
        describe(error.inner(), path)
    })
}

fn describe(error: &serde_json::Error, path: String) -> DocumentError {
    let text = error.to_string();
    let message = match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    };
    let position = |n: usize| (n > 0).then_some(n);
    DocumentError {
        path,
        line: position(error.line()),
        column: position(error.column()),
        suggestion: suggest(&message),
        message,
    }
}

/// The known name that is closest to the unknown one in a message of serde's: ``unknown field `x`, expected …``.
#[must_use]
pub fn suggest(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return None;
    }
    let unknown = quoted.next()?;
    nearest(unknown, quoted).map(str::to_owned)
}

/// The candidate that is most like `unknown`, if any is like it at all.
#[must_use]
pub fn nearest<'a>(unknown: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| {
            (strsim::jaro_winkler(&unknown.to_lowercase(), &candidate.to_lowercase()), candidate)
        })
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Sample {
        #[expect(dead_code, reason = "only its name matters here")]
        task_id: String,
    }

    #[test]
    fn an_unknown_key_names_its_place_and_the_nearest_known_one() {
        let error = from_json::<Sample>(b"{\n  \"taskID\": \"a\" }").unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("taskId"));
        assert_eq!(error.line, Some(2));
        assert_eq!(
            error.to_string(),
            "taskID (line 2, column 10): unknown field `taskID`, expected `task_id`"
                .replace("task_id", "taskId")
        );
    }

    #[test]
    fn text_behind_the_document_is_refused() {
        assert!(from_json::<Sample>(b"{\"taskId\":\"a\"} {}").unwrap_err().message.contains("trailing"));
    }
}
