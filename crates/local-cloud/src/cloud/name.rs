//! Names of servers: host names as RFC 1123 has them.

/// The longest host name, in characters.
const MAX_NAME: usize = 253;
/// The longest part between two dots.
const MAX_PART: usize = 63;

/// Whether a server may have this name: parts of letters, digits and inner dashes, joined by dots.
pub(crate) fn is_host_name(name: &str) -> bool {
    name.len() <= MAX_NAME && name.split('.').all(is_part)
}

fn is_part(part: &str) -> bool {
    let bytes = part.as_bytes();
    (1..=MAX_PART).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_follow_rfc_1123() {
        let long = "a".repeat(63);
        for name in ["a", "cattle-rex-0123456789ab-1", "Web1.example.com", "1", &long] {
            assert!(is_host_name(name), "{name}");
        }
        let too_long = "a".repeat(64);
        let too_long_in_all = [long.as_str(); 4].join(".");
        for name in ["", "-a", "a-", "a..b", ".a", "a_b", "a b", "ä", &too_long, &too_long_in_all] {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
