//! Which destinations guests may reach.

use crate::config::EgressRule;

/// The destinations that guests may reach.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllowList(Vec<EgressRule>);

impl AllowList {
    /// A list of these rules.
    #[must_use]
    pub(crate) const fn new(rules: Vec<EgressRule>) -> Self {
        Self(rules)
    }

    /// Whether a destination may be reached. A name matches by its letters only, in any case, with or without the dot
    /// at its end; an address on the list does not allow a name that stands for it, nor the other way round.
    #[must_use]
    pub(crate) fn allows(&self, host: &str, port: u16) -> bool {
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        let host = host.strip_suffix('.').unwrap_or(host);
        self.0.iter().any(|rule| rule.port() == port && rule.host().eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_list_is_allowed() {
        let rules = ["api.example.com", "127.0.0.1:8080", "[2001:db8::1]:443"];
        let list = AllowList::new(rules.iter().map(|rule| EgressRule::parse(rule).unwrap()).collect());
        let cases = [
            ("api.example.com", 443, true),
            ("API.Example.Com.", 443, true),
            ("[2001:db8::1]", 443, true),
            ("127.0.0.1", 8080, true),
            ("api.example.com", 80, false),
            ("x.api.example.com", 443, false),
            ("api.example.com.evil.org", 443, false),
            ("127.0.0.1", 8081, false),
            ("localhost", 8080, false),
            ("0x7f.1", 8080, false),
            ("", 443, false),
        ];
        for (host, port, expected) in cases {
            assert_eq!(list.allows(host, port), expected, "{host}:{port}");
        }
    }
}
