//! What an error of a service means.

use clawlets_model::Scrubber;
use serde_json::Value;

use crate::{AwsError, http::Reply, xml};

/// How much of the provider's words is kept, in characters.
const LONGEST: usize = 300;

const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];
/// Refusals of who calls that do not all come with 401 or 403.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];
/// Refusals that pass by themselves, whatever their status is.
const PASSING: &[&str] =
    &["ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "InternalFailure"];

/// The error that an answer means which is no success.
pub(crate) fn meaning(tried: &str, reply: &Reply, scrubber: &Scrubber) -> AwsError {
    let (code, message) = code_and_message(reply);
    let (tried, status) = (tried.to_owned(), reply.status);
    let is = |codes: &[&str]| codes.contains(&code.as_str());
    if is(THROTTLED) || status == 429 {
        AwsError::Throttled { tried, code }
    } else if (300..400).contains(&status) {
        AwsError::Redirected { tried, status }
    } else if is(DENIED) || matches!(status, 401 | 403) {
        AwsError::Denied { tried, code }
    } else if is(PASSING) || status >= 500 {
        AwsError::Server { tried, status, code }
    } else if status == 404 || code == "ResourceNotFoundException" || code.ends_with(".NotFound") {
        AwsError::NotFound { tried, code }
    } else {
        AwsError::Refused { tried, status, code, message: scrubber.scrub(&message) }
    }
}

fn code_and_message(reply: &Reply) -> (String, String) {
    let header = reply.header("x-amzn-errortype").map(word).filter(|code| !code.is_empty());
    let (code, message) =
        of_json(reply.body.expose()).or_else(|| of_xml(reply.body.expose())).unwrap_or_default();
    (header.unwrap_or_else(|| word(&code)), line(&message))
}

fn of_json(body: &[u8]) -> Option<(String, String)> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| answer.get(*name)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    Some((text(&["__type", "code"]), text(&["message", "Message"])))
}

fn of_xml(body: &[u8]) -> Option<(String, String)> {
    let answer = xml::read(body).ok()?;
    let error = answer.find("Error")?;
    let text = |name| error.text(name).unwrap_or_default().to_owned();
    Some((text("Code"), text("Message")))
}

/// A word for programs: what stands behind a `#` and before a `:`, if it is one.
fn word(text: &str) -> String {
    let text = text.rsplit('#').next().unwrap_or_default();
    let text = text.split(':').next().unwrap_or_default().trim();
    let is_word =
        text.len() <= 100 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'));
    if is_word { text.to_owned() } else { String::new() }
}

/// Words for people, on one line.
fn line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(LONGEST).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use clawlets_model::Secret;
    use proptest::prelude::*;

    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: Secret::new(body.as_bytes().to_vec()),
        }
    }

    #[test]
    fn errors_are_told_apart_in_both_languages() {
        let s3 = |code: &str| format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
        let ec2 = |code: &str| {
            format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>"
            )
        };
        let json = |code: &str| format!(r#"{{"__type":"com.amazonaws.x#{code}","message":"m"}}"#);
        let cases = [
            (404, s3("NoSuchKey"), "NotFound"),
            (404, String::new(), "NotFound"),
            (503, s3("SlowDown"), "Throttled"),
            (403, s3("SignatureDoesNotMatch"), "Denied"),
            (400, s3("ExpiredToken"), "Denied"),
            (301, s3("PermanentRedirect"), "Redirected"),
            (409, s3("ConditionalRequestConflict"), "Server"),
            (412, s3("PreconditionFailed"), "Refused"),
            (400, ec2("InvalidAMIID.NotFound"), "NotFound"),
            (400, ec2("RequestLimitExceeded"), "Throttled"),
            (400, ec2("InvalidParameterValue"), "Refused"),
            (400, json("ResourceNotFoundException"), "NotFound"),
            (400, json("ConditionalCheckFailedException"), "Refused"),
            (400, json("AccessDeniedException"), "Denied"),
            (500, json("InternalServiceError"), "Server"),
            (502, "<html>bad gateway</html>".to_owned(), "Server"),
        ];
        for (status, body, expected) in cases {
            let error = meaning("try", &reply(status, &body), &Scrubber::default());
            assert!(format!("{error:?}").starts_with(expected), "{status} {body}: {error:?}");
        }
    }

    #[test]
    fn no_words_of_the_provider_hold_a_credential_or_a_line_break() {
        let secret = Secret::from("wJalrXUtnFEMI/K7MDENG");
        let body = r#"{"__type":"ValidationException","message":"bad\nvalue wJalrXUtnFEMI/K7MDENG"}"#;
        let error = meaning("try", &reply(400, body), &Scrubber::new([&secret]));
        let AwsError::Refused { message, .. } = error else { panic!("{error:?}") };
        assert_eq!(message, "bad value <redacted>");
        let echo = "<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message>\
            <SignatureProvided>0123abcd</SignatureProvided></Error>";
        let error = meaning("try", &reply(403, echo), &Scrubber::default());
        assert!(!format!("{error} {error:?}").contains("0123abcd"));
    }

    proptest! {
        #[test]
        fn any_answer_means_something(status in 300_u16..600, body in "\\PC{0,200}") {
            let error = meaning("try", &reply(status, &body), &Scrubber::default());
            prop_assert!(error.to_string().len() < 2_000);
        }
    }
}
