//! Whether a value looks like what it is said to be.

use clawlets_model::Secret;
use clawlets_secrets::{AgeIdentity, is_placeholder};

use super::FetchError;

/// What the largest secret may have, in bytes: as much as the service stores.
const LARGEST: usize = 64 << 10;

/// The text of a value, unless it cannot be the right one.
pub(super) fn likely(name: &str, value: &Secret<Vec<u8>>) -> Result<Secret<String>, FetchError> {
    let unlikely = |what| FetchError::Unlikely { name: name.to_owned(), what };
    let text = std::str::from_utf8(value.expose()).map_err(|_| unlikely("is no text"))?;
    if text.trim().is_empty() {
        return Err(unlikely("is empty"));
    }
    if text.len() > LARGEST {
        return Err(unlikely("is larger than 64 KiB"));
    }
    if text.contains('\0') {
        return Err(unlikely("has characters that no secret has"));
    }
    if is_placeholder(text) {
        return Err(unlikely("is a placeholder"));
    }
    if name.ends_with("-age-key") && AgeIdentity::parse_file(text).is_err() {
        return Err(unlikely("is no age key"));
    }
    if name.ends_with("-pem") && !text.contains("PRIVATE KEY-----") {
        return Err(unlikely("is no private key in PEM"));
    }
    Ok(Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_right_is_refused_and_never_shown() {
        let look = |name: &str, value: &str| likely(name, &Secret::new(value.as_bytes().to_vec()));
        assert_eq!(look("discord-token", "abc.def\n").unwrap().expose(), "abc.def\n");
        assert!(look("github-app-pem", "-----BEGIN RSA PRIVATE KEY-----\nx\n").is_ok());
        for (name, value) in [
            ("discord-token", ""),
            ("discord-token", " \n"),
            ("discord-token", "a-value\0"),
            ("discord-token", "CHANGE_ME"),
            ("github-app-pem", "a-value"),
            ("host-age-key", "a-value"),
        ] {
            let error = look(name, value).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("a-value"), "{error}");
        }
        assert!(likely("x", &Secret::new(vec![0xff])).is_err());
        assert!(look("x", &"x".repeat(LARGEST + 1)).is_err());
    }
}
