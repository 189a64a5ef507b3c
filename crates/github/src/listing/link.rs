//! The mark of a page, and where the next one is.

use clawlets_upstream::BaseUrl;
use reqwest::header::{ETAG, HeaderMap, LINK};
use serde::{Deserialize, Serialize};
use url::Url;

/// The longest mark, in bytes.
const MAX_ETAG: usize = 256;
/// The longest URL of a page, in bytes.
const MAX_URL: usize = 2048;

/// The mark of a page as it was sent, by which it may be asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Etag(String);

impl Etag {
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(ETAG)?.to_str().ok()?;
        (text.len() <= MAX_ETAG).then(|| Self(text.to_owned()))
    }

    /// The mark.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a page is. It is looked at before it is asked for: one that leads away from the API is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageUrl(Url);

impl PageUrl {
    pub(super) const fn new(url: Url) -> Self {
        Self(url)
    }

    pub(super) const fn url(&self) -> &Url {
        &self.0
    }

    /// The next page that an answer speaks of; none at the end of a list.
    ///
    /// # Errors
    /// When it leads away from the API.
    pub(super) fn next(headers: &HeaderMap, api: &BaseUrl) -> Result<Option<Self>, LeadsAway> {
        let Some(text) = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).find_map(next)
        else {
            return Ok(None);
        };
        let url = Url::parse(text).ok().filter(|url| text.len() <= MAX_URL && api.holds(url));
        url.map(|url| Some(Self(url))).ok_or(LeadsAway)
    }
}

/// A page that is not at GitHub's API.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeadsAway;

/// The target of `rel="next"` in a `Link` header.
fn next(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, from)) = rest.split_once('<') {
        let (target, behind) = from.split_once('>')?;
        let (parameters, further) = match behind.find('<') {
            Some(place) => behind.split_at(place),
            None => (behind, ""),
        };
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let Some((name, value)) = parameter.split_once('=') else { return false };
            let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
            name.trim().eq_ignore_ascii_case("rel") && relations.any(|relation| relation == "next")
        });
        if is_next {
            return Some(target);
        }
        rest = further;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn the_next_page_is_the_one_that_is_called_next() {
        for (header, expected) in [
            (
                "<https://x/?page=2>; rel=\"next\", <https://x/?page=9>; rel=\"last\"",
                Some("https://x/?page=2"),
            ),
            (
                "<https://x/?page=1>; rel=\"prev\", <https://x/?page=3>; rel=\"next\"",
                Some("https://x/?page=3"),
            ),
            ("<https://x/?page=1>; rel=\"first\"", None),
            ("<https://x/?page=2>; title=\"next\"", None),
            ("<https://x/?page=2>; rel=next", Some("https://x/?page=2")),
            ("<https://x/", None),
            ("", None),
        ] {
            assert_eq!(next(header), expected, "{header}");
        }
    }

    #[test]
    fn a_page_that_leads_away_from_the_api_is_an_error() {
        let api = BaseUrl::parse("https://github.example/api/v3").unwrap();
        let ask = |target: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, HeaderValue::from_str(&format!("<{target}>; rel=\"next\"")).unwrap());
            PageUrl::next(&headers, &api)
        };
        assert!(matches!(ask("https://github.example/api/v3/repositories/1/pulls?page=2"), Ok(Some(_))));
        for target in [
            "https://attacker.example/api/v3/pulls",
            "http://github.example/api/v3/pulls",
            "https://github.example:8443/api/v3/pulls",
            "https://user@github.example/api/v3/pulls",
            "https://github.example/api/v33/pulls",
            "https://github.example/api/v3/../../pulls",
            "not a url",
        ] {
            assert_eq!(ask(target), Err(LeadsAway), "{target}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(text in "[<>;,\"= a-z]{0,60}") {
            let _ = next(&text);
        }
    }
}
