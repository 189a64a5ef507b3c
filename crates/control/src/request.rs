//! What is asked, from bytes that anybody may have sent.

use clawlets_fleet::AmiId;
use clawlets_model::{HostName, control::ControlErrorCode};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{refusal::Refusal, registry::Registry};

/// The largest body of a request, in bytes.
pub const MAX_BODY: usize = 16 * 1024;
/// The longest idempotency key, in characters.
const MAX_KEY: usize = 200;

/// A request that is well formed. Who asks, and whether they may, is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The host on whose behalf it is asked, as it was named.
    pub caller: Option<String>,
    /// What is asked.
    pub action: Action,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// How the fleet is.
    Status,
    /// A deploy.
    Deploy(Deploy),
}

/// A deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deploy {
    /// What is deployed.
    pub target: Target,
    /// The image to deploy instead of the one that is declared.
    pub image: Option<AmiId>,
    /// What makes two requests the same.
    pub key: Option<IdempotencyKey>,
}

/// Every host, or one of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Every host.
    All,
    /// One that is in the registry.
    One(HostName),
}

/// What makes two requests of one caller the same: 1 to 200 printable ASCII characters. Only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    action: String,
    target: Option<String>,
    ami_override: Option<String>,
    caller: Option<String>,
    #[serde(rename = "idempotencyKey")]
    idempotency_key: Option<String>,
}

impl Request {
    /// Reads a body. Targets are hosts of the registry and nothing else.
    ///
    /// # Errors
    /// A refusal of status 400 that says what is wrong, without repeating more than a word of it.
    pub fn parse(body: &[u8], registry: &Registry) -> Result<Self, Refusal> {
        let wire = wire(body)?;
        let caller = wire.caller.clone();
        let action = match wire.action.to_ascii_lowercase().as_str() {
            "status" => Action::Status,
            "deploy" => Action::Deploy(deploy(wire, registry)?),
            _ => {
                let words = "there is no such action: expected status or deploy";
                return Err(Refusal::new(ControlErrorCode::UnknownAction, words));
            }
        };
        Ok(Self { caller, action })
    }
}

fn wire(body: &[u8]) -> Result<Wire, Refusal> {
    let malformed = |words: &str| Refusal::new(ControlErrorCode::Malformed, words);
    if body.len() > MAX_BODY {
        return Err(malformed("the body is larger than 16 KiB"));
    }
    // A list of the right values would be read as well.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(malformed("the body is no JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let wire = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        // What is wrong may quote what was sent: a word of it is enough.
        let words: String = error.inner().to_string().chars().take(120).collect();
        if path == "." { malformed(&words) } else { malformed(&format!("{}: {words}", &shortened(&path))) }
    })?;
    reader.end().map_err(|_| malformed("something follows the JSON object"))?;
    Ok(wire)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

fn deploy(wire: Wire, registry: &Registry) -> Result<Deploy, Refusal> {
    let target = match wire.target.as_deref() {
        None => Err(Refusal::new(ControlErrorCode::UnknownTarget, "a deploy needs a target: a host, or all")),
        Some("all") => Ok(Target::All),
        Some(name) => registry.host(name).cloned().map(Target::One).ok_or_else(|| {
            Refusal::new(
                ControlErrorCode::UnknownTarget,
                "the target is neither all nor a host of the registry",
            )
        }),
    }?;
    // Forms send what was left out as an empty text.
    let image = wire.ami_override.filter(|text| !text.is_empty());
    let image = image.map(|text| AmiId::parse(&text)).transpose().map_err(|_| {
        Refusal::new(
            ControlErrorCode::BadImage,
            "ami_override is no image: expected one such as ami-0123456789abcdef0",
        )
    })?;
    let key = wire.idempotency_key.map(|text| IdempotencyKey::parse(&text)).transpose()?;
    Ok(Deploy { target, image, key })
}

impl IdempotencyKey {
    /// Reads a key.
    ///
    /// # Errors
    /// `malformed`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let fits = (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            let words = "idempotencyKey: expected 1 to 200 printable ASCII characters";
            Err(Refusal::new(ControlErrorCode::Malformed, words))
        }
    }

    /// The hash under which one actor's requests with this key are kept: another's with the same key are others.
    #[must_use]
    pub fn digest(&self, actor: &str) -> String {
        let mut hash = Sha256::new();
        hash.update((actor.len() as u64).to_be_bytes());
        hash.update(actor.as_bytes());
        hash.update(self.0.as_bytes());
        hex::encode(hash.finalize())
    }
}

impl Target {
    /// The target as a word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::All => "all",
            Self::One(host) => host.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn parse(body: &str) -> Result<Request, Refusal> {
        Request::parse(body.as_bytes(), &Registry::of_hosts(&["web-1", "web-2"]))
    }

    #[test]
    fn what_is_asked_is_read_whatever_the_case_of_the_action() {
        for body in [r#"{"action":"status"}"#, r#" {"action":"STATUS","caller":null} "#] {
            assert_eq!(parse(body).unwrap().action, Action::Status);
        }
        let request = parse(r#"{"action":"Deploy","target":"all","ami_override":"","idempotencyKey":"k"}"#);
        let Action::Deploy(deploy) = request.unwrap().action else { panic!("a deploy") };
        assert_eq!((deploy.target, deploy.image), (Target::All, None));
        let request = parse(r#"{"action":"deploy","target":"web-2","ami_override":"ami-0123456789abcdef0"}"#);
        let Action::Deploy(deploy) = request.unwrap().action else { panic!("a deploy") };
        assert_eq!(deploy.target.as_str(), "web-2");
        assert_eq!(deploy.image.unwrap().as_str(), "ami-0123456789abcdef0");
    }

    #[test]
    fn what_is_malformed_is_refused_and_named() {
        use ControlErrorCode::{BadImage, Malformed, UnknownAction, UnknownTarget};
        let long = "x".repeat(MAX_BODY);
        let deep = "[".repeat(5_000);
        let cases = [
            (String::new(), Malformed),
            ("null".to_owned(), Malformed),
            ("[\"status\",null,null,null,null]".to_owned(), Malformed),
            ("\u{feff}{\"action\":\"status\"}".to_owned(), Malformed),
            ("{\"action\":\"status\"} x".to_owned(), Malformed),
            ("{\"action\":\"status\",\"action\":\"deploy\"}".to_owned(), Malformed),
            (format!("{{\"action\":{deep}"), Malformed),
            (json!({"action": "status", "extra": 1}).to_string(), Malformed),
            (json!({"action": 7}).to_string(), Malformed),
            (json!({"action": null}).to_string(), Malformed),
            (json!({}).to_string(), Malformed),
            (json!({"action": "status", "caller": ["web-1"]}).to_string(), Malformed),
            (json!({"action": "deploy", "target": {"a": 1}}).to_string(), Malformed),
            (json!({"action": "deploy", "target": long}).to_string(), Malformed),
            (json!({"action": "deploy", "target": "web-1", "idempotencyKey": ""}).to_string(), Malformed),
            (json!({"action": "deploy", "target": "web-1", "idempotencyKey": "a\nb"}).to_string(), Malformed),
            (json!({"action": "destroy"}).to_string(), UnknownAction),
            (json!({"action": ""}).to_string(), UnknownAction),
            (json!({"action": "deploy"}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": ""}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": "ALL"}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": "web-3"}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": "web-1 "}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": "; rm -rf /"}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": "w\u{435}b-1"}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": "\u{ff57}eb-1"}).to_string(), UnknownTarget),
            (json!({"action": "deploy", "target": "web-1", "ami_override": "ami-XYZ"}).to_string(), BadImage),
            (
                json!({"action": "deploy", "target": "web-1", "ami_override": "ami-0123"}).to_string(),
                BadImage,
            ),
            (json!({"action": "deploy", "target": "web-1", "ami_override": "$(id)"}).to_string(), BadImage),
        ];
        for (body, code) in cases {
            let refusal = parse(&body).unwrap_err();
            assert_eq!(refusal.code(), code, "{}: {refusal:?}", shortened(&body));
            assert!(refusal.words().len() <= 300 && refusal.code().http_status() == 400, "{refusal:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let registry = Registry::of_hosts(&["web-1"]);
            if let Err(refusal) = Request::parse(&body, &registry) {
                prop_assert_eq!(refusal.code().http_status(), 400);
            }
        }

        #[test]
        fn a_target_is_never_anything_but_a_known_host(target in ".{0,40}", image in ".{0,30}") {
            let registry = Registry::of_hosts(&["web-1", "web-2"]);
            let body = json!({"action": "deploy", "target": target, "ami_override": image}).to_string();
            if let Ok(Request { action: Action::Deploy(deploy), .. }) = Request::parse(body.as_bytes(), &registry) {
                prop_assert!(["web-1", "web-2", "all"].contains(&deploy.target.as_str()));
                let image = deploy.image.map(|image| image.to_string()).unwrap_or_default();
                prop_assert!(image.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
            }
        }
    }
}
