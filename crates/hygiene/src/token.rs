//! Keys and tokens whose form tells what they are.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexSet};

use crate::finding::Rule;

/// What a pattern finds: its rule, and whose it is.
type Kind = (Rule, &'static str, &'static str);

/// Each pattern matches one line's worth of text and is long enough not to match by chance.
const KINDS: &[Kind] = &[
    (Rule::PrivateKey, "PEM", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    (Rule::PrivateKey, "age", r"AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,}"),
    (Rule::PrivateKey, "PuTTY", r"PuTTY-User-Key-File-[23]: "),
    // With a passphrase, and without one.
    (Rule::PrivateKey, "minisign", r"\bRW(?:RTY0Iy|QAAEIy)[A-Za-z0-9+/]{200,}={0,2}"),
    (Rule::Token, "GitHub", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    (Rule::Token, "GitHub", r"\bgithub_pat_[A-Za-z0-9_]{50,}\b"),
    (Rule::Token, "Discord", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}\b"),
    (Rule::Token, "Telegram", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    (Rule::Token, "Slack", r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}\b"),
    (Rule::Token, "Anthropic", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    (Rule::Token, "OpenAI", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{40,}\b"),
    (Rule::Token, "OpenRouter", r"\bsk-or-v1-[0-9a-f]{64}\b"),
    (Rule::Token, "AWS", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    (Rule::Token, "Google", r"\bAIza[A-Za-z0-9_-]{35}\b"),
    (Rule::Token, "Stripe", r"\b[rs]k_live_[A-Za-z0-9]{20,}\b"),
    (Rule::Token, "npm", r"\bnpm_[A-Za-z0-9]{36}\b"),
    (Rule::Token, "Tailscale", r"\btskey-[a-z]+-[A-Za-z0-9]{8,}(?:-[A-Za-z0-9]{16,})?\b"),
    (Rule::Token, "GitLab", r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    (
        Rule::Token,
        "a JSON web token",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}\b",
    ),
];

static SET: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(KINDS.iter().map(|(_, _, pattern)| pattern)).expect("the patterns are valid")
});
static EACH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    KINDS.iter().map(|(_, _, pattern)| Regex::new(pattern).expect("the patterns are valid")).collect()
});

/// Where each key or token begins, with what it is.
pub(crate) fn find(bytes: &[u8]) -> Vec<(usize, Rule, &'static str)> {
    let mut found = Vec::new();
    for kind in SET.matches(bytes) {
        let (rule, issuer, _) = KINDS[kind];
        // A minisign key without a passphrase holds a long run of zeros, and is no example for that.
        let may_repeat = issuer == "minisign";
        let real = EACH[kind].find_iter(bytes).filter(|token| may_repeat || !is_an_example(token.as_bytes()));
        found.extend(real.map(|token| (token.start(), rule, issuer)));
    }
    found
}

/// Whether a text is one that documentation uses: it says so, or it repeats one letter.
pub(crate) fn is_an_example(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let says_so = [&b"example"[..], b"placeholder", b"changeme", b"change_me", b"your_", b"your-"];
    says_so.iter().any(|word| lower.windows(word.len()).any(|part| part == *word))
        || lower.windows(8).any(|part| part.iter().all(|byte| *byte == part[0]) && part[0] != b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha512};

    /// Letters and digits that no person would type, made when the test runs.
    fn noise(length: usize) -> String {
        hex::encode(Sha512::digest(length.to_be_bytes())).repeat(3)[..length].to_owned()
    }

    #[test]
    fn each_form_is_found_where_it_begins() {
        let begin = |kind: &str| format!("-----{} {kind}PRIVATE KEY-----", "BEGIN");
        let cases = [
            (begin("OPENSSH "), "PEM"),
            (begin(""), "PEM"),
            (begin("RSA "), "PEM"),
            (format!("AGE-SECRET-KEY-1{}", noise(58).to_uppercase()), "age"),
            (format!("RWRTY0Iy{}", noise(204)), "minisign"),
            (format!("RWQAAEIy{}{}", "A".repeat(66), noise(138)), "minisign"),
            (format!("ghp_{}", noise(36)), "GitHub"),
            (format!("github_pat_{}", noise(82)), "GitHub"),
            (format!("M{}.{}.{}", noise(25), noise(6), noise(38)), "Discord"),
            (format!("123456789:AA{}", noise(33)), "Telegram"),
            (format!("xoxb-{}", noise(40)), "Slack"),
            (format!("sk-ant-api03-{}", noise(80)), "Anthropic"),
            (format!("AKIA{}", noise(16).to_uppercase()), "AWS"),
            (format!("AIza{}", noise(35)), "Google"),
            (format!("tskey-auth-{}-{}", noise(12), noise(32)), "Tailscale"),
            (format!("npm_{}", noise(36)), "npm"),
        ];
        for (token, issuer) in cases {
            let text = format!("first line\nkey: {token}\n");
            let found = find(text.as_bytes());
            assert!(found.iter().any(|(at, _, whose)| (*at, *whose) == (16, issuer)), "{issuer}: {found:?}");
        }
    }

    #[test]
    fn what_documentation_shows_is_left_alone() {
        for text in [
            format!("AKIA{}", "IOSFODNN7EXAMPLE"),
            format!("ghp_{}", "x".repeat(36)),
            "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kud0kqqqqqqqqq".to_owned(),
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f".to_owned(),
            format!("-----{}-----", "BEGIN PUBLIC KEY"),
        ] {
            assert!(find(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
