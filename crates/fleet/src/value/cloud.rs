//! Names at AWS.

use super::text_value;

fn is_name(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'=' | b'.' | b'@' | b'-'))
}

text_value! {
    /// A region, such as `eu-central-1`.
    AwsRegion, "a region such as eu-central-1", "^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$",
        |text| {
            let mut parts = text.split('-').rev();
            let number = parts.next().is_some_and(|n| (1..=2).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()));
            let words: Vec<_> = parts.rev().collect();
            number
                && words.len() >= 2
                && words[0].len() == 2
                && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        };

    /// A machine image, such as `ami-0123456789abcdef0`.
    AmiId, "an image such as ami-0123456789abcdef0", "^ami-[0-9a-f]{8,17}$",
        |text| text.strip_prefix("ami-").is_some_and(|id| {
            (8..=17).contains(&id.len()) && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        });

    /// The name of a secret at AWS Secrets Manager, of a bucket, or what such names begin with.
    CloudName, "letters, digits and '/_+=.@-', at most 256 characters", "^[A-Za-z0-9/_+=.@-]{1,256}$", is_name;

    /// What the objects of one instance begin with in the bucket: parts with slashes between, none of them `.` or `..`.
    StorePrefix, "a prefix such as bootstrap/web-1, without a slash at either end",
        r"^(?!\.{1,2}(/|$))[A-Za-z0-9_+=.@-]+(/(?!\.{1,2}(/|$))[A-Za-z0-9_+=.@-]+)*$",
        |text| is_name(text) && text.split('/').all(|part| !matches!(part, "" | "." | ".."));
}
