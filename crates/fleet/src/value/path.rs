//! Paths on a host and in the repository.

use super::text_value;

/// Where files that the fleet manages live on a host.
const STATE: &str = "/var/lib/clawlets/";

/// Absolute, without empty, `.` or `..` parts, and without characters that need quoting anywhere.
fn is_plain_absolute(text: &str) -> bool {
    text.len() <= 4_000
        && text.strip_prefix('/').is_some_and(|rest| {
            rest.split('/').all(|part| {
                !part.is_empty()
                    && !matches!(part, "." | "..")
                    && part.bytes().all(|b| {
                        b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@' | b':' | b'+')
                    })
            })
        })
}

fn is_relative(text: &str) -> bool {
    let rest = text.strip_prefix("./").unwrap_or(text);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    !rest.is_empty()
        && !rest.contains(|c: char| c.is_control() || c == '\\')
        && rest.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

text_value! {
    /// An absolute path without `.` and `..`, of letters, digits and `._-@:+`.
    AbsolutePath, "an absolute path such as /etc/nix/netrc, without '.' and '..'",
        r"^(/(?!\.{1,2}(/|$))[A-Za-z0-9._@:+-]+)+$", is_plain_absolute;

    /// Where a secret file appears on a host: below `/var/lib/clawlets/`. It is a symbolic link; the plaintext lives in
    /// memory only.
    TargetPath, "an absolute path below /var/lib/clawlets/, without '.' and '..'",
        r"^/var/lib/clawlets(/(?!\.{1,2}(/|$))[A-Za-z0-9._@:+-]+)+$",
        |text| text.starts_with(STATE) && is_plain_absolute(text);

    /// The disk that a host is installed on.
    DiskDevice, "a device such as /dev/sda", r"^/dev(/(?!\.{1,2}(/|$))[A-Za-z0-9._@:+-]+)+$",
        |text| text.starts_with("/dev/") && is_plain_absolute(text);

    /// A path below some folder: of the repository, or of the shared memory.
    RelativePath, "a relative path without '..'",
        r"^(\./)?((?!\.{1,2}(/|$))[^/\\\u0000-\u001f\u007f-\u009f]+)(/(?!\.{1,2}(/|$))[^/\\\u0000-\u001f\u007f-\u009f]+)*/?$",
        is_relative;

    /// The mode of a file: four octal digits, the first of them zero.
    FileMode, "a mode of four octal digits, such as 0400", "^0[0-7]{3}$",
        |text| text.len() == 4 && text.starts_with('0') && text.bytes().all(|b| matches!(b, b'0'..=b'7'));
}
