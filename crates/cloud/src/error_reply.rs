//! What an answer with an error means.

use clawlets_model::Scrubber;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{CloudError, InvalidField};

/// The longest text of the provider that is passed on, in characters.
const LONGEST_MESSAGE: usize = 300;
/// How many fields or limits are passed on.
const MOST_DETAILS: usize = 20;

/// An answer whose status is not a success.
pub(crate) struct ErrorReply<'a> {
    /// What was tried.
    pub(crate) tried: &'a str,
    /// Its status.
    pub(crate) status: u16,
    /// When requests are welcome again, if the answer said so.
    pub(crate) reset: Option<Timestamp>,
    /// Its body.
    pub(crate) body: &'a [u8],
    /// Takes out what must not be repeated.
    pub(crate) scrubber: &'a Scrubber,
}

#[derive(Default, Deserialize)]
struct Envelope {
    error: Fault,
}

#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    code: String,
    message: Option<String>,
    /// Its shape depends on the code, and some codes have none.
    #[serde(default)]
    details: serde_json::Value,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    limits: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(default)]
    name: String,
    #[serde(default)]
    messages: Vec<String>,
}

impl ErrorReply<'_> {
    /// The error by the provider's code, or by the status where there is none.
    ///
    /// A 404 counts as "no such thing" only in the provider's own words: the page of a proxy or a wrong base URL must
    /// not make a server look deleted.
    pub(crate) fn meaning(&self) -> CloudError {
        let fault = serde_json::from_slice::<Envelope>(self.body).unwrap_or_default().error;
        let tried = self.tried.to_owned();
        let message = self.plain(fault.message.as_deref().unwrap_or("no message"));
        if self.status >= 500 {
            return CloudError::Server { tried, status: self.status, message };
        }
        let details: Details = serde_json::from_value(fault.details).unwrap_or_default();
        match (fault.code.as_str(), self.status) {
            ("unauthorized", _) | ("", 401) => CloudError::Unauthorized { tried },
            ("resource_limit_exceeded", _) => {
                CloudError::ResourceLimit { tried, limits: self.names(details.limits) }
            }
            ("protected", _) => CloudError::Protected { tried },
            ("forbidden" | "token_readonly", _) | (_, 403) => CloudError::Forbidden { tried, message },
            ("not_found", _) => CloudError::NotFound { tried, message },
            ("uniqueness_error", _) => {
                CloudError::UniquenessConflict { tried, fields: self.names(details.fields) }
            }
            ("resource_in_use", _) => CloudError::ResourceInUse { tried, message },
            ("conflict", _) | (_, 409) => CloudError::Conflict { tried, message },
            ("locked", _) | (_, 423) => CloudError::Locked { tried },
            ("rate_limit_exceeded", _) | (_, 429) => CloudError::RateLimited { tried, reset: self.reset },
            ("resource_unavailable" | "placement_error" | "no_space_left_in_location", _) => {
                CloudError::OutOfCapacity { tried, message }
            }
            ("invalid_input" | "json_error", _) => {
                CloudError::InvalidInput { tried, message, fields: self.fields(details.fields) }
            }
            (code, status) => CloudError::Refused { tried, status, code: self.plain(code), message },
        }
    }

    fn names(&self, fields: Vec<Field>) -> Vec<String> {
        fields.into_iter().take(MOST_DETAILS).map(|field| self.plain(&field.name)).collect()
    }

    fn fields(&self, fields: Vec<Field>) -> Vec<InvalidField> {
        let messages =
            |texts: Vec<String>| texts.iter().take(MOST_DETAILS).map(|text| self.plain(text)).collect();
        fields
            .into_iter()
            .take(MOST_DETAILS)
            .map(|field| InvalidField { name: self.plain(&field.name), messages: messages(field.messages) })
            .collect()
    }

    fn plain(&self, text: &str) -> String {
        plain(self.scrubber, text)
    }
}

/// A text of the provider, fit for a message: without secrets and control characters, and not too long.
pub(crate) fn plain(scrubber: &Scrubber, text: &str) -> String {
    // Scrubbed before it is cut: half a secret would not be recognised.
    let clean = scrubber.scrub(text);
    clean.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use clawlets_model::Secret;
    use proptest::prelude::*;

    use super::*;

    fn meaning(status: u16, body: &str) -> CloudError {
        let scrubber = Scrubber::new([&Secret::from("token-of-the-project")]);
        ErrorReply { tried: "try", status, reset: None, body: body.as_bytes(), scrubber: &scrubber }.meaning()
    }

    fn coded(status: u16, code: &str) -> CloudError {
        meaning(status, &format!(r#"{{"error":{{"code":"{code}","message":"words","details":null}}}}"#))
    }

    /// The variant alone.
    fn kind(error: &CloudError) -> String {
        format!("{error:?}").split([' ', '{']).next().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_code_has_its_meaning() {
        let cases = [
            (401, "unauthorized", "Unauthorized"),
            (403, "forbidden", "Forbidden"),
            (403, "token_readonly", "Forbidden"),
            (403, "resource_limit_exceeded", "ResourceLimit"),
            (403, "protected", "Protected"),
            (404, "not_found", "NotFound"),
            (405, "method_not_allowed", "Refused"),
            (409, "uniqueness_error", "UniquenessConflict"),
            (409, "conflict", "Conflict"),
            (409, "something_new", "Conflict"),
            (412, "resource_unavailable", "OutOfCapacity"),
            (412, "placement_error", "OutOfCapacity"),
            (422, "invalid_input", "InvalidInput"),
            (422, "resource_in_use", "ResourceInUse"),
            (422, "something_new", "Refused"),
            (423, "locked", "Locked"),
            (429, "rate_limit_exceeded", "RateLimited"),
            (500, "server_error", "Server"),
            (503, "unavailable", "Server"),
            (504, "timeout", "Server"),
        ];
        for (status, code, expected) in cases {
            assert_eq!(kind(&coded(status, code)), expected, "{status} {code}");
        }
    }

    #[test]
    fn without_a_code_the_status_decides() {
        let cases = [
            (301, "Refused"),
            (401, "Unauthorized"),
            (403, "Forbidden"),
            (404, "Refused"),
            (409, "Conflict"),
            (412, "Refused"),
            (423, "Locked"),
            (429, "RateLimited"),
            (502, "Server"),
        ];
        for (status, expected) in cases {
            for body in
                ["", "<html>gateway</html>", "{}", "[1]", r#"{"error":null}"#, r#"{"error":{"code":7}}"#]
            {
                assert_eq!(kind(&meaning(status, body)), expected, "{status} {body}");
            }
        }
    }

    #[test]
    fn details_name_fields_and_limits() {
        let body = r#"{"error":{"code":"invalid_input","message":"invalid","details":{"fields":[
            {"name":"name","messages":["is too long","has a space"]},{"name":"image"}]}}}"#;
        let expected =
            "failed to try: the request is not valid: invalid (name: is too long, has a space; image: )";
        assert_eq!(meaning(422, body).to_string(), expected);
        let body = r#"{"error":{"code":"resource_limit_exceeded","message":"m","details":{"limits":[{"name":"server_limit"}]}}}"#;
        assert_eq!(
            meaning(403, body).to_string(),
            "failed to try: a limit of the cloud project is reached (server_limit)"
        );
        let body =
            r#"{"error":{"code":"uniqueness_error","message":"m","details":{"fields":[{"name":"name"}]}}}"#;
        assert_eq!(meaning(409, body).to_string(), "failed to try: there is one already with the same name");
    }

    #[test]
    fn a_message_is_scrubbed_and_cut() {
        let long = "x".repeat(5_000);
        let body = format!(
            "{{\"error\":{{\"code\":\"forbidden\",\"message\":\"\\u001b[2J token-of-the-project {long}\"}}}}"
        );
        let CloudError::Forbidden { message, .. } = meaning(403, &body) else { panic!("not forbidden") };
        assert!(message.starts_with(" [2J <redacted> xxx"), "{message}");
        assert_eq!(message.chars().count(), LONGEST_MESSAGE);
    }

    proptest! {
        #[test]
        fn any_bytes_are_some_error(status in 300_u16..600, body in proptest::collection::vec(any::<u8>(), 0..400)) {
            let scrubber = Scrubber::default();
            let error = ErrorReply { tried: "try", status, reset: None, body: &body, scrubber: &scrubber }.meaning();
            prop_assert!(!error.to_string().contains(|c: char| c.is_control()));
            prop_assert_eq!(status >= 500, matches!(error, CloudError::Server { .. }));
        }
    }
}
