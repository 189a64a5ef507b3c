//! Addresses on the network.

use serde_json::{Value as Json, json};
use url::{Host, Url};

use super::{InvalidValue, text_value};
use crate::form::Text;

/// An `http` or `https` URL with a host, as it is written in the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HttpUrl {
    text: String,
    url: Url,
}

impl HttpUrl {
    const EXPECTED: &'static str = "an https URL, such as https://updates.example.com/fleet";

    /// Reads a URL.
    ///
    /// # Errors
    /// [`InvalidValue`] when it is none, has another scheme, or carries a user name or password.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let fault = || InvalidValue::new(text, Self::EXPECTED);
        let url = Url::parse(text).map_err(|_| fault())?;
        let begins = text.starts_with("https://") || text.starts_with("http://");
        let is_plain = url.has_host() && url.username().is_empty() && url.password().is_none();
        if begins && is_plain && !text.contains(char::is_whitespace) {
            Ok(Self { text: text.to_owned(), url })
        } else {
            Err(fault())
        }
    }

    /// The URL as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it leads to the machine that asks.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }

    /// The URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }
}

impl std::fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Text for HttpUrl {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.text.clone()
    }
    fn schema() -> Json {
        json!({ "type": "string", "pattern": r"^https?://[^\s/@]+(/[^\s]*)?$" })
    }
    fn suggest(text: &str) -> Option<String> {
        let with_scheme = format!("https://{}", text.trim());
        (!text.contains(':') && text.contains('.') && Self::parse(&with_scheme).is_ok())
            .then_some(with_scheme)
    }
}

fn is_domain(text: &str) -> bool {
    let rest = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
    rest.len() <= 253
        && rest.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}

fn is_server_name(text: &str) -> bool {
    is_domain(text) && !text.starts_with(['*', '.'])
}

text_value! {
    /// The name of a server, or its IPv4 address.
    ServerName, "the name of a server such as nfs.example.com",
        r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*$", is_server_name;

    /// A domain, or with `*.` or `.` before it all that is below one.
    Domain, "a domain such as api.example.com or *.example.com",
        r"^(\*?\.)?[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*$", is_domain;
}
