//! Clocks that are wrong, and pointers that are old.

use crate::publisher::{NOW, Publisher, order};

/// What a host says whose clock shows `now`, and which has seen this very release before.
fn refusal(now: &str) -> &'static str {
    let publisher = Publisher::new();
    let site = publisher.site(order(1, 7));
    let seen = publisher.seen(&site);
    publisher.judge(&site, Some(seen), now).map_or_else(|refusal| refusal.code(), |_| "taken")
}

#[test]
fn a_pointer_counts_from_its_beginning_to_its_end() {
    for (now, expected) in [
        ("2026-11-21T08:00:00Z", "taken"),
        ("2026-11-28T05:59:59Z", "taken"),
        ("2026-11-28T06:00:00Z", "expired"),
        // Clocks may be an hour apart.
        ("2026-11-21T05:00:01Z", "taken"),
        ("2026-11-21T04:59:59Z", "clock_behind"),
    ] {
        assert_eq!(refusal(now), expected, "{now}");
    }
}

#[test]
fn a_clock_a_year_back_is_noticed() {
    assert_eq!(refusal("2025-11-21T08:00:00Z"), "clock_not_set");
}

#[test]
fn a_clock_that_was_never_set_is_noticed() {
    assert_eq!(refusal("1970-01-01T00:00:10Z"), "clock_not_set");
}

#[test]
fn a_clock_ten_years_forward_takes_nothing() {
    assert_eq!(refusal("2036-11-21T08:00:00Z"), "expired");
}

#[test]
fn a_pointer_from_the_future_is_refused_by_a_host_that_has_seen_nothing() {
    let publisher = Publisher::new();
    let site = publisher.site(order(1, 7));
    assert_eq!(publisher.judge(&site, None, "2026-11-21T04:59:59Z").unwrap_err().code(), "not_yet_issued");
}

#[test]
fn the_same_valid_pointer_for_longer_than_the_host_allows_is_refused() {
    let mut publisher = Publisher::new();
    publisher.trust.max_age = clawlets_release::value::Period::parse("1d").unwrap();
    let site = publisher.site(order(1, 7));
    assert!(publisher.judge(&site, None, "2026-11-22T06:00:00Z").is_ok());
    assert_eq!(publisher.judge(&site, None, "2026-11-22T06:00:01Z").unwrap_err().code(), "too_old");
    assert!(publisher.judge(&site, None, NOW).is_ok());
}
