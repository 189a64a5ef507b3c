//! Names and sizes as systemd and the system's user database have them.

use super::text_value;

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit())
}

text_value! {
    /// The name of a unit, such as `clawlets-bot-maren.service`.
    UnitName, "the name of a systemd unit, of letters, digits and '@._:-'", "^[A-Za-z0-9@._:-]{1,255}$",
        |text| (1..=255).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'_' | b':' | b'-'));

    /// An amount of memory: bytes, `512M`, `4G`, or a share such as `50%`.
    MemorySize, "an amount of memory such as 512M, 4G or 50%", "^[0-9]{1,12}[KMGT%]?$",
        |text| is_number(text.strip_suffix(['K', 'M', 'G', 'T', '%']).unwrap_or(text));

    /// A share of processor time; `200%` are two whole cores.
    CpuQuota, "a share of processor time such as 200%", "^[0-9]{1,12}%$",
        |text| text.strip_suffix('%').is_some_and(is_number);

    /// A user or a group.
    UnixName, "the name of a user or group: a lower-case letter or underscore, then letters, digits, dashes and underscores, at most 32 characters",
        "^[a-z_][a-z0-9_-]{0,31}$",
        |text| text.len() <= 32
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
}
