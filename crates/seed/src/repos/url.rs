//! Where a repository is.

use std::fmt;

use thiserror::Error;
use url::Url;

use super::origin::{Origin, is_loopback};

/// The longest URL, in bytes.
const MAX: usize = 1024;

/// How a repository is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `https://`.
    Https,
    /// `http://`, on loopback only: a token would travel in the clear.
    Http,
    /// `ssh://`, or `user@host:path`.
    Ssh,
    /// `file://`.
    File,
}

/// Whether folders of this machine count as repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileUrls {
    /// They do.
    Allowed,
    /// They do not: whoever writes the list would read what the program may read.
    Refused,
}

/// The URL of a repository. It holds no password, and neither it nor a part of it is ever an option of git or ssh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteUrl {
    text: String,
    transport: Transport,
    origin: Option<Origin>,
}

/// Why a text is no URL of a repository. What may hold a password is not quoted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidRemote {
    /// It is not a URL.
    #[error("not the URL of a repository: expected https://…, ssh://… or git@HOST:PATH")]
    NotAUrl,
    /// It has a user or a password where tokens do not belong.
    #[error("a URL must hold no user and no password: tokens come from a file")]
    Credential,
    /// Its scheme is none of ours.
    #[error("{0}:// is not for repositories: expected https, ssh or git@HOST:PATH")]
    Scheme(String),
    /// It is `http` to another machine.
    #[error("http:// is for loopback only: use https://")]
    NotSecure,
    /// It is a folder, and those do not count.
    #[error("file:// is not allowed here")]
    File,
    /// It has a query or a fragment.
    #[error("a URL of a repository has neither a query nor a fragment")]
    NotPlain,
}

impl RemoteUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`InvalidRemote`].
    pub fn parse(text: &str, files: FileUrls) -> Result<Self, InvalidRemote> {
        let is_plain = text.len() <= MAX && !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        if !is_plain || text.starts_with('-') || text.contains('\\') {
            return Err(InvalidRemote::NotAUrl);
        }
        if !text.contains("://") {
            return scp_like(text).ok_or(InvalidRemote::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| InvalidRemote::NotAUrl)?;
        let transport = match url.scheme() {
            "https" => Transport::Https,
            "http" if is_loopback(&url) => Transport::Http,
            "http" => return Err(InvalidRemote::NotSecure),
            "ssh" => Transport::Ssh,
            "file" if files == FileUrls::Allowed => Transport::File,
            "file" => return Err(InvalidRemote::File),
            other => return Err(InvalidRemote::Scheme(other.to_owned())),
        };
        let has_user = !url.username().is_empty() && transport != Transport::Ssh;
        if has_user || url.password().is_some() {
            return Err(InvalidRemote::Credential);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidRemote::NotPlain);
        }
        let host = url.host_str().unwrap_or_default();
        let lacks_host = host.is_empty() != (transport == Transport::File);
        let is_option = url.username().starts_with('-') || host.starts_with('-');
        if lacks_host || is_option || matches!(url.path(), "" | "/") {
            return Err(InvalidRemote::NotAUrl);
        }
        Ok(Self { text: text.to_owned(), transport, origin: Origin::of(&url) })
    }

    /// The URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it is reached.
    #[must_use]
    pub const fn transport(&self) -> Transport {
        self.transport
    }

    /// Where a token would be sent, if one may be.
    #[must_use]
    pub const fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
}

/// `user@host:path`, which ssh takes.
fn scp_like(text: &str) -> Option<RemoteUrl> {
    let (user, rest) = text.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let is_user = user.starts_with(|c: char| c.is_ascii_alphanumeric())
        && user.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let is_host = host.starts_with(|c: char| c.is_ascii_alphanumeric())
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let is_path = !path.is_empty() && !path.starts_with('-') && !path.contains([':', '@']);
    let is_remote = is_user && is_host && is_path;
    is_remote.then(|| RemoteUrl { text: text.to_owned(), transport: Transport::Ssh, origin: None })
}

impl fmt::Display for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_repository_is_reached_over_https_or_ssh() {
        for (text, transport) in [
            ("https://github.com/acme/site.git", Transport::Https),
            ("ssh://git@github.com:22/acme/site.git", Transport::Ssh),
            ("git@github.com:acme/site.git", Transport::Ssh),
            ("http://127.0.0.1:8080/acme/site.git", Transport::Http),
        ] {
            assert_eq!(RemoteUrl::parse(text, FileUrls::Refused).unwrap().transport(), transport, "{text}");
        }
        assert!(RemoteUrl::parse("file:///srv/site.git", FileUrls::Allowed).is_ok());
    }

    #[test]
    fn what_runs_commands_leaks_tokens_or_reads_files_is_refused() {
        for text in [
            "",
            "site",
            "/srv/site.git",
            "file:///srv/site.git",
            "ext::sh -c touch% /tmp/x",
            "ext::sh",
            "git://github.com/acme/site.git",
            "http://github.com/acme/site.git",
            "--upload-pack=touch",
            "ssh://-oProxyCommand=touch/acme",
            "ssh://-oProxyCommand=touch@host/acme",
            "-oProxyCommand=touch@host:path",
            "git@-oProxyCommand=touch:path",
            "git@host:-x",
            "https://user:hunter2@github.com/acme/site.git",
            "https://hunter2@github.com/acme/site.git",
            "https://github.com/acme/site.git?token=hunter2",
            "https://github.com/",
            "https://github.com/acme site",
            "https://github.com/acme\n/site",
            "https:\\\\github.com\\acme",
        ] {
            let error = RemoteUrl::parse(text, FileUrls::Refused).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_token_has_one_origin() {
        let origin = |text| RemoteUrl::parse(text, FileUrls::Refused).unwrap().origin().cloned();
        let github = Origin::parse("https://github.com").unwrap();
        assert_eq!(origin("https://GitHub.com:443/acme/site"), Some(github.clone()));
        assert_ne!(origin("https://github.com.example/acme/site"), Some(github.clone()));
        assert_ne!(origin("https://github.com:8443/acme/site"), Some(github));
        assert_eq!(origin("git@github.com:acme/site"), None);
        for text in ["http://github.com", "https://github.com/acme", "https://a:b@github.com", "file:///srv"]
        {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_plain_and_no_option(text in "(https://|ssh://|git@|ext::)?[-a-z@:/.%\\\\ ?#]{0,24}") {
            if let Ok(url) = RemoteUrl::parse(&text, FileUrls::Refused) {
                prop_assert!(!url.as_str().starts_with('-') && !url.as_str().starts_with("ext"));
                prop_assert!(url.as_str().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
