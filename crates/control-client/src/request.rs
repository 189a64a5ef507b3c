//! What is asked.

use serde::Serialize;

/// A deploy. The texts are sent as they are: the server says what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeployRequest {
    /// A host of the registry, or `all`.
    pub target: String,
    /// The image to deploy instead of the one that is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_override: Option<String>,
    /// The host on whose behalf: the one that the token belongs to, or with an operator's token any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The same key with the same content gives the same answer, and one deploy. 1 to 200 characters.
    #[serde(rename = "idempotencyKey", skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// A request as it is sent.
#[derive(Serialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub(crate) enum Request<'a> {
    Status,
    Deploy(&'a DeployRequest),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_sent() {
        let deploy = DeployRequest {
            target: "web-1".to_owned(),
            ami_override: None,
            caller: None,
            idempotency_key: Some("k".to_owned()),
        };
        let text = serde_json::to_string(&Request::Deploy(&deploy)).unwrap();
        assert_eq!(text, r#"{"action":"deploy","target":"web-1","idempotencyKey":"k"}"#);
        assert_eq!(serde_json::to_string(&Request::Status).unwrap(), r#"{"action":"status"}"#);
    }
}
