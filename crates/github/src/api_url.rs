//! Where GitHub's API is.

use clawlets_upstream::{BaseUrl, InvalidBaseUrl};

/// GitHub's own.
const VENDOR: &str = "https://api.github.com";

/// Reads where the API is; the empty text is GitHub's own. A GitHub Enterprise server has a path, such as `/api/v3`.
///
/// # Errors
/// As [`BaseUrl::parse`].
pub fn api_url(text: &str) -> Result<BaseUrl, InvalidBaseUrl> {
    BaseUrl::parse(if text.is_empty() { VENDOR } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_url_is_githubs_own() {
        assert_eq!(api_url("").unwrap().to_string(), VENDOR);
        assert_eq!(
            api_url("https://github.example/api/v3/").unwrap().to_string(),
            "https://github.example/api/v3"
        );
    }
}
