//! What a list or a log is narrowed to.

use clawlets_model::{JobKind, Requester, Status};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but what never means anything in a URL.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Which jobs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only those of this requester.
    pub requester: Option<Requester>,
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those of this kind.
    pub kind: Option<JobKind>,
    /// How many at most; 50 when it is not given, 500 at most.
    pub limit: Option<u32>,
    /// Where the page begins, from the answer before.
    pub cursor: Option<String>,
}

/// Which part of a log to read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogRange {
    /// From the record with this number on.
    pub from: Option<u64>,
    /// From this time on.
    pub since: Option<Timestamp>,
}

impl JobFilter {
    pub(crate) fn to_query(&self) -> String {
        query(&[
            ("requester", self.requester.as_ref().map(ToString::to_string)),
            ("status", self.status.map(|status| status.to_string())),
            ("kind", self.kind.map(|kind| kind.to_string())),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("cursor", self.cursor.clone()),
        ])
    }
}

impl LogRange {
    pub(crate) fn to_query(self, follow: Option<&str>) -> String {
        query(&[
            ("follow", follow.map(str::to_owned)),
            ("from", self.from.map(|from| from.to_string())),
            ("since", self.since.map(|since| since.to_string())),
        ])
    }
}

/// One part of a path, so that nothing in it can mean anything else.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn query<const N: usize>(fields: &[(&str, Option<String>); N]) -> String {
    let given: Vec<_> = fields
        .iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", segment(value.as_ref()?))))
        .collect();
    if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_given_is_asked_for_and_it_is_escaped() {
        assert_eq!(JobFilter::default().to_query(), "");
        let filter = JobFilter {
            status: Some(Status::Running),
            kind: Some(JobKind::CattleSpawn),
            cursor: Some("a&b=/?".to_owned()),
            ..JobFilter::default()
        };
        assert_eq!(filter.to_query(), "?status=running&kind=cattle.spawn&cursor=a%26b%3D%2F%3F");
        let range = LogRange { from: Some(7), since: None };
        assert_eq!(range.to_query(Some("1")), "?follow=1&from=7");
    }
}
