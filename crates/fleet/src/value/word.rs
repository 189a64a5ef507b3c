//! Words and lines.

use super::text_value;

/// Not empty, and on one line.
fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

fn is_word(text: &str, first: fn(u8) -> bool, rest: fn(u8) -> bool) -> bool {
    text.bytes().next().is_some_and(first) && text.bytes().all(rest)
}

text_value! {
    /// Any text on one line that is not empty: a server type, a location, the address of a cache.
    Line, "a text that is not empty, on one line", r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$", is_line;

    /// A public key of some program, on one line. Its form is checked where it is used; one that does not look like a key
    /// is warned about.
    KeyText, "a public key on one line", r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$", is_line;

    /// The name of a minisign key, as minisign shows it.
    KeyName, "16 hexadecimal digits, as in the first line of a minisign public key", "^[0-9A-Fa-f]{16}$",
        |text| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());

    /// What a secret file is called in the declaration.
    SecretFileId, "a letter, then letters, digits, dashes and underscores, at most 64 characters",
        "^[A-Za-z][A-Za-z0-9_-]{0,63}$",
        |text| text.len() <= 64 && is_word(text, |b| b.is_ascii_alphabetic(),
            |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));

    /// The name of an output of a flake.
    FlakeName, "letters, digits, dots, dashes and underscores, beginning with a letter",
        "^[A-Za-z_][A-Za-z0-9._-]*$",
        |text| is_word(text, |b| b.is_ascii_alphabetic() || b == b'_',
            |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));

    /// The id of a Discord server.
    GuildId, "the id of a Discord server, at most 20 digits", "^[0-9]{1,20}$",
        |text| text.len() <= 20 && is_word(text, |b| b.is_ascii_digit(), |b| b.is_ascii_digit());

    /// The name of a skill.
    SkillName, "the name of a skill on one line", r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$", is_line;
}
