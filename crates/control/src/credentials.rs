//! Which token is whose.

use std::{collections::BTreeMap, fmt};

use clawlets_model::{HostName, Secret, control::ControlErrorCode};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use thiserror::Error;

use crate::{caller::Identity, refusal::Refusal};

/// The longest token, in bytes.
const MAX_TOKEN: usize = 4096;

/// The tokens that are known, by their hashes.
#[derive(Debug, Clone, Default)]
pub struct Credentials(Vec<(Identity, [u8; 32])>);

/// Tokens that cannot be told apart, or are none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidCredentials {
    /// A token is empty.
    #[error("the token of {0} is empty")]
    Empty(String),
    /// Two have the same token, so that nobody could say who asks.
    #[error("{0} and {1} have the same token")]
    Shared(String, String),
    /// The file of tokens has another form, or names an instance twice.
    #[error("expected a JSON object of one token for each instance")]
    Form,
    /// An instance cannot be called that.
    #[error("{0:?} is no name of an instance")]
    Name(String),
}

/// Texts by name. A name that stands there twice is an error: which of the two was meant, nobody knows.
struct Texts(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        let mut texts = BTreeMap::new();
        while let Some((name, text)) = map.next_entry()? {
            if texts.insert(name, text).is_some() {
                return Err(de::Error::custom("a name stands there twice"));
            }
        }
        Ok(Texts(texts))
    }
}

impl Credentials {
    /// The token of the operators.
    ///
    /// # Errors
    /// [`InvalidCredentials::Empty`].
    pub fn of_people(token: &Secret<String>) -> Result<Self, InvalidCredentials> {
        Self::new([(Identity::Human, token.clone())])
    }

    /// Reads the file of the instances' tokens: `{ "INSTANCE": "TOKEN" }`.
    ///
    /// # Errors
    /// [`InvalidCredentials`]. No token is quoted.
    pub fn of_instances(bytes: &[u8]) -> Result<Self, InvalidCredentials> {
        let Texts(texts) = serde_json::from_slice(bytes).map_err(|_| InvalidCredentials::Form)?;
        let entry = |(name, token): (String, String)| {
            let host = HostName::parse(&name);
            let host = host.map_err(|_| InvalidCredentials::Name(name.chars().take(80).collect()))?;
            Ok((Identity::Instance(host), Secret::from(token)))
        };
        Self::new(texts.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?)
    }

    fn new(tokens: impl IntoIterator<Item = (Identity, Secret<String>)>) -> Result<Self, InvalidCredentials> {
        let mut known: Vec<(Identity, [u8; 32])> = Vec::new();
        for (identity, token) in tokens {
            if token.expose().trim().is_empty() {
                return Err(InvalidCredentials::Empty(identity.to_string()));
            }
            let hash = hash(token.expose());
            if let Some((other, _)) = known.iter().find(|(_, other)| *other == hash) {
                return Err(InvalidCredentials::Shared(other.to_string(), identity.to_string()));
            }
            known.push((identity, hash));
        }
        Ok(Self(known))
    }

    /// Whether nobody could ask for anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose token this is. Every token is compared, to its end, whichever fits.
    fn find(&self, presented: &[u8; 32]) -> Option<&Identity> {
        let (mut found, mut index) = (Choice::from(0), 0_u32);
        for (at, (_, known)) in (0_u32..).zip(&self.0) {
            let same = known.ct_eq(presented);
            index.conditional_assign(&at, same);
            found |= same;
        }
        self.0.get(index as usize).filter(|_| bool::from(found)).map(|(identity, _)| identity)
    }
}

/// Whose token the header of a request holds. A token that two have is nobody's.
///
/// # Errors
/// `unauthorized`, in the same words whatever was wrong.
pub fn identify(
    header: Option<&[u8]>,
    people: &Credentials,
    instances: &Credentials,
) -> Result<Identity, Refusal> {
    let presented = header.and_then(bearer).map(hash).unwrap_or_default();
    match (people.find(&presented), instances.find(&presented)) {
        (Some(identity), None) | (None, Some(identity)) => Ok(identity.clone()),
        (None, None) | (Some(_), Some(_)) => {
            let words = "a valid token is needed: Authorization: Bearer TOKEN";
            Err(Refusal::new(ControlErrorCode::Unauthorized, words))
        }
    }
}

/// The token of an `Authorization` header: the scheme `Bearer` in any case, white space, the token.
fn bearer(header: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(header).ok()?.trim();
    let (scheme, token) = text.split_once([' ', '\t'])?;
    let token = token.trim();
    let fits = scheme.eq_ignore_ascii_case("bearer") && (1..=MAX_TOKEN).contains(&token.len());
    fits.then_some(token)
}

/// Hashes have one length, so that a comparison tells nothing of a token's.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.trim().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INSTANCES: &[u8] = br#"{"web-1": "token-of-web-1", "web-2": "token-of-web-2"}"#;

    fn identified(header: Option<&[u8]>) -> Option<String> {
        let people = Credentials::of_people(&Secret::from("token-of-people")).unwrap();
        let instances = Credentials::of_instances(INSTANCES).unwrap();
        identify(header, &people, &instances).ok().map(|identity| identity.to_string())
    }

    fn who(header: &str) -> Option<String> {
        identified(Some(header.as_bytes()))
    }

    #[test]
    fn a_token_says_who_asks_whatever_the_case_of_the_scheme() {
        for (header, expected) in [
            ("Bearer token-of-people", "human"),
            ("bearer token-of-web-1", "instance:web-1"),
            ("BEARER  token-of-web-2", "instance:web-2"),
            ("bEaReR\ttoken-of-web-2 ", "instance:web-2"),
        ] {
            assert_eq!(who(header).as_deref(), Some(expected), "{header}");
        }
        for header in [
            "",
            "Bearer",
            "Bearer ",
            "token-of-people",
            "Basic token-of-people",
            "Bearer token-of-peopl",
            "Bearer token-of-people2",
            "Bearer TOKEN-OF-PEOPLE",
            "Bearer token-of-people token-of-web-1",
            "Bearertoken-of-people",
        ] {
            assert_eq!(who(header), None, "{header}");
        }
        assert_eq!(identified(None), None);
        let nobody = Credentials::default();
        assert!(identify(Some(b"Bearer x"), &nobody, &nobody).is_err());
        let people = Credentials::of_people(&Secret::from("token-of-web-1")).unwrap();
        let instances = Credentials::of_instances(INSTANCES).unwrap();
        assert!(identify(Some(b"Bearer token-of-web-1"), &people, &instances).is_err());
    }

    #[test]
    fn tokens_that_say_nothing_are_refused_and_not_quoted() {
        for error in [
            Credentials::of_instances(br#"{"web-1": "hunter2", "web-2": "hunter2"}"#).unwrap_err(),
            Credentials::of_people(&Secret::from(" ")).unwrap_err(),
            Credentials::of_instances(br#"{"web-1": " "}"#).unwrap_err(),
            Credentials::of_instances(br#"["hunter2"]"#).unwrap_err(),
            Credentials::of_instances(br#"{"a b": "hunter2"}"#).unwrap_err(),
        ] {
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_other_header_is_anybody(header in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(identified(Some(&header)), None);
        }
    }
}
