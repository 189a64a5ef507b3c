//! Times for people.

/// A length of time as its two largest units: `2h 5m`, `41s`.
#[must_use]
pub fn seconds(seconds: i64) -> String {
    let (sign, total) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    let (days, hours, minutes, rest) = (total / 86_400, total / 3_600 % 24, total / 60 % 60, total % 60);
    let text = match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest}s"),
        (0, 0, m) => format!("{m}m {rest}s"),
        (0, h, m) => format!("{h}h {m}m"),
        (d, h, _) => format!("{d}d {h}h"),
    };
    format!("{sign}{text}")
}

/// How long ago something was.
#[must_use]
pub fn ago(then: i64, now: i64) -> String {
    format!("{} ago", seconds((now - then).max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_largest_units_are_shown() {
        let shown: Vec<_> = [0, 59, 60, 7_500, 90_000, -61].into_iter().map(seconds).collect();
        assert_eq!(shown, ["0s", "59s", "1m 0s", "2h 5m", "1d 1h", "-1m 1s"]);
        assert_eq!(ago(10, 5), "0s ago");
    }
}
