//! A pull request or an issue.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How much of a title is kept, in characters. GitHub takes 256.
const MAX_TITLE: usize = 300;
/// How much of a name is kept, in characters.
const MAX_NAME: usize = 100;
/// How many labels are kept.
const MOST_LABELS: usize = 20;

/// A pull request or an issue that is open, as far as a list says it. Every text in it was written by somebody, and may be
/// hostile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire")]
pub struct Item {
    /// Its number in its repository.
    pub number: u64,
    /// Its title, cut at 300 characters.
    pub title: String,
    /// Who opened it; nobody who is known any more, if empty.
    pub author: String,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Whether it is not meant to be merged yet.
    pub draft: bool,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// Whether it is a pull request among issues.
    pub is_pull_request: bool,
}

/// As GitHub sends it, and as it is kept.
#[derive(Deserialize)]
struct Wire {
    number: u64,
    #[serde(default)]
    title: String,
    #[serde(default)]
    user: Option<User>,
    #[serde(default)]
    author: String,
    updated_at: Timestamp,
    #[serde(default)]
    draft: Option<bool>,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(default)]
    pull_request: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    is_pull_request: bool,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    login: String,
}

/// Old issues have labels that are texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Object {
        #[serde(default)]
        name: Option<String>,
    },
}

impl From<Wire> for Item {
    fn from(wire: Wire) -> Self {
        let short = |text: String, most: usize| match text.char_indices().nth(most) {
            Some((place, _)) => text[..place].to_owned(),
            None => text,
        };
        let name = |label: Label| match label {
            Label::Name(name) => Some(name),
            Label::Object { name } => name,
        };
        let author = wire.user.map_or(wire.author, |user| user.login);
        let labels = wire.labels.into_iter().filter_map(name).take(MOST_LABELS);
        Self {
            number: wire.number,
            title: short(wire.title, MAX_TITLE),
            author: short(author, MAX_NAME),
            updated_at: wire.updated_at,
            draft: wire.draft.unwrap_or(false),
            labels: labels.map(|name| short(name, MAX_NAME)).collect(),
            is_pull_request: wire.pull_request.is_some() || wire.is_pull_request,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_as_github_sends_it_and_as_it_is_kept() {
        let sent = r#"{ "number": 7, "title": "t", "user": { "login": "ann", "id": 1 }, "updated_at": "2026-11-20T10:00:00Z",
            "body": "long", "labels": ["old", { "name": "new", "color": "f00" }, { "name": null }], "pull_request": { "url": "u" } }"#;
        let item: Item = serde_json::from_str(sent).unwrap();
        assert_eq!((item.author.as_str(), item.is_pull_request, item.draft), ("ann", true, false));
        assert_eq!(item.labels, ["old", "new"]);
        let kept = serde_json::to_string(&item).unwrap();
        assert_eq!(serde_json::from_str::<Item>(&kept).unwrap(), item);
    }

    #[test]
    fn somebody_who_is_gone_and_a_title_without_end_are_borne() {
        let long = "\u{e9}".repeat(1_000);
        let sent = format!(
            r#"{{ "number": 7, "title": "{long}", "user": null, "updated_at": "2026-11-20T10:00:00Z" }}"#
        );
        let item: Item = serde_json::from_str(&sent).unwrap();
        assert_eq!((item.author.as_str(), item.title.chars().count()), ("", MAX_TITLE));
    }
}
