//! A moment in time, for people.

use jiff::Timestamp;

/// The time to the millisecond, in the same number of characters always: columns of it are aligned, and sort as text.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_has_three_digits_behind_the_second() {
        for (time, shown) in [
            ("2027-01-31T08:00:00Z", "2027-01-31T08:00:00.000Z"),
            ("2027-01-31T08:00:00.62Z", "2027-01-31T08:00:00.620Z"),
            ("2027-01-31T08:00:00.123456789Z", "2027-01-31T08:00:00.123Z"),
        ] {
            assert_eq!(moment(time.parse().unwrap()), shown);
        }
    }
}
