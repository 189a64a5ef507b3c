//! What a request asks for in its query.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use clawlets_model::label::Labels;

use super::problem::Problem;
use crate::cloud::{Failure, Selector};

const DEFAULT_PER_PAGE: usize = 25;
const MAX_PER_PAGE: usize = 50;

/// The query of a request; names may repeat.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Counted from one.
    pub(super) page: usize,
    pub(super) per_page: usize,
}

/// A field by which a list is sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SortKey {
    pub(super) field: String,
    pub(super) is_descending: bool,
}

impl Params {
    /// The last value of a name.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether `actual` is among the values of a name, or the name is not asked for.
    pub(super) fn allows(&self, name: &str, actual: &str) -> bool {
        let mut wanted = self.all(name).peekable();
        wanted.peek().is_none() || wanted.any(|value| value == actual)
    }

    /// A test of labels by the selector that is asked for.
    pub(super) fn label_selector(&self) -> Result<impl Fn(&Labels) -> bool + use<>, Problem> {
        let text = self.one("label_selector").unwrap_or_default();
        let selector =
            Selector::parse(text).map_err(|error| Failure::field("label_selector", error.to_string()))?;
        Ok(move |labels: &Labels| selector.matches(labels))
    }

    /// The ids of a name; anything else is an error.
    pub(super) fn ids(&self, name: &str) -> Result<Vec<u64>, Problem> {
        let parse =
            |text: &str| text.parse().map_err(|_| Failure::field(name, "must be a whole number").into());
        self.all(name).map(parse).collect()
    }

    pub(super) fn window(&self) -> Result<Window, Problem> {
        let page = self.positive("page", 1)?;
        let per_page = self.positive("per_page", DEFAULT_PER_PAGE)?.min(MAX_PER_PAGE);
        Ok(Window { page, per_page })
    }

    pub(super) fn sort_keys(&self, sortable: &[&str]) -> Result<Vec<SortKey>, Problem> {
        let parse = |text: &str| {
            let (field, direction) = text.split_once(':').unwrap_or((text, "asc"));
            if !sortable.contains(&field) || !["asc", "desc"].contains(&direction) {
                return Err(Failure::field("sort", format!("cannot sort by '{text}'")).into());
            }
            Ok(SortKey { field: field.to_owned(), is_descending: direction == "desc" })
        };
        self.all("sort").map(parse).collect()
    }

    fn positive(&self, name: &str, default: usize) -> Result<usize, Problem> {
        let Some(text) = self.one(name) else { return Ok(default) };
        let refused = || Failure::field(name, "must be a whole number greater than zero").into();
        text.parse().ok().filter(|number| *number > 0).ok_or_else(refused)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let refused = |error: axum::extract::rejection::QueryRejection| Problem::not_json(error.to_string());
        let Query(pairs) = Query::from_request_parts(parts, state).await.map_err(refused)?;
        Ok(Self(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn pages_have_25_entries_unless_asked_otherwise_and_never_more_than_50() {
        assert_eq!(params(&[]).window().unwrap(), Window { page: 1, per_page: 25 });
        assert_eq!(
            params(&[("page", "3"), ("per_page", "99")]).window().unwrap(),
            Window { page: 3, per_page: 50 }
        );
        for bad in ["0", "-1", "x", ""] {
            assert!(params(&[("page", bad)]).window().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sorting_is_by_known_fields_in_either_direction() {
        let keys = params(&[("sort", "name:desc"), ("sort", "id")]).sort_keys(&["id", "name"]).unwrap();
        let read: Vec<_> = keys.iter().map(|key| (key.field.as_str(), key.is_descending)).collect();
        assert_eq!(read, [("name", true), ("id", false)]);
        for bad in ["created", "name:up", ":desc"] {
            assert!(params(&[("sort", bad)]).sort_keys(&["id", "name"]).is_err(), "{bad}");
        }
    }
}
