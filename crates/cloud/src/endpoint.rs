//! Where Hetzner's API is.

use clawlets_upstream::{BaseUrl, InvalidBaseUrl};

/// The vendor's own API.
const VENDOR: &str = "https://api.hetzner.cloud/v1";

/// Reads where the API is; the empty text is the vendor's own.
///
/// # Errors
/// As [`BaseUrl::parse`].
pub fn endpoint(text: &str) -> Result<BaseUrl, InvalidBaseUrl> {
    BaseUrl::parse(if text.is_empty() { VENDOR } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_endpoint_is_the_vendors() {
        assert_eq!(endpoint("").unwrap().to_string(), VENDOR);
        assert_eq!(endpoint("http://localhost:4000/v1/").unwrap().to_string(), "http://localhost:4000/v1");
    }
}
