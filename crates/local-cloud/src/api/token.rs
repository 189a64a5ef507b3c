//! Who may ask: whoever knows the token.

use clawlets_model::Secret;
use http::{HeaderMap, header::AUTHORIZATION};
use subtle::ConstantTimeEq;

/// Whether the request carries the token, as `Authorization: Bearer …`.
pub(super) fn is_authorized(headers: &HeaderMap, token: &Secret<String>) -> bool {
    let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return false };
    let Some((scheme, given)) = value.split_once(' ') else { return false };
    scheme.eq_ignore_ascii_case("bearer")
        && bool::from(given.trim().as_bytes().ct_eq(token.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_behind_the_bearer_scheme_is_accepted() {
        let token = Secret::from("0123456789abcdef");
        let cases = [
            ("Bearer 0123456789abcdef", true),
            ("bearer 0123456789abcdef", true),
            ("Bearer 0123456789abcde", false),
            ("Bearer 0123456789abcdef0", false),
            ("Basic 0123456789abcdef", false),
            ("0123456789abcdef", false),
            ("Bearer ", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
            assert_eq!(is_authorized(&headers, &token), expected, "{value:?}");
        }
        assert!(!is_authorized(&HeaderMap::new(), &token));
    }
}
